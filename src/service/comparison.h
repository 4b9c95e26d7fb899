/* One instruction, several models: the runs of a message, started together from one base commit.
 *
 * Planning talks to the outside and writes nothing; starting writes runs and jobs in the caller's
 * transaction; waking comes after its commit.
 *
 *     TRY(comparison_plan(s, app, caller, &order, &plan));
 *     TRY(tx_write(s, app->store, caller, &tx));
 *     TRY(comparison_start(s, app, tx, &plan, &created));
 *     TRY(tx_commit(s, tx));
 *     comparison_wake(app, &plan);
 */
#pragma once

#include "service/app.h"
#include "store/jobs.h"
#include "store/repos.h"
#include "store/tasks.h"

typedef struct ComparisonOrder {
    const char *task_id;
    const RunCreate *in;
    const char *pool;        /* of the invocation that will execute them; NULL: any worker */
    const char *base_commit; /* known already; NULL: base_ref is resolved after a fetch */
} ComparisonOrder;

/* One run to be. */
typedef struct PlannedRun {
    const char *run_id;
    const char *model_id;
    ModelView model;
    const char *retry_of;
} PlannedRun;

typedef LIST_OF(PlannedRun) PlannedRunList;

typedef struct ComparisonPlan {
    ComparisonOrder order;
    Task task;
    Repo repo;
    const char *base_ref;
    const char *base_commit;
    NoteList warnings; /* such as a fetch that failed: runs go on from the last state and say so */
    PlannedRunList runs;
} ComparisonPlan;

/* All models are checked before anything is started. MISSING for an unknown task, message, model or
 * base; INVALID when no model is given and none can be inherited; UNSUPPORTED for executors that
 * this server cannot run. */
fallible comparison_plan(Scope *s, App *app, const Caller *caller, const ComparisonOrder *order,
                         ComparisonPlan *out);
fallible comparison_start(Scope *s, App *app, Tx *tx, const ComparisonPlan *plan, RunsCreated *out);
void comparison_wake(App *app, const ComparisonPlan *plan);

/* The plan for a run that has ended, once more: same model, instruction and base, with retry_of.
 * CONFLICT while it has not. */
fallible comparison_plan_retry(Scope *s, App *app, const Caller *caller, const char *run_id,
                               ComparisonPlan *out);
/* Cancels in every state and tells the worker. */
fallible run_stop(Scope *s, App *app, const Caller *caller, const char *run_id, bool *canceled);
