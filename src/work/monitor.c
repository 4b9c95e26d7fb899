/* The runner as a node of Celery's. */

#include "work/monitor.h"

#include <signal.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "queue/control.h"
#include "sys/memory.h"

enum { ID_SHOWN = 8 /* of the worker's, its last digits */ };

#define TELL_US   (1 * US_PER_S)
#define CANCEL_US (10 * US_PER_S)

static const char *task_of(const char *kind)
{
    for (const JobTask *t = job_tasks; t->kind; t++)
        if (text_equal(t->kind, kind))
            return t->task;
    return NULL;
}

static const char *args_of(Scope *s, const Slot *slot)
{
    return text(s, "[\"%s\"]", slot->job.id);
}

/* ---- Shown ---- */

static ControlRequest request_of(Scope *s, const Slot *slot)
{
    return (ControlRequest){.id = text_copy(s, slot->job.id),
                            .task = task_of(slot->job.kind),
                            .args = args_of(s, slot),
                            .queue = slot->queue->name,
                            .started_at = slot->began_at};
}

static fallible look(Scope *s, void *self, ControlView *out)
{
    Runner *r = self;

    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++)
            if (r->slots[i].busy && task_of(r->slots[i].job.kind))
                *list_add(s, &out->active) = request_of(s, &r->slots[i]);
        out->processed = r->processed;
    }
    for (size_t i = 0; i < QUEUES; i++)
        if (runner_serves(r, &work_queues[i]))
            texts_add(s, &out->queues, work_queues[i].name);
    for (const JobTask *t = job_tasks; t->kind; t++)
        texts_add(s, &out->tasks, t->task);
    *list_add(s, &out->totals) = (ControlTotal){"jobs", out->processed};
    out->concurrency = r->options.concurrency;
    out->uptime_s = (boot_us() - r->opened_at) / US_PER_S;
    return OK;
}

/* ---- Told to do ---- */

static bool find_here(Scope *s, Runner *r, const char *id, Caller *out)
{
    bool found = false;

    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places && !found; i++) {
            found = r->slots[i].busy && text_equal(r->slots[i].job.id, id);
            if (found)
                *out = (Caller){text_copy(s, r->slots[i].job.tenant_id), NULL, ROLE_ADMIN};
        }
    }
    return found;
}

static fallible cancel(Scope *s, Runner *r, const char *id, const Caller *owner)
{
    Tx *tx;

    scope_limit(s, CANCEL_US);
    TRY(tx_write(s, r->app->store, owner, &tx));
    TRY(job_cancel(s, tx, id, "revoked by a command of Celery's remote control", NULL));
    TRY(tx_commit(s, tx));
    bus_publish(r->app->bus, text(s, "cancel:%s", id));
    return OK;
}

static bool terminate(void *self, const char *id)
{
    Runner *r = self;
    UNIT(u, NULL, "revoke");
    Caller owner;

    if (!find_here(u, r, id, &owner))
        return false;
    Error *e = cancel(u, r, id, &owner);
    log_failure(u, e);
    return !e;
}

static fallible consume(Scope *s, void *self, const char *queue, bool on)
{
    (void)self, (void)queue, (void)on;
    return fail(s, UNSUPPORTED,
                "a worker's queues are chosen at its start: dursor worker --queues");
}

static fallible resize(Scope *s, void *self, int64_t by)
{
    (void)self, (void)by;
    return fail(
        s, UNSUPPORTED,
        "a worker's places are chosen at its start: dursor worker --concurrency, or start another");
}

static void shut_down(void *self)
{
    runner_drain(self);
}

/* ---- Telling ---- */

static void tell(Runner *r, const CeleryTaskEvent *event)
{
    UNIT(u, NULL, "celery event");

    scope_limit(u, TELL_US);
    error_drop(celery_tell_task(u, r->node, event), "who is not told sees it in the database");
}

static bool is_told(const Slot *slot)
{
    return slot->runner->node && task_of(slot->job.kind) &&
           atomic_load(&slot->runner->node->telling);
}

void monitor_began(Slot *slot)
{
    UNIT(u, NULL, "celery event");

    if (!is_told(slot))
        return;
    const char *id = slot->job.id;
    const CeleryMessage message = {.id = id,
                                   .task = task_of(slot->job.kind),
                                   .argsrepr = text(u, "('%s',)", id),
                                   .kwargsrepr = "{}"};
    tell(slot->runner, &(CeleryTaskEvent){.type = "task-received", .id = id, .message = &message});
    tell(slot->runner, &(CeleryTaskEvent){.type = "task-started", .id = id});
}

void monitor_ended(Slot *slot, const Error *e)
{
    UNIT(u, NULL, "celery event");
    double runtime = (double)(time_now().us - slot->began_at.us) / US_PER_S;
    CeleryTaskEvent event = {
        .type = "task-succeeded", .id = slot->job.id, .result = "None", .runtime_s = runtime};

    if (!is_told(slot))
        return;
    if (slot->end == SLOT_CANCELED)
        event = (CeleryTaskEvent){
            .type = "task-revoked", .id = slot->job.id, .terminated = true, .signum = SIGTERM};
    else if (e)
        event = (CeleryTaskEvent){
            .type = error_kind(e->kind)->retry || slot->end ? "task-retried" : "task-failed",
            .id = slot->job.id,
            .exception = text(u, "DursorError(%s)", error_kind(e->kind)->name)};
    tell(slot->runner, &event);
}

/* ---- Opening ---- */

fallible monitor_open(Scope *s, Runner *r)
{
    static const ControlWorker calls = {NULL, look, terminate, consume, resize, shut_down};
    char host[256] = "";
    ControlWorker *worker = NEW(s, ControlWorker);
    Controlled *controlled = NEW(s, Controlled);

    if (!r->app->celery || r->pool_name)
        return OK;
    if (gethostname(host, sizeof host - 1) != 0)
        return fail(s, UNAVAILABLE, "this machine has no host name");
    *worker = calls;
    worker->self = r;
    const CeleryNodeOptions node = {
        .redis = r->app->queue_redis,
        .keys = r->app->queue_keys,
        .name = text(s, "dursor-%s@%s", r->owner + strlen(r->owner) - ID_SHOWN, host)};
    r->node = celery_node_open(s, &node);
    *controlled = (Controlled){r->node, r->app->celery, worker};
    return control_open(s, controlled);
}
