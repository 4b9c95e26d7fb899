/* Routes of what runs changed, and of comparing them. */

#include "service/differences.h"

#include "api/api.h"
#include "store/runs.h"

typedef struct DifferenceQuery {
    const char *against;
    const char *path;
} DifferenceQuery;

typedef struct FileQuery {
    const char *path;
    const char *side;
} FileQuery;

typedef struct ComparisonQuery {
    const char *message_id;
} ComparisonQuery;

static const Type files_query_type = TYPE(
    DifferenceQuery, "What is compared.",
    FIELD(DifferenceQuery, against, 0, .about = "A run; without it, what the run started from."));
static const Type diff_query_type = TYPE(
    DifferenceQuery, "What is compared.",
    FIELD(DifferenceQuery, against, 0, .about = "A run; without it, what the run started from."),
    FIELD(DifferenceQuery, path, 0, .about = "Only this file.", .most = 4096));
static const Type file_query_type =
    TYPE(FileQuery, "A file.", FIELD(FileQuery, path, REQUIRED, .least = 1, .most = 4096),
         FIELD(FileQuery, side, 0, .about = "old: as the run found it; new: as it left it.",
               .preset = "new"));
static const Type comparison_query_type =
    TYPE(ComparisonQuery, "Which runs.",
         FIELD(ComparisonQuery, message_id, 0,
               .about = "A message; without it, the newest that has runs."));

static ChangeAsk asked(const Request *rq)
{
    const DifferenceQuery *q = rq->query;

    return (ChangeAsk){path_part(rq, "run_id"), q->against};
}

static fallible files(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    ChangeAsk ask = asked(rq);
    RunFiles out = {.against = ask.against};
    Change change;

    TRY(change_load(s, api->app, rq->caller, &ask, &change));
    change_files(s, &change, &out);
    return answer(reply, &out);
}

static fallible diff(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const DifferenceQuery *q = rq->query;
    ChangeAsk ask = asked(rq);
    RunDiff out = {.against = ask.against};
    Change change;

    TRY(change_load(s, api->app, rq->caller, &ask, &change));
    change_patch(s, &change, q->path, &out);
    return answer(reply, &out);
}

static fallible file(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const FileQuery *q = rq->query;
    FileAsk ask = {path_part(rq, "run_id"), q->path, text_equal(q->side, "old")};
    RunFile out;

    if (text_empty(q->path))
        return fail_code(s, INVALID, "file_path_missing", "say which file: ?path=…");
    if (!ask.old && !text_equal(q->side, "new"))
        return fail_code(s, INVALID, "side_unknown", "side is old or new, not \"%.20s\"", q->side);
    TRY(change_text(s, api->app, rq->caller, &ask, &out));
    return answer(reply, &out);
}

static fallible comparison(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const ComparisonQuery *q = rq->query;
    Comparison out = {.task_id = path_part(rq, "task_id"), .message_id = q->message_id};

    TRY(comparison_show(s, api->app, rq->caller, &out));
    return answer(reply, &out);
}

static fallible judge(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const VerdictChange *in = rq->body;
    Run run;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(run_judge(s, tx, path_part(rq, "run_id"), in->verdict));
    TRY(run_get(s, tx, path_part(rq, "run_id"), &run));
    TRY(tx_commit(s, tx));
    VerdictChange out = {run.verdict};
    return answer(reply, &out);
}

static const int missing[] = {404, 0}, refused[] = {400, 404, 409, 413, 0};

const Route difference_routes[] = {
    {HTTP_GET, "/v1/runs/{run_id}/files", files, .query = &files_query_type, .out = &run_files_type,
     .status = 200, .role = ROLE_VIEWER, .fails = refused,
     .about = "The files that a run changed."},
    {HTTP_GET, "/v1/runs/{run_id}/diff", diff, .query = &diff_query_type, .out = &run_diff_type,
     .status = 200, .role = ROLE_VIEWER, .fails = refused,
     .about = "The lines that a run changed, as a patch."},
    {HTTP_GET, "/v1/runs/{run_id}/file", file, .query = &file_query_type, .out = &run_file_type,
     .status = 200, .role = ROLE_VIEWER, .fails = refused,
     .about = "A file as a run found it or left it."},
    {HTTP_GET, "/v1/tasks/{task_id}/comparison", comparison, .query = &comparison_query_type,
     .out = &comparison_type, .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "The runs of a message beside each other."},
    {HTTP_PUT, "/v1/runs/{run_id}/verdict", judge, .in = &verdict_change_type,
     .out = &verdict_change_type, .status = 200, .role = ROLE_DEVELOPER, .fails = missing,
     .about = "Pin a run, put it aside, or take that back."},
    {0},
};
