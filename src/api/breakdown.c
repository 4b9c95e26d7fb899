/* Requirements taken apart into backlog items. What is stored is shown. What is unknown fails as it
 * always did: a repository in the answer, a breakdown's log by having no lines. */

#include "api/kept.h"
#include "api/paging.h"
#include "base/id.h"
#include "model/board_views.h"
#include "store/backlog.h"
#include "store/repos.h"

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const BreakdownCreate *in = rq->body;
    Repo repo;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    Error *e = repo_get(s, tx, in->repo_id, &repo);
    if (failed_as(e, MISSING)) {
        BreakdownView view = {
            .breakdown_id = id_new(s),
            .status = BREAKDOWN_FAILED,
            .original_content = in->content,
            .error = text(s, "Repository not found: %s", in->repo_id),
        };
        error_drop(e, "the answer says it, and nothing is kept");
        return answer(reply, &view);
    }
    TRY(e);
    return no_agent(s, "a breakdown");
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Breakdown found;
    BacklogItemList items = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(breakdown_get(s, tx, path_part(rq, "breakdown_id"), &found));
    TRY(backlog_of_breakdown(s, tx, found.id, &items));
    BreakdownView view = {
        .breakdown_id = found.id,
        .status = found.status,
        .tasks = found.tasks,
        .backlog_items = items,
        .summary = found.summary,
        .original_content = found.original_content,
        .codebase_analysis = found.codebase_analysis,
        .error = found.error,
    };
    return answer(reply, &view);
}

static fallible logs(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const LogQuery *query = rq->query;
    BreakdownLogPage page = {0};
    Breakdown found = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    Error *e = breakdown_get(s, tx, path_part(rq, "breakdown_id"), &found);
    if (failed_as(e, MISSING)) {
        error_drop(e, "an unknown breakdown has no lines");
        return answer(reply, &page);
    }
    TRY(e);
    page.logs = kept_lines(s, &found.logs, query->from_line);
    page.total_lines = (int64_t)found.logs.count;
    page.is_complete = found.status == BREAKDOWN_SUCCEEDED || found.status == BREAKDOWN_FAILED;
    return answer(reply, &page);
}

static const int missing[] = {404, 0};
static const int no_agents[] = {501, 0};

const Route breakdown_routes[] = {
    {HTTP_POST, "/v1/breakdown", create, .in = &breakdown_create_type, .out = &breakdown_view_type,
     .status = 202, .role = ROLE_DEVELOPER, .fails = no_agents,
     .about = "Take a requirement apart into backlog items."},
    {HTTP_GET, "/v1/breakdown/{breakdown_id}", show, .out = &breakdown_view_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "Show a breakdown."},
    {HTTP_GET, "/v1/breakdown/{breakdown_id}/logs", logs, .query = &log_query_type,
     .out = &breakdown_log_page_type, .status = 200, .role = ROLE_VIEWER,
     .about = "Lines of a breakdown's log from a line on."},
    {0},
};
