/* Tasks that work by themselves: what is stored of them, and ends that need no agent. */

#include "api/kept.h"
#include "model/board_views.h"
#include "store/reports.h"

static fallible start(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const AgenticCreate *in = rq->body;
    Task task;
    Tx *tx;

    (void)reply;
    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(task_or(s, tx, MISSING, path_part(rq, "task_id"), &task));
    if (in->mode == CODING_INTERACTIVE)
        return fail_code(s, INVALID, "mode_interactive",
                         "Interactive mode is not supported by agentic execution");
    return no_agent(s, "an agentic run");
}

static fallible newest(Scope *s, Tx *tx, const char *task_id, AgenticRun *out, bool *found)
{
    Task task;

    *found = false;
    TRY(task_or(s, tx, MISSING, task_id, &task));
    return agentic_newest(s, tx, task_id, out, found);
}

static fallible status(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    AgenticRun run;
    bool found;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(newest(s, tx, path_part(rq, "task_id"), &run, &found));
    if (!found)
        return fail_code(s, MISSING, "agentic_none", "No agentic execution found for this task");
    AgenticStatus view = {
        .agentic_run_id = run.id,
        .task_id = run.task_id,
        .mode = run.mode,
        .phase = run.phase,
        .iteration = run.iteration,
        .ci_iterations = run.ci_iterations,
        .review_iterations = run.review_iterations,
        .pr_number = run.pr_number,
        .last_review_score = run.last_review_score,
        .human_approved = run.human_approved,
        .error = run.error,
        .started_at = run.started_at,
        .last_activity = run.last_activity,
    };
    return answer(reply, &view);
}

static fallible cancel(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    AgenticCancelled out = {0};
    AgenticRun run;
    bool found;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(newest(s, tx, path_part(rq, "task_id"), &run, &found));
    if (found && !agentic_ended(run.phase))
        TRY(agentic_fail(s, tx, &run, "Cancelled by user", &out.cancelled));
    TRY(tx_commit(s, tx));
    return answer(reply, &out);
}

/* The run that waits for a person, or why there is none: "approve_merge", "approve merge". */
static fallible waiting(Scope *s, Tx *tx, const Request *rq, const char *verb, AgenticRun *out)
{
    const char *task_id = path_part(rq, "task_id");
    bool found;

    TRY(newest(s, tx, task_id, out, &found));
    if (!found || agentic_ended(out->phase))
        return fail_code(s, INVALID, "agentic_none", "No active agentic state for task %s",
                         task_id);
    if (out->mode != CODING_SEMI_AUTO)
        return fail_code(s, INVALID, "mode_not_semi_auto", "%s_merge is only for Semi Auto mode",
                         verb);
    if (out->phase != AGENTIC_AWAITING_HUMAN)
        return fail_code(s, INVALID, "agentic_phase", "Cannot %s in phase %s", verb,
                         name_of(agentic_phase_names, (int)out->phase));
    return OK;
}

static fallible approve(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    AgenticRun run;
    Tx *tx;

    (void)reply;
    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(waiting(s, tx, rq, "approve", &run));
    return no_agent(s, "a merge");
}

/* Without a word about what to do better the work ends, which needs nobody. */
static fallible reject(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const MergeReject *in = rq->body;
    MergeDecision out = {"rejected", AGENTIC_FAILED};
    AgenticRun run;
    bool done = false;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(waiting(s, tx, rq, "reject", &run));
    if (!text_empty(in->feedback))
        return no_agent(s, "going on after a rejection");
    TRY(agentic_fail(s, tx, &run, "Merge rejected by user", &done));
    if (!done)
        return fail_code(s, CONFLICT, "agentic_moved", "the agentic run went on meanwhile");
    TRY(tx_commit(s, tx));
    return answer(reply, &out);
}

static const int missing[] = {404, 0};
static const int refusals[] = {400, 404, 501, 0};
static const int decisions[] = {400, 404, 409, 501, 0};

const Route agentic_routes[] = {
    {HTTP_POST, "/v1/tasks/{task_id}/agentic", start, .in = &agentic_create_type,
     .out = &agentic_started_type, .status = 201, .role = ROLE_DEVELOPER, .fails = refusals,
     .about = "Let a task work by itself."},
    {HTTP_GET, "/v1/tasks/{task_id}/agentic/status", status, .out = &agentic_status_type,
     .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "How far a task has come by itself."},
    {HTTP_POST, "/v1/tasks/{task_id}/agentic/cancel", cancel, .out = &agentic_cancelled_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = missing,
     .about = "Stop a task that works by itself."},
    {HTTP_POST, "/v1/tasks/{task_id}/approve-merge", approve, .out = &merge_decision_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = refusals, .about = "Approve a merge."},
    {HTTP_POST, "/v1/tasks/{task_id}/reject-merge", reject, .in = &merge_reject_type,
     .out = &merge_decision_type, .status = 200, .role = ROLE_DEVELOPER, .fails = decisions,
     .about = "Reject a merge; without feedback the work ends."},
    {0},
};
