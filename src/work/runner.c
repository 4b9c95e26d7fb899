/* Opening and ending a runner, and executing a slot. */

#include "work/runner.h"

#include "base/log.h"
#include "work/presence.h"

#define JOB_END_US   (30 * US_PER_S) /* to store how a job ended */
#define JOB_RETRY_US (500 * US_PER_MS)

const JobKind job_kinds[] = {
    {"run", QUEUE_AGENT, run_job},
    {"sweep", QUEUE_SYSTEM, sweep_job},
    {0},
};

/* ---- One job ---- */

static fallible execute(Scope *s, Slot *slot)
{
    for (const JobKind *kind = job_kinds; kind->kind; kind++)
        if (text_equal(kind->kind, slot->job.kind))
            return kind->run(s, slot);
    return fail(s, BUG, "claimed a job of kind %s, which nobody here can do", slot->job.kind);
}

static fallible end_once(Scope *s, Slot *slot, const Error *why)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, slot->runner->app->store, &slot->caller, &tx));
    if (slot->end == SLOT_CANCELED)
        TRY(job_canceled(tmp, tx, &slot->lease, NULL));
    else if (slot->end == SLOT_RETURNED && failed_as(why, CANCELLED))
        TRY(job_return(tmp, tx, &slot->lease, (Json){NULL}, NULL));
    else
        TRY(job_fail(tmp, tx, &slot->lease, why, NULL));
    return tx_commit(tmp, tx);
}

/* Tried again while the database is away; if it stays away, the lease runs out and the job is found. */
static fallible end_surely(Scope *s, Slot *slot, const Error *why)
{
    for (;;) {
        Error *e = end_once(s, slot, why);
        if (failed_as(e, CONFLICT)) {
            error_drop(e, "somebody else has the job now, and its end is theirs");
            return OK;
        }
        if (!e || !error_kind(e->kind)->retry)
            return e;
        TRY(scope_sleep(s, JOB_RETRY_US));
    }
}

static void announce(Slot *slot)
{
    UNIT(u, NULL, "announce");

    if (slot->job.run_id)
        bus_publish(slot->runner->app->bus, text(u, "run:%s", slot->job.run_id));
    bus_publish(slot->runner->app->bus, "jobs"); /* the next of its line may go now */
}

void slot_free(Slot *slot)
{
    Runner *r = slot->runner;
    Scope *home = NULL;

    LOCKED (&r->mutex) {
        home = slot->home;
        *slot = (Slot){.runner = r};
        condition_wake_all(&r->freed);
    }
    scope_close(home);
}

Error *slot_run(Scope *s, void *arg)
{
    Slot *slot = arg;
    Runner *r = slot->runner;

    scope_field(s, "job", slot->job.id);
    scope_field(s, "run", slot->job.run_id);
    LOCKED (&r->mutex)
        slot->cancel = scope_cancel(s);
    Error *e = slot->end == SLOT_GOES_ON ? execute(s, slot)
                                         : fail(s, CANCELLED, "it ended before it began");
    log_failure(s, e);
    LOCKED (&r->mutex) {
        slot->cancel = NULL;
        /* The pool's own end is a hand-back too. */
        if (failed_as(e, CANCELLED) && slot->end == SLOT_GOES_ON)
            slot->end = SLOT_RETURNED;
    }
    if (e && slot->end != SLOT_LOST) {
        UNIT(u, NULL, "end of a job");
        scope_limit(u, JOB_END_US);
        log_failure(u, end_surely(u, slot, error_move(u, e)));
    }
    announce(slot);
    slot_free(slot);
    return OK;
}

/* ---- The runner ---- */

int64_t runner_busy(Runner *r)
{
    int64_t busy = 0;

    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->options.concurrency; i++)
            busy += r->slots[i].busy;
    }
    return busy;
}

static void wait_until_idle(Scope *s, Runner *r)
{
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->options.concurrency; i++)
            while (r->slots[i].busy)
                if (condition_wait(s, &r->freed, &r->mutex))
                    return;
    }
}

/* Graceful: no more claims, then the grace, then hand-back. Runs before the threads are ended. */
static void runner_stop(void *what)
{
    Runner *r = what;
    UNIT(u, NULL, "stop of the runner");

    LOCKED (&r->mutex)
        r->stopping = true;
    SCOPE(grace, u);
    scope_limit(grace, r->options.grace_us);
    wait_until_idle(grace, r);
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->options.concurrency; i++)
            if (r->slots[i].busy)
                slot_end(&r->slots[i], SLOT_RETURNED);
    }
    scope_limit(u, JOB_END_US);
    wait_until_idle(u, r);
}

static fallible read_epoch(Scope *s, Runner *r)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system_read(tmp, r->app->store, &tx));
    TRY(cluster_epoch(tmp, tx, &r->epoch));
    return tx_commit(tmp, tx);
}

Error *runner_open(Scope *s, App *app, const RunnerOptions *options, Runner **out)
{
    Runner *r = NEW(s, Runner);

    r->app = app;
    r->options = *options;
    TRY(presence_open(s, app, &r->owner));
    r->pool_name = options->own_pool ? r->owner : NULL;
    TRY(read_epoch(s, r));
    TRY_WHILE(sweep_dead_owners(s, app), "looking for jobs of workers that died");
    if (!r->pool_name)
        TRY(sweep_schedule(s, app));
    r->contexts = context_cache_open(s);
    TRY(recorder_open(s, app, &r->recorder));
    r->slots = NEW_ARRAY(s, Slot, options->concurrency);
    TRY(pool_open(s, "jobs", (int)options->concurrency, (int)options->concurrency, &r->pool));
    TRY(thread_start(s, "leases", leases_run, r, NULL));
    Thread *claims;
    TRY(thread_start(s, "claims", claims_run, r, &claims));
    scope_undo(s, runner_stop, r);
    *out = r;
    return OK;
}
