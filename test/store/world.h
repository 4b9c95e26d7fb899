/* A database of its own for each test, with a tenant in it, on both kinds of store:
 *
 *     STORE_TEST(a_canceled_run_stays_canceled)
 *     {
 *         TRY(TENANT(w, run_cancel(s, tx, …)));     // a transaction of the tenant, committed
 *         FAILS(CONFLICT, TENANT(w, run_start(…)));  // rolled back
 *         TRY(SYSTEM(w, jobs_claim(s, tx, …)));
 *         return OK;
 *     }
 */
#pragma once

#include "store/events.h"
#include "store/jobs.h"
#include "store/lines.h"
#include "store/repos.h"
#include "store/runs.h"
#include "store/tasks.h"
#include "store/tenants.h"
#include "store/usage.h"
#include "store/workers.h"
#include "test/test.h"

typedef enum Database { ON_SQLITE, ON_POSTGRES } Database;

typedef struct World {
    Store *store;
    StoreOptions options;
    Database database;
    Caller caller;
    Caller other;     /* of another tenant */
    const char *pool; /* of the runs made and the jobs claimed; NULL: none */
} World;

#define QUEUE    "runs"
#define KIND     "run"
#define LEASE_US (30 * US_PER_S)

typedef Error *StoreTest(Scope *s, World *w);
Error *world_test(Scope *s, Database database, StoreTest *test);

#define STORE_TEST(name_)                                                                          \
    static Error *both_##name_(Scope *s, World *w);                                                \
    TEST(name_##_on_sqlite)                                                                        \
    {                                                                                              \
        return world_test(s, ON_SQLITE, both_##name_);                                             \
    }                                                                                              \
    TEST(name_##_on_postgres)                                                                      \
    {                                                                                              \
        return world_test(s, ON_POSTGRES, both_##name_);                                           \
    }                                                                                              \
    static Error *both_##name_(Scope *s, World *w)

#define IN_TX(begin, call)                                                                         \
    ({                                                                                             \
        SCOPE(tx_scope, s);                                                                        \
        Tx *tx = NULL;                                                                             \
        Error *tx_error = (begin);                                                                 \
        if (!tx_error)                                                                             \
            tx_error = (call);                                                                     \
        if (!tx_error)                                                                             \
            tx_error = tx_commit(tx_scope, tx);                                                    \
        tx_error;                                                                                  \
    })
#define TENANT(w, call) IN_TX(tx_write(tx_scope, (w)->store, &(w)->caller, &tx), call)
#define OTHER(w, call)  IN_TX(tx_write(tx_scope, (w)->store, &(w)->other, &tx), call)
#define READ(w, call)   IN_TX(tx_read(tx_scope, (w)->store, &(w)->caller, &tx), call)
#define SYSTEM(w, call) IN_TX(tx_system(tx_scope, (w)->store, &tx), call)

/* ---- What tests begin with ---- */

fallible given_repo(Scope *s, World *w, Repo *out);
fallible given_task(Scope *s, World *w, Task *out);

typedef struct GivenRun {
    Task task;
    Run run;
    Job job;
} GivenRun;

/* A run of the task's line for that model, queued, with its pending job. */
fallible given_run(Scope *s, World *w, const Task *task, const char *model_key, GivenRun *out);
/* The same on a new task, claimed and started. */
fallible given_running(Scope *s, World *w, GivenRun *out, Lease *lease);
/* A job that executes no run. */
fallible given_job(Scope *s, World *w, Job *job);

ClaimOrder claim_order(Scope *s, World *w, const char *owner);
/* Claims at most one; *out is untouched and *found false when there is none. */
fallible claim_one(Scope *s, World *w, const char *owner, Job *out, bool *found);
/* Claims one that has to be there. */
fallible claim(Scope *s, World *w, const char *owner, Job *out);
/* The rest of the transaction is not bound by the roles of the service (PostgreSQL). */
fallible as_owner(Scope *s, Tx *tx, World *w);
/* Makes the job due and its lease run out, whatever the clock says. */
fallible pass_time(Scope *s, World *w, const char *job_id);

RunEnd good_end(void);
fallible run_now(Scope *s, World *w, const char *run_id, Run *out);
fallible job_now(Scope *s, World *w, const char *job_id, Job *out);
/* All events of the run, as "1:status {…}" a line. */
fallible events_text(Scope *s, World *w, const char *run_id, const char **out);
