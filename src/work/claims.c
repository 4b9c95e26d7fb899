/* Claiming jobs: as many as there are free places, woken by the bus, with a slow look as the net. */

#include <poll.h>

#include "base/id.h"
#include "base/log.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "work/couriers.h"

#define CLAIM_LOOK_US  (5 * US_PER_S) /* between looks when nothing wakes; less up to a fifth */
#define CLAIM_RETRY_US (1 * US_PER_S) /* while the database is away */

int64_t runner_room(const Runner *r, const WorkQueue *queue)
{
    int64_t count = queue->places ? queue->places : r->options.concurrency;

    for (int64_t i = 0; i < r->places; i++)
        count -= r->slots[i].busy && r->slots[i].queue == queue;
    return r->stopping ? 0 : count;
}

static int64_t places_free(Runner *r, const WorkQueue *queue)
{
    int64_t count = 0;

    LOCKED (&r->mutex)
        count = runner_room(r, queue);
    return count;
}

/* What a turn looks for in one queue. */
typedef struct Look {
    const WorkQueue *queue;
    ClaimOrder order;
} Look;

static Look look_of(Scope *s, const Runner *r, const WorkQueue *queue)
{
    ClaimOrder order = {.owner = r->owner,
                        .queue = queue->name,
                        .pool = r->pool_name,
                        .lease_us = r->options.lease_us,
                        .epoch = r->epoch};

    for (const JobKind *kind = r->options.kinds; kind->kind; kind++)
        if (text_equal(kind->queue, queue->name))
            texts_add(s, &order.kinds, kind->kind);
    return (Look){queue, order};
}

/* What a turn has found, and how long until the next. */
typedef struct Turn {
    size_t claimed;
    int64_t wait_us;
    bool database; /* also for what messages should have brought */
} Turn;

/* In memory that outlives the claim's transaction. */
static Job job_copy(Scope *s, const Job *job)
{
    return (Job){.id = text_copy(s, job->id),
                 .tenant_id = text_copy(s, job->tenant_id),
                 .kind = text_copy(s, job->kind),
                 .run_id = text_copy(s, job->run_id),
                 .args = {text_copy(s, job->args.text)},
                 .fence = job->fence};
}

/* There is a free slot: no more are claimed than there are places. */
static Slot *slot_fill(Runner *r, const Job *job, const Slot *filled)
{
    Slot *slot = NULL;

    LOCKED (&r->mutex) {
        for (slot = r->slots; slot->busy; slot++)
            ;
        *slot = *filled;
        slot->began_at = time_now();
        slot->home = unit_open(NULL, "job");
        slot->job = job_copy(slot->home, job);
        slot->token = text_copy(slot->home, filled->token);
        slot->lease = job_lease(&slot->job, r->epoch);
        slot->caller = (Caller){slot->job.tenant_id, NULL, ROLE_ADMIN};
    }
    return slot;
}

static Slot claimed_now(Runner *r, const Look *look)
{
    return (Slot){.runner = r,
                  .busy = true,
                  .queue = look->queue,
                  .held_until = boot_us() + look->order.lease_us * 2 / 3};
}

static fallible start(Scope *s, Runner *r, const Job *job, const Slot *filled)
{
    Slot *slot = slot_fill(r, job, filled);
    Error *e = pool_run(s, r->pool, slot_run, slot);

    if (e) /* the runner is ending: its presence gives the job back */
        slot_free(slot);
    return e;
}

static fallible claim_messages(Scope *s, Runner *r, const Look *look, size_t *claimed)
{
    Slot filled = claimed_now(r, look);
    DeliveredList delivered = {0};

    TRY(courier_claim(s, r, &look->order, &delivered));
    filled.since = boot_us();
    EACH (Delivered, one, &delivered) {
        filled.token = one->token;
        filled.silent = one->silent;
        TRY(start(s, r, &one->job, &filled));
    }
    *claimed += delivered.count;
    return OK;
}

static fallible claim_from(Scope *s, Runner *r, const Look *look, size_t *claimed)
{
    Slot filled = claimed_now(r, look);
    JobList jobs = {0};
    Tx *tx;

    TRY(tx_system(s, r->app->store, &tx));
    TRY(jobs_claim(s, tx, &look->order, &jobs));
    Error *e = tx_commit(s, tx);
    if (e && !text_equal(e->code, COMMIT_UNKNOWN))
        return e;
    error_drop(e, "they count as claimed: the first write under each lease tells");
    filled.since = boot_us();
    EACH (Job, job, &jobs)
        TRY(start(s, r, job, &filled));
    *claimed += jobs.count;
    return OK;
}

/* A read first: looking must not write, or processes that share a database wake each other for ever. */
static fallible look_at(Scope *s, Runner *r, const WorkQueue *queue, Turn *turn)
{
    Look look = look_of(s, r, queue);
    ClaimOrder *order = &look.order;
    OptInt next = {0};
    bool claimable;
    Tx *tx;

    order->limit = places_free(r, queue);
    if (order->limit && courier_serves(r, queue)) {
        Error *e = claim_messages(s, r, &look, &turn->claimed);
        TRY(scope_check(s));
        if (!e && !turn->database)
            return OK;
        error_drop(e,
                   "the couriers tell of Redis being away; the database has what it would bring");
        order->limit = places_free(r, queue);
    }
    if (!order->limit)
        return OK;
    TRY(tx_system_read(s, r->app->store, &tx));
    TRY(jobs_claimable(s, tx, order, &claimable));
    TRY(jobs_next_due(s, tx, order, &next));
    TRY(tx_commit(s, tx));
    if (claimable)
        TRY(claim_from(s, r, &look, &turn->claimed));
    if (next.set && next.value < turn->wait_us)
        turn->wait_us = next.value;
    return OK;
}

static int64_t jittered(int64_t us)
{
    uint64_t random;

    random_bytes(&random, sizeof random);
    return us - (int64_t)(random % (uint64_t)(us / 5));
}

/* What wakes a turn: news of jobs, of offers to Redis, and messages there. */
typedef struct Wakers {
    Subscription *jobs, *offers;
    int arrived;
} Wakers;

static fallible wait_for_work(Scope *s, const Wakers *w, int64_t wait_us)
{
    struct pollfd fds[] = {{.fd = subscription_fd(w->jobs), .events = POLLIN},
                           {.fd = subscription_fd(w->offers), .events = POLLIN},
                           {.fd = w->arrived, .events = POLLIN}};
    int ready;

    TRY(scope_poll(s, fds, COUNT_OF(fds), wait_us, &ready));
    (void)subscription_take(s, w->jobs);
    (void)subscription_take(s, w->offers);
    (void)event_clear(w->arrived);
    return OK;
}

/* Below the floor new runs wait in the queue: what is on disk must not be lost to what is to come. */
static fallible has_room(Scope *s, Runner *r, bool *out)
{
    const Settings *settings = r->app->settings;
    int64_t free_bytes;

    TRY(disk_free(s, settings->workspaces_dir, &free_bytes));
    *out = free_bytes >> 20 >= settings->disk_floor_mb;
    if (*out == r->disk_full)
        log_warning(s,
                    *out ? "there is room on disk again: runs go on"
                         : "less than DURSOR_DISK_FLOOR_MB (%lld) free in %s: runs wait",
                    (long long)settings->disk_floor_mb, settings->workspaces_dir);
    r->disk_full = !*out;
    return OK;
}

static fallible claim_once(Scope *s, Runner *r, Turn *turn)
{
    for (size_t i = 0; i < QUEUES; i++) {
        bool room = true;
        if (!runner_serves(r, &work_queues[i]))
            continue;
        if (work_queues[i].fills_disk)
            TRY(has_room(s, r, &room));
        if (room)
            TRY(look_at(s, r, &work_queues[i], turn));
    }
    return OK;
}

/* Nothing ran before the turn, so that nothing could come of it after its look; and it found nothing. */
static bool is_done(const Runner *r, bool idle, const Turn *turn)
{
    return r->options.once && idle && !turn->claimed;
}

Error *claims_run(Scope *s, void *arg)
{
    Runner *r = arg;
    Wakers wakers = {.arrived = r->arrived};
    int64_t database_at = 0;

    TRY(bus_subscribe(s, r->app->bus, "jobs", &wakers.jobs));
    TRY(bus_subscribe(s, r->app->bus, "offered", &wakers.offers));
    for (;;) {
        SCOPE(tmp, s);
        Turn turn = {.wait_us = jittered(CLAIM_LOOK_US),
                     .database = r->options.once || clock_us() >= database_at};
        if (turn.database)
            database_at = clock_us() + turn.wait_us;
        bool idle = !runner_busy(r);
        Error *e = claim_once(tmp, r, &turn);
        TRY(scope_check(tmp));
        courier_turned(r);
        if (e) { /* whatever it was, the loop goes on: a job must not wait for a restart */
            log_failure(tmp, e);
            turn.wait_us = CLAIM_RETRY_US;
        } else if (is_done(r, idle, &turn)) {
            runner_drain(r);
        }
        if (!turn.claimed)
            TRY(wait_for_work(tmp, &wakers, turn.wait_us));
    }
}
