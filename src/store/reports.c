/* What agents reported of a task. */

#include "store/reports.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"

fallible review_list(Scope *s, Tx *tx, const char *task_id, Page *page, ReviewSummaryList *out)
{
    ReviewSummaryList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    if (!id_valid(task_id))
        return OK;
    TRY(query_list(
        s, tx, &q_review_summaries,
        ARGS(ARG(task_id), ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
        &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

fallible review_get(Scope *s, Tx *tx, const char *id, Review *out)
{
    return row_get(s, tx, &q_review_get, (RowKey){"review", id}, out);
}

fallible feedbacks_of_review(Scope *s, Tx *tx, const char *id, FeedbackList *out)
{
    TRY(id_check(s, (RowKey){"review", id}));
    return query_list(s, tx, &q_feedbacks_of_review, ARGS(ARG(id)), out);
}

fallible review_insert(Scope *s, Tx *tx, Review *review)
{
    review->id = review->id ? review->id : id_new(s);
    review->tenant_id = tx_caller(tx)->tenant_id;
    return query_run(s, tx, &q_review_insert, ARGS(ARG_ROW(review_type, review)), NULL);
}

fallible feedback_insert(Scope *s, Tx *tx, Feedback *feedback)
{
    feedback->id = feedback->id ? feedback->id : id_new(s);
    feedback->tenant_id = tx_caller(tx)->tenant_id;
    return query_run(s, tx, &q_feedback_insert, ARGS(ARG_ROW(feedback_type, feedback)), NULL);
}

fallible ci_check_list(Scope *s, Tx *tx, const char *task_id, Page *page, CiCheckList *out)
{
    CiCheckList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    if (!id_valid(task_id))
        return OK;
    TRY(query_list(
        s, tx, &q_ci_check_list,
        ARGS(ARG(task_id), ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
        &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

fallible ci_check_insert(Scope *s, Tx *tx, CiCheck *check)
{
    check->id = check->id ? check->id : id_new(s);
    check->tenant_id = tx_caller(tx)->tenant_id;
    return query_run(s, tx, &q_ci_check_insert, ARGS(ARG_ROW(ci_check_type, check)), NULL);
}

fallible agentic_newest(Scope *s, Tx *tx, const char *task_id, AgenticRun *out, bool *found)
{
    TRY(id_check(s, (RowKey){"task", task_id}));
    return query_find(s, tx, &q_agentic_newest, ARGS(ARG(task_id)), (QueryFound){out, found});
}

fallible agentic_insert(Scope *s, Tx *tx, AgenticRun *run)
{
    run->id = run->id ? run->id : id_new(s);
    run->tenant_id = tx_caller(tx)->tenant_id;
    return query_run(s, tx, &q_agentic_insert, ARGS(ARG_ROW(agentic_run_type, run)), NULL);
}

fallible agentic_fail(Scope *s, Tx *tx, const AgenticRun *run, const char *error, bool *done)
{
    AgenticPhase seen = run->phase;
    const char *id = run->id;
    int64_t changed = 0;

    TRY(query_run(s, tx, &q_agentic_fail,
                  ARGS(ARG(id), ARG(error), ARG_ENUM(seen, agentic_phase_names)), &changed));
    *done = changed > 0;
    return OK;
}
