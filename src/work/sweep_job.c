/* Putting right what died or ran out. One job row, on whichever worker, over and over: it goes on as
 * long as anybody works. */

#include <unistd.h>

#include "base/log.h"
#include "store/board.h"
#include "store/tenants.h"
#include "store/workers.h"
#include "sys/file.h"
#include "work/runner.h"

#define SWEEP_EVERY_US (10 * US_PER_S)
#define SWEEP_SILENT_US                                                                            \
    (5 * US_PER_MIN) /* a worker elsewhere that was not seen for that long is gone */

typedef Error *SweepStep(Scope *s, Tx *tx, int64_t *count);

static const Caller system_caller = {SYSTEM_TENANT, NULL, ROLE_ADMIN};

/* A database that is away uses no tries up; what else kills one of them, the others mend. */
Error *sweep_schedule(Scope *s, App *app)
{
    Job for_ever[] = {
        {.queue = QUEUE_SYSTEM, .kind = "sweep", .priority = 1},
        {.queue = QUEUE_POLLING, .kind = "pull_poll", .priority = 5},
        {.queue = QUEUE_SYSTEM, .kind = "retention", .priority = 6},
    };
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, app->store, &system_caller, &tx));
    for (size_t i = 0; i < COUNT_OF(for_ever); i++) {
        for_ever[i].unique_key = for_ever[i].kind;
        for_ever[i].max_tries = INT32_MAX;
        const char *queue = for_ever[i].queue;
        TRY(job_insert(tmp, tx, &for_ever[i], NULL));
        if (!text_equal(for_ever[i].queue, queue)) /* of a version that had it elsewhere */
            TRY(job_move(tmp, tx, for_ever[i].id, queue));
    }
    return tx_commit(tmp, tx);
}

/* Again until nothing is left, each turn in a transaction of its own. */
static fallible repeat(Scope *s, App *app, SweepStep *step)
{
    for (int64_t count = 1; count;) {
        SCOPE(turn, s);
        Tx *tx;
        TRY(scope_check(turn));
        TRY(tx_system(turn, app->store, &tx));
        TRY(step(turn, tx, &count));
        TRY(tx_commit(turn, tx));
    }
    return OK;
}

static fallible owner_release(Scope *s, App *app, const Worker *worker)
{
    for (int64_t count = 1; count;) {
        SCOPE(turn, s);
        Tx *tx;
        TRY(tx_system(turn, app->store, &tx));
        TRY(jobs_release_owner(turn, tx, worker->id, &count));
        if (!count)
            TRY(worker_remove(turn, tx, worker->id));
        TRY(tx_commit(turn, tx));
    }
    log_info(s, "worker %s (process %lld) is gone: its jobs were taken over", worker->id,
             (long long)worker->pid);
    return OK;
}

/* On this machine a free lock proves the death; elsewhere only long silence does. */
static fallible is_dead(Scope *s, const Worker *worker, const char *host, bool *dead)
{
    FileLock *lock = NULL;

    *dead = false;
    if (!text_equal(worker->host, host)) {
        *dead = worker->silent_us > SWEEP_SILENT_US;
        return OK;
    }
    if (!file_exists(worker->lock_path)) {
        *dead = true;
        return OK;
    }
    TRY(file_try_lock(s, worker->lock_path, LOCK_EXCLUSIVE, &lock));
    *dead = lock != NULL;
    if (lock)
        TRY(file_remove(s, worker->lock_path));
    return OK;
}

Error *sweep_dead_owners(Scope *s, App *app)
{
    char host[256] = "";
    WorkerList workers = {0};
    bool dead;

    if (gethostname(host, sizeof host - 1) != 0)
        return fail(s, UNAVAILABLE, "this machine has no host name");
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_system_read(tmp, app->store, &tx));
        TRY(workers_list(s, tx, &workers));
        TRY(tx_commit(tmp, tx));
    }
    EACH (Worker, worker, &workers) {
        SCOPE(turn, s);
        TRY(is_dead(turn, worker, host, &dead));
        if (dead)
            TRY(owner_release(turn, app, worker));
    }
    return OK;
}

/* One turn is enough: it makes room for months. */
static Error *make_room(Scope *s, Tx *tx, int64_t *count)
{
    *count = 0;
    return events_make_room(s, tx);
}

static fallible abandoned_pools(Scope *s, App *app)
{
    TextList pools = {0};
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_system_read(tmp, app->store, &tx));
        TRY(jobs_pools_abandoned(s, tx, SWEEP_SILENT_US, &pools));
        TRY(tx_commit(tmp, tx));
    }
    EACH (const char *, pool, &pools) {
        for (int64_t count = 1; count;) {
            SCOPE(turn, s);
            Tx *tx;
            TRY(tx_system(turn, app->store, &tx));
            TRY(jobs_abandon_pool(turn, tx, *pool, &count));
            TRY(tx_commit(turn, tx));
        }
    }
    return OK;
}

/* A part that fails is logged and tried again by the next sweep; the others go on. */
static void attempt(Scope *s, Error *e, const char *what)
{
    if (e && !cancel_asked(scope_cancel(s)))
        log_failure(s, error_while(e, "sweeping %s", what));
}

fallible sweep_job(Scope *s, Slot *slot)
{
    App *app = slot->runner->app;
    Tx *tx;

    attempt(s, sweep_schedule(s, app), "what goes on for ever");
    attempt(s, sweep_dead_owners(s, app), "dead workers");
    attempt(s, repeat(s, app, jobs_expire), "expired leases");
    attempt(s, abandoned_pools(s, app), "abandoned invocations");
    attempt(s, repeat(s, app, board_counts_fold), "counts of tasks");
    attempt(s, repeat(s, app, make_room), "room for events");
    TRY(scope_check(s));
    TRY(tx_write(s, app->store, &slot->caller, &tx));
    TRY(job_repeat(s, tx, &slot->lease, SWEEP_EVERY_US, NULL));
    return tx_commit(s, tx);
}
