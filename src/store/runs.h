/* Runs: queued → running → succeeded | failed | canceled (model/run_state.h).
 *
 * Terminal states are final. What a worker writes carries its lease; every change of state appends
 * its status event in the same transaction, {"status": …} with "reason", "kind" and "code" where there
 * are any, so that the last event of a run is that of its end.
 *
 * Rows are locked in the order task, job, run: a transaction that appends events and then ends the
 * run begins with lease_hold. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

enum {
    RUN_PATCH_MAX = 64 << 20,   /* bytes of a stored patch */
    RUN_SUMMARY_MAX = 64 << 10, /* bytes of a summary, cut with "..." behind */
    MESSAGE_RUNS_MAX = 100,     /* of one message that are compared */
    RUN_REASON_MAX = 8 << 10,   /* bytes of an error, a reason or a warning, likewise */
};

/* Queued. Fills number (from 1 within the task), created_at and status; id is made when NULL. Locks
 * the task's row until the commit, so that numbers and jobs of a line are in the order of commits.
 * MISSING when the tenant has no such task. */
fallible run_insert(Scope *s, Tx *tx, Run *run);
fallible run_get(Scope *s, Tx *tx, const char *id, Run *out);
fallible run_state(Scope *s, Tx *tx, const char *id, RunState *out);
/* Newest first. */
fallible runs_of_task(Scope *s, Tx *tx, const char *task_id, Page *page, RunList *out);
/* By number; none for an unknown message. */
fallible runs_of_message(Scope *s, Tx *tx, const char *task_id, const char *message_id,
                         RunList *out);
/* verdict 0 takes it away. MISSING when the tenant has no such run. */
fallible run_judge(Scope *s, Tx *tx, const char *id, Verdict verdict);
/* Of all runs of the task, by number. MISSING when the tenant has no such task. */
fallible run_states_of_task(Scope *s, Tx *tx, const char *task_id, RunStateList *out);

/* Locks the job of the lease until the commit. CONFLICT with "lease_lost". */
fallible lease_hold(Scope *s, Tx *tx, const Lease *lease);

/* queued → running. Again under the same lease: nothing changes. CONFLICT with "lease_lost", or with
 * "run_finished" when it has ended meanwhile (canceled, say). */
fallible run_start(Scope *s, Tx *tx, const Lease *lease);

/* What a run leaves behind. Text is made valid UTF-8; files' patches are not stored with it. */
typedef struct RunEnd {
    RunStatus status; /* RUN_SUCCEEDED or RUN_FAILED */
    const char *summary;
    FileChangeList files_changed;
    int64_t added_lines, removed_lines;
    NoteList warnings;
    const char *commit_sha;
    Bytes patch; /* no data: none is stored */
    const char *error, *error_kind, *error_code;
    Json error_params;
} RunEnd;

/* running → its end, one conditional update. The same once more changes nothing and succeeds. CONFLICT
 * with "lease_lost", or with "run_finished" when it has ended otherwise. TOO_LARGE for the patch. */
fallible run_finish(Scope *s, Tx *tx, const Lease *lease, const RunEnd *end);

/* Ends the run as canceled and its job at once or, when a worker has it, as soon as that notices:
 * the record comes first. *canceled tells whether this call ended it: false for a finished run. */
fallible run_cancel(Scope *s, Tx *tx, const char *id, const char *reason, bool *canceled);

/* No data when the run has none. */
fallible run_patch_get(Scope *s, Tx *tx, const char *run_id, Bytes *out);
