/* Routes of pull requests. What they do outside may take longer than a transaction: an Idempotency-Key
 * keeps the answer, and doing it again finds what is there (service/pulls.h). */

#include "service/pulls.h"

#include "api/create.h"
#include "api/paging.h"
#include "base/json.h"

/* ---- Creating ---- */

static fallible created(Scope *s, Api *api, const Request *rq, Reply *reply, const PullOrder *order)
{
    Pull pull;
    bool seen;
    Tx *tx;

    TRY(create_seen(s, api, rq, reply, &seen));
    if (seen)
        return OK;
    TRY(pulls_create(s, api->app, rq->caller, order, &pull));
    PullCreated view = {pull.id, pull.url, pull.branch, pull.number};
    TRY(create_begin(s, api, rq, reply, &tx));
    return tx ? create_commit(s, tx, rq, reply, &view) : OK;
}

static PullOrder order_of(const Request *rq)
{
    const PullCreate *in = rq->body;

    return (PullOrder){.task_id = path_part(rq, "task_id"),
                       .run_id = in->selected_run_id,
                       .title = in->title,
                       .body = in->body,
                       .written = in->template_path != NULL,
                       .base = in->base,
                       .template_path = in->template_path,
                       .draft = in->draft};
}

static PullOrder written_order(const Request *rq)
{
    const PullChoice *in = rq->body;

    return (PullOrder){.task_id = path_part(rq, "task_id"),
                       .run_id = in->selected_run_id,
                       .written = true,
                       .template_path = in->template_path,
                       .draft = in->draft};
}

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullOrder order = order_of(rq);

    return created(s, api, rq, reply, &order);
}

static fallible create_auto(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullOrder order = written_order(rq);

    return created(s, api, rq, reply, &order);
}

static fallible link_with(Scope *s, Api *api, const Request *rq, Reply *reply,
                          const PullOrder *order)
{
    PullLink view;

    TRY(pulls_link(s, api->app, rq->caller, order, &view));
    return answer(reply, &view);
}

static fallible link_to(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullOrder order = order_of(rq);

    return link_with(s, api, rq, reply, &order);
}

static fallible link_auto(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullOrder order = written_order(rq);

    return link_with(s, api, rq, reply, &order);
}

static fallible link_job(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullOrder order = written_order(rq);
    PullLinkBegun begun = {NULL, "pending"};
    Task task;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(task_get(s, tx, order.task_id, &task));
    TRY(pulls_link_begin(s, api->app, tx, &order, &begun.job_id));
    TRY(tx_commit(s, tx));
    bus_publish(api->app->bus, "jobs");
    return answer(reply, &begun);
}

static fallible job(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullLinkJob view;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(pulls_link_job(s, tx, path_part(rq, "job_id"), &view));
    return answer(reply, &view);
}

static fallible sync(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullOrder order = written_order(rq);
    PullSynced view = {0};
    Pull pull;

    TRY(pulls_sync(s, api->app, rq->caller, &order, &pull));
    view.found = pull.number > 0;
    if (view.found) {
        PullCreated found = {pull.id, pull.url, pull.branch, pull.number};
        view.pr.text = json_text(s, &pull_created_type, &found);
    }
    return answer(reply, &view);
}

/* ---- One that is there ---- */

static PullTarget target_of(const Request *rq)
{
    return (PullTarget){.task_id = path_part(rq, "task_id"), .pull_id = path_part(rq, "pr_id")};
}

static fallible update(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullTarget target = target_of(rq);
    Pull pull;

    target.update = rq->body;
    TRY(pulls_update(s, api->app, rq->caller, &target, &pull));
    PullUpdated view = {pull.url, pull.latest_commit};
    return answer(reply, &view);
}

static fallible rewrite(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PullTextQuery *query = rq->query;
    PullTarget target = target_of(rq);
    Pull pull;

    target.mode = query->mode;
    TRY(pulls_rewrite(s, api->app, rq->caller, &target, &pull));
    return answer(reply, &pull);
}

static fallible refresh(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    PullTarget target = target_of(rq);
    Pull pull;

    TRY(pulls_refresh(s, api->app, rq->caller, &target, &pull));
    return answer(reply, &pull);
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Pull pull;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(pull_get(s, tx, path_part(rq, "task_id"), path_part(rq, "pr_id"), &pull));
    return answer(reply, &pull);
}

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    PullList pulls = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(pull_list(s, tx, path_part(rq, "task_id"), &page, &pulls));
    return answer_page(reply, &page, &pulls);
}

static fallible templates(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    TemplateNames names;

    TRY(pulls_templates(s, api->app, rq->caller, path_part(rq, "repo_id"), &names));
    return answer(reply, &names);
}

static const int missing[] = {404, 0};
/* What git and the forge may answer. */
static const int outside[] = {400, 403, 404, 409, 413, 502, 503, 504, 0};

const Route pull_routes[] = {
    {HTTP_POST, "/v1/tasks/{task_id}/prs", create, .in = &pull_create_type,
     .out = &pull_created_type, .status = 201, .role = ROLE_DEVELOPER, .creates = true,
     .fails = outside, .about = "Push a run's branch and make its pull request with this text."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/auto", create_auto, .in = &pull_choice_type,
     .out = &pull_created_type, .status = 201, .role = ROLE_DEVELOPER, .creates = true,
     .fails = outside, .about = "The same with a title and description written from the run."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/link", link_to, .in = &pull_create_type,
     .out = &pull_link_type, .status = 200, .role = ROLE_DEVELOPER, .fails = outside,
     .about = "Push, and say where a person makes the pull request."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/auto/link", link_auto, .in = &pull_choice_type,
     .out = &pull_link_type, .status = 200, .role = ROLE_DEVELOPER, .fails = outside,
     .about = "The same with a text written from the run."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/auto/link/job", link_job, .in = &pull_choice_type,
     .out = &pull_link_begun_type, .status = 200, .role = ROLE_DEVELOPER, .fails = missing,
     .about = "The same in the background."},
    {HTTP_GET, "/v1/prs/jobs/{job_id}", job, .out = &pull_link_job_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "How far the background link is."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/sync", sync, .in = &pull_choice_type,
     .out = &pull_synced_type, .status = 200, .role = ROLE_DEVELOPER, .fails = outside,
     .about = "Take in a pull request of the run's branch that was made by hand."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/{pr_id}/update", update, .in = &pull_update_type,
     .out = &pull_updated_type, .status = 200, .role = ROLE_DEVELOPER, .fails = outside,
     .about = "Bring another run's result into the pull request."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/{pr_id}/regenerate-description", rewrite,
     .query = &pull_text_query_type, .out = &pull_type, .status = 200, .role = ROLE_DEVELOPER,
     .fails = outside, .about = "Write title, description or both again; people's words stay."},
    {HTTP_POST, "/v1/kanban/tasks/{task_id}/prs/{pr_id}/sync-status", refresh, .out = &pull_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = outside,
     .about = "Take in the pull request's state."},
    {HTTP_GET, "/v1/tasks/{task_id}/prs/{pr_id}", show, .out = &pull_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "Show a pull request."},
    {HTTP_GET, "/v1/tasks/{task_id}/prs", list, .query = &page_query_type, .out = &pull_type,
     .out_list = true, .status = 200, .role = ROLE_VIEWER,
     .about = "List the pull requests of a task, newest first."},
    {HTTP_GET, "/v1/prs", list, .query = &page_query_type, .out = &pull_type, .out_list = true,
     .status = 200, .role = ROLE_VIEWER, .about = "List all pull requests, newest first."},
    {HTTP_GET, "/v1/repos/{repo_id}/pull-request-templates", templates, .out = &template_names_type,
     .status = 200, .role = ROLE_VIEWER, .fails = outside,
     .about = "List the repository's pull request templates, the default one first."},
    {0},
};
