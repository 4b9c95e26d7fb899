/* Lines of work: (task, executor, model), each with a branch of its own that no other line of the
 * repository has. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

typedef struct LineWant {
    const char *task_id;
    Executor executor_type;
    const char *model_key;
    const char *base_ref;
    const char *base_commit;
    const char *branch_prefix; /* "dursor" */
    const char *run_id;        /* the run that opens the line, if it is new: names the branch */
} LineWant;

/* A new line gets the branch prefix/ and the last 8 hex digits of run_id, and four more as long as
 * the repository has that branch already. MISSING when the tenant has no such task. */
fallible line_find_or_insert(Scope *s, Tx *tx, const LineWant *want, Line *out);
fallible line_get(Scope *s, Tx *tx, const char *id, Line *out);
/* Oldest first. */
fallible lines_of_task(Scope *s, Tx *tx, const char *task_id, LineList *out);

typedef struct LineStep {
    const char *line_id;
    const char *from;        /* its head until now; NULL: none */
    const char *to;          /* the new head */
    const char *base_commit; /* the base merged in; NULL: as before */
} LineStep;

/* Moves the head, once, under the fence of the lease's run: CONFLICT with "lease_lost" when the fence
 * is not current or the run has ended, and with "head_moved" when the head is neither from nor to.
 * In the transaction of run_finish it goes before that. */
fallible line_advance(Scope *s, Tx *tx, const Lease *lease, const LineStep *step);
