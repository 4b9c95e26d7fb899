/* Routes that start, show and stop runs. */

#include "store/runs.h"

#include "api/create.h"
#include "api/paging.h"
#include "git/patch.h"
#include "service/comparison.h"
#include "store/events.h"

/* Runs and their jobs are committed together; waking comes after, and what was not woken is found by
 * the workers' own look. */
static fallible start(Scope *s, Api *api, const Request *rq, const ComparisonPlan *plan,
                      Reply *reply)
{
    RunsCreated created = {0};
    Tx *tx;

    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    TRY(comparison_start(s, api->app, tx, plan, &created));
    TRY(create_commit(s, tx, rq, reply, &created));
    comparison_wake(api->app, plan);
    return OK;
}

static fallible create(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ComparisonOrder order = {.task_id = path_part(rq, "task_id"), .in = rq->body};
    ComparisonPlan plan;
    bool seen;

    TRY(create_seen(s, api, rq, reply, &seen));
    if (seen)
        return OK;
    TRY(comparison_plan(s, api->app, rq->caller, &order, &plan));
    return start(s, api, rq, &plan, reply);
}

static FileDiff *section_of(const FileDiffList *sections, const char *path)
{
    EACH (FileDiff, section, sections)
        if (text_equal(section->path, path))
            return section;
    return NULL;
}

/* Each file's own part of the patch. */
static fallible split_patch(Scope *s, Bytes patch, FileChangeList *files)
{
    FileDiffList sections = {0};

    TRY(patch_parse(s, patch, &sections));
    EACH (FileChange, file, files) {
        FileDiff *section = section_of(&sections, file->path);
        file->patch = section ? text_clean(s, section->patch, &file->lossy) : "";
    }
    return OK;
}

/* The old shape of a run: its whole patch and the last lines of its log. */
static fallible view_of(Scope *s, Tx *tx, const Settings *settings, const Run *run, RunView *out)
{
    Bytes patch = {0};

    *out = (RunView){.run = *run};
    TRY(run_patch_get(s, tx, run->id, &patch));
    if (patch.data) {
        out->patch = text_clean(s, patch, &out->patch_lossy);
        TRY(split_patch(s, patch, &out->run.files_changed));
    }
    TRY(log_tail(s, tx, run->id, settings->run_log_lines, &out->logs));
    if (run->log_lines > (int64_t)out->logs.count)
        texts_add(s, &out->run.warnings,
                  text(s, "logs holds the last %zu of %lld lines: all are at /v1/runs/%s/events",
                       out->logs.count, (long long)run->log_lines, run->id));
    return OK;
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    RunView view;
    Run run;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(run_get(s, tx, path_part(rq, "run_id"), &run));
    TRY(view_of(s, tx, api->app->settings, &run, &view));
    return answer(reply, &view);
}

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    RunList runs = {0};
    RunViewList views = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(runs_of_task(s, tx, path_part(rq, "task_id"), &page, &runs));
    EACH (Run, run, &runs)
        TRY(view_of(s, tx, api->app->settings, run, list_add(s, &views)));
    return answer_page(reply, &page, &views);
}

static fallible cancel(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    bool canceled;

    TRY(run_stop(s, api->app, rq->caller, path_part(rq, "run_id"), &canceled));
    if (!canceled)
        return fail_code(s, INVALID, "run_finished", "Run cannot be cancelled: it has ended");
    return answer_empty(reply);
}

static fallible retry(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ComparisonPlan plan;
    bool seen;

    TRY(create_seen(s, api, rq, reply, &seen));
    if (seen)
        return OK;
    TRY(comparison_plan_retry(s, api->app, rq->caller, path_part(rq, "run_id"), &plan));
    return start(s, api, rq, &plan, reply);
}

static fallible patch(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Bytes bytes = {0};
    Run run;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(run_get(s, tx, path_part(rq, "run_id"), &run));
    TRY(run_patch_get(s, tx, run.id, &bytes));
    http_answer_header(s, reply->http, "Content-Type", "text/x-diff");
    http_answer_header(s, reply->http, "Content-Disposition",
                       text(s, "attachment; filename=\"%s.patch\"", run.id));
    reply->http->status = 200;
    reply->http->body = bytes.data ? bytes : BYTES("");
    return OK;
}

static fallible logs(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const LogQuery *query = rq->query;
    LogPage page = {0};
    Run run;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(run_get(s, tx, path_part(rq, "run_id"), &run));
    TRY(log_lines_from(s, tx, run.id, query->from_line, &page));
    return answer(reply, &page);
}

/* Only agents have working trees; this server has made none for it. */
static fallible worktree_delete(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Run run;
    Tx *tx;

    (void)reply;
    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    Error *e = run_get(s, tx, path_part(rq, "run_id"), &run);
    if (failed_as(e, MISSING) || (!e && text_empty(run.worktree_path)))
        return fail_code(s, INVALID, "worktree_missing", "Run has no worktree or not found");
    TRY(e);
    return fail_code(s, UNSUPPORTED, "worktree_foreign",
                     "the working tree of run %s was made by another server: remove %s by hand",
                     run.id, run.worktree_path);
}

static const int missing[] = {404, 0};
static const int worktree[] = {400, 501, 0};
static const int refusals[] = {400, 404, 409, 501, 503, 0};

const Route run_routes[] = {
    {HTTP_POST, "/v1/tasks/{task_id}/runs", create, .in = &run_create_type,
     .out = &runs_created_type, .status = 201, .role = ROLE_DEVELOPER, .creates = true,
     .fails = refusals, .about = "Start one run per model or executor."},
    {HTTP_GET, "/v1/tasks/{task_id}/runs", list, .query = &page_query_type, .out = &run_view_type,
     .out_list = true, .status = 200, .role = ROLE_VIEWER,
     .about = "List runs with patch and log, newest first."},
    {HTTP_GET, "/v1/runs/{run_id}", show, .out = &run_view_type, .status = 200, .role = ROLE_VIEWER,
     .fails = missing, .about = "Show a run with its patch and the end of its log."},
    {HTTP_GET, "/v1/runs/{run_id}/patch", patch, .status = 200, .role = ROLE_VIEWER,
     .fails = missing, .out_media = "text/x-diff", .about = "The run's patch, byte for byte."},
    {HTTP_GET, "/v1/runs/{run_id}/logs", logs, .query = &log_query_type, .out = &log_page_type,
     .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "Lines of the run's log from a line on."},
    {HTTP_POST, "/v1/runs/{run_id}/cancel", cancel, .status = 204, .role = ROLE_DEVELOPER,
     .fails = refusals, .about = "Cancel a run, wherever it is."},
    {HTTP_POST, "/v1/runs/{run_id}/retry", retry, .out = &runs_created_type, .status = 201,
     .creates = true, .role = ROLE_DEVELOPER, .fails = refusals,
     .about = "Start a run that has ended once more."},
    {HTTP_DELETE, "/v1/runs/{run_id}/worktree", worktree_delete, .status = 204,
     .role = ROLE_DEVELOPER, .fails = worktree, .about = "Remove the working tree of a run."},
    {0},
};
