/* Checks of pull requests, as they were stored. */

#include "api/kept.h"
#include "api/paging.h"
#include "store/reports.h"

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    CiCheckList checks = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(ci_check_list(s, tx, path_part(rq, "task_id"), &page, &checks));
    return answer_page(reply, &page, &checks);
}

static fallible check(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Task task;
    Tx *tx;

    (void)reply;
    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(task_or(s, tx, INVALID, path_part(rq, "task_id"), &task));
    return fail_code(s, UNSUPPORTED, "ci_check_unavailable",
                     "this server does not ask for checks: look at the pull request itself");
}

static const int bad_cursor[] = {400, 0};
static const int refusals[] = {400, 501, 0};

const Route ci_routes[] = {
    {HTTP_GET, "/v1/tasks/{task_id}/ci-checks", list, .query = &page_query_type,
     .out = &ci_check_type, .out_list = true, .status = 200, .role = ROLE_VIEWER,
     .fails = bad_cursor,
     .about = "List what checks said of a task's pull requests, newest first."},
    {HTTP_POST, "/v1/tasks/{task_id}/prs/{pr_id}/check-ci", check, .out = &ci_checked_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = refusals,
     .about = "Look at the checks of a pull request."},
    {0},
};
