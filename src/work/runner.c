/* Opening and ending a runner, and executing a slot. */

#include "work/runner.h"

#include "base/log.h"
#include "sys/memory.h"
#include "work/couriers.h"
#include "work/monitor.h"

#define JOB_END_US   (30 * US_PER_S) /* for one try to store how a job ended */
#define JOB_RETRY_US (500 * US_PER_MS)
#define SETTLE_US    (5 * US_PER_S)

const JobKind job_kinds[] = {
    {"run", QUEUE_AGENT, run_job},
    {"sweep", QUEUE_SYSTEM, sweep_job},
    {"retention", QUEUE_SYSTEM, retention_job},
    {"pull_link", QUEUE_SYSTEM, pull_link_job},
    {"pull_poll", QUEUE_POLLING, pull_poll_job},
    {0},
};

const WorkQueue work_queues[QUEUES] = {
    {QUEUE_SYSTEM, SYSTEM_PLACES, false},
    {QUEUE_POLLING, POLLING_PLACES, false},
    {QUEUE_AGENT, 0, true},
};

/* ---- One job ---- */

/* In a scope of its own: what it leaves open, a transaction above all, must be closed before its end is
 * stored. */
static fallible execute(Scope *s, Slot *slot)
{
    SCOPE(work, s);

    for (const JobKind *kind = slot->runner->options.kinds; kind->kind; kind++)
        if (text_equal(kind->kind, slot->job.kind))
            return kind->run(work, slot);
    return fail(s, BUG, "claimed a job of kind %s, which nobody here can do", slot->job.kind);
}

/* How a slot's job came to its end. */
typedef struct Ending {
    Slot *slot;
    SlotEnd end;
    const Error *why;
} Ending;

static fallible end_once(Scope *s, const Ending *ending)
{
    SCOPE(tmp, s);
    Slot *slot = ending->slot;
    Tx *tx;

    scope_limit(tmp, JOB_END_US);
    TRY(tx_write(tmp, slot->runner->app->store, &slot->caller, &tx));
    if (ending->end == SLOT_CANCELED)
        TRY(job_canceled(tmp, tx, &slot->lease, NULL));
    else if (ending->end == SLOT_LOST ||
             (ending->end == SLOT_RETURNED && failed_as(ending->why, CANCELLED)))
        TRY(job_return(tmp, tx, &slot->lease, (Json){NULL}, NULL));
    else
        TRY(job_fail(tmp, tx, &slot->lease, ending->why, NULL));
    return tx_commit(tmp, tx);
}

static bool is_stopping(Runner *r)
{
    bool stopping = false;

    LOCKED (&r->mutex)
        stopping = r->stopping;
    return stopping;
}

/* Tried again while the database is away: whoever gave up here would go on renewing the lease of a job
 * that nobody executes. At a stop the lease ends with the worker. */
static fallible end_surely(Scope *s, const Ending *ending)
{
    for (;;) {
        Error *e = end_once(s, ending);
        if (failed_as(e, CONFLICT)) {
            error_drop(e, "somebody else has the job now, and its end is theirs");
            return OK;
        }
        if (!e || !error_kind(e->kind)->retry || is_stopping(ending->slot->runner))
            return e;
        TRY(scope_sleep(s, JOB_RETRY_US));
    }
}

/* The row has been told; what Redis is told decides nothing. */
static void settle(Slot *slot, const Error *why)
{
    UNIT(u, NULL, "settling a message");

    scope_limit(u, SETTLE_US);
    log_failure(u, courier_settle(u, slot, why));
}

static void announce(Slot *slot)
{
    UNIT(u, NULL, "announce");

    if (slot->job.run_id)
        bus_publish(slot->runner->app->bus, text(u, "run:%s", slot->job.run_id));
}

void slot_free(Slot *slot)
{
    Runner *r = slot->runner;
    Scope *home = NULL;

    LOCKED (&r->mutex) {
        home = slot->home;
        r->processed++;
        *slot = (Slot){.runner = r};
        condition_wake_all(&r->freed);
    }
    scope_close(home);
}

static SlotEnd slot_begin(Scope *s, Slot *slot)
{
    SlotEnd end = SLOT_GOES_ON;

    LOCKED (&slot->runner->mutex) {
        slot->cancel = scope_cancel(s);
        end = slot->end;
    }
    return end;
}

/* Nobody cancels it from here on. The pool's own end is a hand-back too. */
static SlotEnd slot_over(Slot *slot, const Error *e)
{
    SlotEnd end = SLOT_GOES_ON;

    LOCKED (&slot->runner->mutex) {
        slot->cancel = NULL;
        if (failed_as(e, CANCELLED) && slot->end == SLOT_GOES_ON)
            slot->end = SLOT_RETURNED;
        end = slot->end;
    }
    return end;
}

Error *slot_run(Scope *s, void *arg)
{
    Slot *slot = arg;
    Bus *bus = slot->runner->app->bus;
    SlotEnd end = slot_begin(s, slot);

    scope_field(s, "job", slot->job.id);
    scope_field(s, "run", slot->job.run_id);
    monitor_began(slot);
    Error *e =
        end == SLOT_GOES_ON ? execute(s, slot) : fail(s, CANCELLED, "it ended before it began");
    log_failure(s, e);
    end = slot_over(slot, e);
    if (e) { /* also a lost job: if nobody has taken it yet, renewing would hold it for ever */
        UNIT(u, NULL, "end of a job");
        log_failure(u, end_surely(u, &(Ending){slot, end, error_move(u, e)}));
    }
    settle(slot, e);
    monitor_ended(slot, e);
    announce(slot);
    slot_free(slot);
    bus_publish(bus, "jobs"); /* here is a place again, and the next of its line may go anywhere */
    return OK;
}

/* ---- The runner ---- */

/* An invocation for one comparison leaves the service's work to the service. */
bool runner_serves(const Runner *r, const WorkQueue *queue)
{
    if (r->options.own_pool)
        return text_equal(queue->name, QUEUE_AGENT);
    return !r->options.queues.count || texts_have(&r->options.queues, queue->name);
}

fallible work_queues_known(Scope *s, const TextList *names)
{
    EACH (const char *, name, names) {
        bool known = false;
        for (size_t i = 0; i < QUEUES && !known; i++)
            known = text_equal(*name, work_queues[i].name);
        if (!known)
            return fail(s, INVALID,
                        "no queue %s: there are " QUEUE_AGENT ", " QUEUE_POLLING
                        " and " QUEUE_SYSTEM,
                        text_head(s, *name, 40));
    }
    return OK;
}

void runner_drain(Runner *r)
{
    LOCKED (&r->mutex)
        r->stopping = true;
    event_set(r->over);
}

int runner_over_fd(const Runner *r)
{
    return r->over;
}

int64_t runner_busy(Runner *r)
{
    int64_t busy = 0;

    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++)
            busy += r->slots[i].busy;
    }
    return busy;
}

static void wait_until_idle(Scope *s, Runner *r)
{
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++)
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

    runner_drain(r);
    SCOPE(grace, u);
    scope_limit(grace, r->options.grace_us);
    wait_until_idle(grace, r);
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++)
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

RunnerOptions runner_settings(const Settings *settings)
{
    return (RunnerOptions){
        .concurrency = settings->worker_concurrency,
        .lease_us = settings->lease_seconds * US_PER_S,
        .renew_us = settings->lease_renew_seconds * US_PER_S,
        .grace_us = settings->shutdown_grace_seconds * US_PER_S,
    };
}

static int64_t places_of(const Runner *r)
{
    int64_t places = 0;

    for (size_t i = 0; i < QUEUES; i++)
        if (runner_serves(r, &work_queues[i]))
            places += work_queues[i].places ? work_queues[i].places : r->options.concurrency;
    return places;
}

Error *runner_open(Scope *s, App *app, const RunnerOptions *options, Runner **out)
{
    Runner *r = NEW(s, Runner);

    r->app = app;
    r->opened_at = boot_us();
    r->options = *options;
    r->options.kinds = options->kinds ? options->kinds : job_kinds;
    r->options.queues = (TextList){0}; /* the list may be the caller's own */
    EACH (const char *, name, &options->queues)
        texts_add(s, &r->options.queues, *name);
    TRY(event_open(s, &r->over));
    TRY(event_open(s, &r->arrived));
    TRY(presence_open(s, app, options->concurrency, &r->presence));
    r->owner = r->presence->id;
    r->pool_name = options->own_pool ? r->owner : NULL;
    TRY(read_epoch(s, r));
    TRY_WHILE(sweep_dead_owners(s, app), "looking for jobs of workers that died");
    if (!r->pool_name)
        TRY(sweep_schedule(s, app));
    r->contexts = context_cache_open(s);
    TRY(recorder_open(s, app, &r->recorder));
    r->places = places_of(r);
    r->slots = NEW_ARRAY(s, Slot, r->places);
    TRY(pool_open(s, "jobs", (int)r->places, (int)r->places, &r->pool));
    TRY(thread_start(s, "leases", leases_run, r, NULL));
    TRY(thread_start(s, "claims", claims_run, r, NULL));
    TRY(couriers_open(s, r));
    TRY(monitor_open(s, r));
    scope_undo(s, runner_stop, r);
    *out = r;
    return OK;
}
