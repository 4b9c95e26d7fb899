/* Messages of Redis and the rows that they name. The row decides; a message that is lost, late or doubled
 * costs a look. */

#include "work/couriers.h"

#include "base/log.h"
#include "sys/memory.h"

#define WATCH_US   (6 * US_PER_S)
#define RESTORE_US (10 * US_PER_S)
#define RETRY_US   (1 * US_PER_S)
#define RENEW_US   (2 * US_PER_S) /* for Redis to answer: leases wait behind it */

bool courier_serves(const Runner *r, const WorkQueue *queue)
{
    if (!r->app->job_queue || r->options.own_pool || !runner_serves(r, queue))
        return false;
    for (const JobTask *task = job_tasks; task->kind; task++)
        if (text_equal(task->queue, queue->name))
            return true;
    return false;
}

/* ---- Claiming what a message names ---- */

static fallible cancel_row(Scope *s, Runner *r, const Job *job, const char *why)
{
    const Caller caller = {job->tenant_id, NULL, ROLE_ADMIN};
    Tx *tx;

    if (job->status != JOB_PENDING && job->status != JOB_LEASED)
        return OK;
    TRY(tx_write(s, r->app->store, &caller, &tx));
    TRY(job_cancel(s, tx, job->id, text(s, "%s through Celery", why), NULL));
    TRY(tx_commit(s, tx));
    if (job->run_id)
        bus_publish(r->app->bus, text(s, "cancel:%s", job->run_id));
    return OK;
}

static fallible claim_row(Scope *s, Runner *r, const ClaimOrder *order, Job *job, JobClaimed *what)
{
    Tx *tx;

    TRY(tx_system(s, r->app->store, &tx));
    TRY(job_claim(s, tx, order, job, what));
    Error *e = tx_commit(s, tx);
    if (e && !text_equal(e->code, COMMIT_UNKNOWN))
        return e;
    error_drop(e, "it counts as claimed: the first write under its lease tells");
    return OK;
}

/* *claimed: the row is ours now. */
static fallible deliver(Scope *s, Runner *r, const ClaimOrder *from, const JobMessage *message,
                        DeliveredList *out)
{
    ClaimOrder order = *from;
    Job job = {.id = message->job_id};
    JobClaimed what;

    order.kinds = (TextList){0};
    if (!message->dropped) /* without a kind it only looks */
        texts_add(s, &order.kinds, message->kind);
    TRY(claim_row(s, r, &order, &job, &what));
    if (what == JOB_CLAIMED) {
        *list_add(s, out) = (Delivered){job, message->token, message->claim.message.ignore_result};
        return OK;
    }
    JobSettlement how = what == JOB_UNKNOWN ? JOB_GONE
                        : message->dropped  ? JOB_DROPPED
                        : what == JOB_WAITS ? JOB_LATER
                                            : JOB_OVER;
    if (how == JOB_DROPPED)
        TRY(cancel_row(s, r, &job, message->dropped));
    return job_queue_settle(s, r->app->job_queue, message, how, job.fence);
}

Error *courier_claim(Scope *s, Runner *r, const ClaimOrder *order, DeliveredList *out)
{
    const TextList queues = {(const char *[]){order->queue}, 1, 1};
    JobMessageList messages = {0};
    size_t most = order->limit < CELERY_CLAIM_MAX ? (size_t)order->limit : CELERY_CLAIM_MAX;

    TRY(job_queue_take(s, r->app->job_queue, &queues, most, &messages));
    EACH (JobMessage, message, &messages) {
        Error *e = deliver(s, r, order, message, out);
        if (e && !out->count)
            return e;
        log_failure(s, e); /* its message comes again */
    }
    return OK;
}

/* ---- Holding and settling ---- */

Error *courier_renew(Scope *s, Runner *r)
{
    SCOPE(tmp, s);
    TextList tokens = {0}, lost = {0};

    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++)
            if (r->slots[i].busy && r->slots[i].token)
                texts_add(tmp, &tokens, r->slots[i].token);
    }
    if (!tokens.count)
        return OK;
    scope_limit(tmp, RENEW_US);
    TRY(celery_renew(tmp, r->app->celery, &tokens, &lost));
    if (lost.count) /* whoever has it now finds the row taken */
        log_info(s, "%zu messages went to others while their jobs run here", lost.count);
    return OK;
}

static fallible outcome(Scope *s, Slot *slot, const Error *why, CeleryResult *out)
{
    const char *kind = why ? error_kind(why->kind)->name : NULL;
    Job job = {0};
    Tx *tx;

    if (!why) {
        out->status = CELERY_SUCCESS;
        return OK;
    }
    TRY(tx_read(s, slot->runner->app->store, &slot->caller, &tx));
    TRY(job_get(s, tx, slot->job.id, &job));
    out->status = job.status == JOB_DEAD       ? CELERY_FAILURE
                  : job.status == JOB_CANCELED ? CELERY_REVOKED
                                               : CELERY_RETRY;
    out->exception = celery_exception(s, "dursor", kind, why->message);
    return OK;
}

Error *courier_settle(Scope *s, Slot *slot, const Error *why)
{
    App *app = slot->runner->app;
    CeleryResult result = {.task_id = slot->job.id};
    bool stored, held;

    if (!app->job_queue || slot->runner->options.own_pool || !job_queue_has(slot->job.kind))
        return OK;
    TRY(outcome(s, slot, why, &result));
    if (celery_ready(result.status))
        result.date_done = time_now();
    if (!slot->silent)
        TRY(celery_result_store(s, app->celery, &result, &stored));
    if (!slot->token) /* the database was quicker than its message, which is settled when it comes */
        return OK;
    return celery_finish(s, app->celery, &(CeleryEnd){.token = slot->token}, &held);
}

/* ---- Watching ---- */

typedef struct Courier {
    Runner *runner;
    const WorkQueue *queue;
    int64_t restore_at; /* clock_us */
    bool away;
} Courier;

static fallible wait_for_place(Scope *s, Courier *c)
{
    Runner *r = c->runner;

    LOCKED (&r->mutex) {
        while (!runner_room(r, c->queue))
            TRY(condition_wait(s, &r->freed, &r->mutex));
    }
    return OK;
}

/* Puts right what is due and what was abandoned, then waits for a message. */
static fallible watch(Scope *s, Courier *c, bool *there)
{
    Celery *celery = c->runner->app->celery;
    CeleryRestored restored = {.more = clock_us() >= c->restore_at};
    OptInt due;

    while (restored.more) {
        TRY(celery_restore(s, celery, &restored));
        c->restore_at = clock_us() + RESTORE_US;
    }
    TRY(celery_due(s, celery, c->queue->name, &due));
    int64_t wait_us = due.set && due.value < WATCH_US ? due.value : WATCH_US;
    return celery_wait(s, celery, c->queue->name, wait_us, there);
}

/* To the claiming thread; until it has looked, so that one message is not told of over and over. */
static fallible hand_over(Scope *s, Runner *r)
{
    LOCKED (&r->mutex) {
        uint64_t turns = r->turns;
        event_set(r->arrived);
        while (r->turns == turns)
            TRY(condition_wait(s, &r->turned, &r->mutex));
    }
    return OK;
}

void courier_turned(Runner *r)
{
    LOCKED (&r->mutex) {
        r->turns++;
        condition_wake_all(&r->turned);
    }
}

static Error *courier_run(Scope *s, void *arg)
{
    Courier *c = arg;

    for (;;) {
        SCOPE(turn, s);
        bool there = false;
        TRY(wait_for_place(turn, c));
        Error *e = watch(turn, c, &there);
        TRY(scope_check(turn));
        if (e && !c->away)
            log_failure(turn, e);
        c->away = e != NULL;
        if (e)
            TRY(scope_sleep(turn, e->retry_after_us > RETRY_US ? e->retry_after_us : RETRY_US));
        else if (there)
            TRY(hand_over(turn, c->runner));
    }
}

Error *couriers_open(Scope *s, Runner *r)
{
    for (size_t i = 0; i < QUEUES; i++) {
        if (!courier_serves(r, &work_queues[i]))
            continue;
        Courier *c = NEW(s, Courier);
        *c = (Courier){.runner = r, .queue = &work_queues[i]};
        TRY(thread_start(s, "courier", courier_run, c, NULL));
    }
    return OK;
}
