/* Runs. */

#include "store/runs.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/run_change.h"

fallible run_insert(Scope *s, Tx *tx, Run *run)
{
    Stamp number = {0}, made = {0};
    bool found = false;

    TRY(text_check(s, "instruction", run->instruction));
    TRY(id_check(s, (RowKey){"task", run->task_id}));
    run->id = run->id ? run->id : id_new(s);
    run->tenant_id = tx_caller(tx)->tenant_id;
    run->status = RUN_QUEUED;
    TRY(query_find(s, tx, &q_run_number, ARGS(ARG_ROW(run_type, run)),
                   (QueryFound){&number, &found}));
    if (!found)
        return row_missing(s, (RowKey){"task", run->task_id});
    run->number = number.number;
    TRY(query_one(s, tx, &q_run_insert, ARGS(ARG_ROW(run_type, run)), &made));
    run->created_at = made.at;
    return OK;
}

fallible run_get(Scope *s, Tx *tx, const char *id, Run *out)
{
    return row_get(s, tx, &q_run_get, (RowKey){"run", id}, out);
}

fallible run_state(Scope *s, Tx *tx, const char *id, RunState *out)
{
    return row_get(s, tx, &q_run_state, (RowKey){"run", id}, out);
}

fallible runs_of_task(Scope *s, Tx *tx, const char *task_id, Page *page, RunList *out)
{
    RunList found = {0};
    PagePlace from;

    TRY(page_highest(s, page, &from));
    TRY(id_check(s, (RowKey){"task", task_id}));
    TRY(query_list(s, tx, &q_runs_of_task,
                   ARGS(ARG(task_id), ARG_AS(number, from.number), ARG_AS(limit, from.limit)),
                   &found));
    bool more = page_cut(&from, &found);
    page->next = more ? text(s, "%lld", (long long)found.items[found.count - 1].number) : NULL;
    *out = found;
    return OK;
}

fallible runs_of_message(Scope *s, Tx *tx, const char *task_id, const char *message_id,
                         RunList *out)
{
    int64_t limit = MESSAGE_RUNS_MAX;

    if (!id_valid(task_id) || !id_valid(message_id))
        return OK;
    return query_list(s, tx, &q_runs_of_message, ARGS(ARG(task_id), ARG(message_id), ARG(limit)),
                      out);
}

fallible run_judge(Scope *s, Tx *tx, const char *id, Verdict verdict)
{
    const char *word = name_of(verdict_names, (int)verdict);
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"run", id}));
    TRY(query_run(s, tx, &q_run_judge, ARGS(ARG(id), ARG_AS(verdict, word)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"run", id});
}

fallible run_states_of_task(Scope *s, Tx *tx, const char *task_id, RunStateList *out)
{
    Task task;

    TRY(row_get(s, tx, &q_task_get, (RowKey){"task", task_id}, &task));
    return query_list(s, tx, &q_run_states_of_task, ARGS(ARG(task_id)), out);
}

/* ---- What a worker writes ---- */

static fallible lease_lock(Scope *s, Tx *tx, const Lease *lease, bool *held)
{
    Job job;

    return query_find(s, tx, &q_job_hold,
                      ARGS(ARG_AS(job_id, lease->job_id), ARG_AS(fence, lease->fence)),
                      (QueryFound){&job, held});
}

fallible lease_hold(Scope *s, Tx *tx, const Lease *lease)
{
    bool held = false;

    TRY(lease_lock(s, tx, lease, &held));
    return held ? OK : lease_lost(s);
}

fallible run_start(Scope *s, Tx *tx, const Lease *lease)
{
    const char *run_id = lease->run_id;
    RunChange change = {
        .run_id = run_id,
        .update = &q_run_start,
        .args = ARGS(ARG(run_id), ARG_AS(fence, lease->fence)),
        .to = RUN_RUNNING,
    };
    bool changed = false;

    TRY(id_check(s, (RowKey){"run", run_id}));
    TRY(run_change(s, tx, &change, &changed));
    return changed ? OK : run_hold(s, tx, lease); /* running already: fine under the same fence */
}

/* The end as the row takes it: valid UTF-8, within the limits, files without their patches. */
static Run ended_run(Scope *s, const Lease *lease, const RunEnd *end)
{
    Run run = {
        .id = lease->run_id,
        .fence = lease->fence,
        .status = end->status,
        .summary = text_kept(s, end->summary, RUN_SUMMARY_MAX),
        .added_lines = end->added_lines,
        .removed_lines = end->removed_lines,
        .commit_sha = end->commit_sha,
        .error = text_kept(s, end->error, RUN_REASON_MAX),
        .error_kind = end->error_kind,
        .error_code = end->error_code,
        .error_params = end->error_params,
    };

    EACH (const FileChange, file, &end->files_changed) {
        FileChange *kept = list_add(s, &run.files_changed);
        *kept = *file;
        kept->path = text_kept(s, file->path, RUN_REASON_MAX);
        kept->old_path = text_kept(s, file->old_path, RUN_REASON_MAX);
        kept->lossy = file->lossy || !utf8_valid(bytes_of(file->path));
        kept->patch = NULL;
    }
    run.files_count = (int64_t)run.files_changed.count;
    EACH (const Note, warning, &end->warnings) {
        Note *kept = list_add(s, &run.warning_notes);
        *kept = *warning;
        kept->text = text_kept(s, warning->text, RUN_REASON_MAX);
        texts_add(s, &run.warnings, kept->text);
    }
    return run;
}

/* The same end once more is fine: its first answer may have been lost. */
static fallible finish_again(Scope *s, Tx *tx, const Lease *lease, const Run *end)
{
    const char *run_id = lease->run_id;
    bool found = false;
    Run run;

    TRY(query_find(s, tx, &q_run_of_lease, ARGS(ARG(run_id)), (QueryFound){&run, &found}));
    if (found && run.fence == end->fence && run.status == end->status &&
        text_equal(run.commit_sha, end->commit_sha) && text_equal(run.summary, end->summary) &&
        text_equal(run.error, end->error) && run.added_lines == end->added_lines &&
        run.removed_lines == end->removed_lines)
        return OK;
    return run_refused(s, tx, lease);
}

static fallible run_patch_put(Scope *s, Tx *tx, const Lease *lease, Bytes patch)
{
    if (!patch.data)
        return OK;
    return query_run(s, tx, &q_run_patch_put,
                     ARGS(ARG(patch), ARG_AS(run_id, lease->run_id), ARG_AS(fence, lease->fence)),
                     NULL);
}

static fallible end_check(Scope *s, const Lease *lease, const RunEnd *end)
{
    TRY(id_check(s, (RowKey){"run", lease->run_id}));
    if (end->status != RUN_SUCCEEDED && end->status != RUN_FAILED)
        return fail(s, BUG, "a run finishes as succeeded or failed, not as %s",
                    name_of(run_status_names, (int)end->status));
    if (end->patch.size > RUN_PATCH_MAX)
        return fail(s, TOO_LARGE, "the patch has %zu bytes: at most %d are kept", end->patch.size,
                    (int)RUN_PATCH_MAX);
    return OK;
}

fallible run_finish(Scope *s, Tx *tx, const Lease *lease, const RunEnd *end)
{
    TRY(end_check(s, lease, end));
    Run run = ended_run(s, lease, end);
    RunChange change = {
        .run_id = run.id,
        .update = &q_run_finish,
        .args = ARGS(ARG_ROW(run_type, &run)),
        .to = run.status,
        .reason = run.error,
        .kind = run.error_kind,
        .code = run.error_code,
        .params = run.error_params,
    };
    bool held = false, changed = false;

    /* The job's row is locked before the run's, as everybody does. At a repetition it may no longer be
     * leased: the run's own fence decides. */
    TRY(lease_lock(s, tx, lease, &held));
    TRY(run_change(s, tx, &change, &changed));
    return changed ? run_patch_put(s, tx, lease, end->patch) : finish_again(s, tx, lease, &run);
}

fallible run_patch_get(Scope *s, Tx *tx, const char *run_id, Bytes *out)
{
    RunPatch row = {0};
    bool found = false;

    TRY(id_check(s, (RowKey){"run", run_id}));
    TRY(query_find(s, tx, &q_run_patch_get, ARGS(ARG(run_id)), (QueryFound){&row, &found}));
    *out = row.patch;
    return OK;
}

/* ---- What anybody of the tenant may do ---- */

fallible run_cancel(Scope *s, Tx *tx, const char *id, const char *reason, bool *canceled)
{
    const char *kept = text_kept(s, reason, RUN_REASON_MAX);
    RunChange change = {
        .run_id = id,
        .update = &q_run_cancel,
        .args = ARGS(ARG(id), ARG_AS(reason, kept)),
        .to = RUN_CANCELED,
        .reason = kept,
    };
    RunState state;

    *canceled = false;
    TRY(run_state(s, tx, id, &state));
    TRY(query_run(s, tx, &q_job_cancel_of_run, change.args, NULL));
    return run_change(s, tx, &change, canceled);
}
