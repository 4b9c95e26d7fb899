/* Reviews of runs: those that are stored, what to make of their findings. */

#include "api/kept.h"
#include "api/paging.h"
#include "service/fixes.h"
#include "store/reports.h"
#include "store/runs.h"

static fallible run_reviewable(Scope *s, Tx *tx, const char *id)
{
    Run run;
    Error *e = run_get(s, tx, id, &run);

    if (failed_as(e, MISSING))
        return fail_code(s, INVALID, "run_missing", "Run not found: %s", text_head(s, id, 64));
    TRY(e);
    if (run.status != RUN_SUCCEEDED)
        return fail_code(s, INVALID, "run_not_succeeded", "Run %s is not succeeded", id);
    return OK;
}

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const ReviewCreate *in = rq->body;
    Task task;
    Tx *tx;

    (void)reply;
    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(task_or(s, tx, INVALID, path_part(rq, "task_id"), &task));
    EACH (const char *, id, &in->target_run_ids)
        TRY(run_reviewable(s, tx, *id));
    return no_agent(s, "a review");
}

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    ReviewSummaryList reviews = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(review_list(s, tx, path_part(rq, "task_id"), &page, &reviews));
    return answer_page(reply, &page, &reviews);
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ReviewView view = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(review_get(s, tx, path_part(rq, "review_id"), &view.review));
    TRY(feedbacks_of_review(s, tx, view.review.id, &view.feedbacks));
    return answer(reply, &view);
}

static fallible logs(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const LogQuery *query = rq->query;
    Review review;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(review_get(s, tx, path_part(rq, "review_id"), &review));
    ReviewLogPage page = {
        .logs = kept_lines(s, &review.logs, query->from_line),
        .is_complete = run_finished(review.status),
        .total_lines = (int64_t)review.logs.count,
        .review_status = review.status,
    };
    return answer(reply, &page);
}

static fallible review_or_invalid(Scope *s, Tx *tx, const char *id, Review *out)
{
    Error *e = review_get(s, tx, id, out);

    if (failed_as(e, MISSING))
        return fail_code(s, INVALID, "review_missing", "Review not found: %s",
                         text_head(s, id, 64));
    return e;
}

static fallible fix(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    FeedbackList all = {0};
    FixInstruction out;
    Review review;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(review_or_invalid(s, tx, path_part(rq, "review_id"), &review));
    TRY(feedbacks_of_review(s, tx, review.id, &all));
    TRY(fix_instruction(s, &all, rq->body, &out));
    return answer(reply, &out);
}

static fallible to_message(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    FeedbackList all = {0};
    Review review;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(review_or_invalid(s, tx, path_part(rq, "review_id"), &review));
    if (review.status != RUN_SUCCEEDED)
        return fail_code(s, INVALID, "review_not_completed", "Review not completed: %s",
                         name_of(run_status_names, (int)review.status));
    TRY(feedbacks_of_review(s, tx, review.id, &all));
    Message message = {.task_id = review.task_id,
                       .role = ROLE_OF_ASSISTANT,
                       .content = review_message(s, &review, &all)};
    TRY(message_insert(s, tx, &message));
    TRY(tx_commit(s, tx));
    bus_publish(api->app->bus, text(s, "task:%s", message.task_id));
    return answer(reply, &message);
}

static const int missing[] = {404, 0};
static const int refused[] = {400, 0};
static const int refusals[] = {400, 501, 0};

const Route review_routes[] = {
    {HTTP_POST, "/v1/tasks/{task_id}/reviews", create, .in = &review_create_type,
     .out = &review_created_type, .status = 201, .role = ROLE_DEVELOPER, .fails = refusals,
     .about = "Have runs reviewed."},
    {HTTP_GET, "/v1/tasks/{task_id}/reviews", list, .query = &page_query_type,
     .out = &review_summary_type, .out_list = true, .status = 200, .role = ROLE_VIEWER,
     .fails = refused, .about = "List a task's reviews, newest first."},
    {HTTP_GET, "/v1/reviews/{review_id}", show, .out = &review_view_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "Show a review, its gravest findings first."},
    {HTTP_GET, "/v1/reviews/{review_id}/logs", logs, .query = &log_query_type,
     .out = &review_log_page_type, .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "Lines of a review's log from a line on."},
    {HTTP_POST, "/v1/reviews/{review_id}/generate-fix", fix, .in = &fix_create_type,
     .out = &fix_instruction_type, .status = 200, .role = ROLE_DEVELOPER, .fails = refused,
     .about = "Write an instruction that fixes findings."},
    {HTTP_POST, "/v1/reviews/{review_id}/to-message", to_message, .out = &message_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = refused,
     .about = "Put a review into its task's conversation."},
    {0},
};
