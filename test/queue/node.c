/* A worker that can be seen and controlled, and holds one message that never ends: for showing what stock
 * Celery's tools see of us.
 *
 *     node URL NAME
 *
 * Says on standard output what it was told to do. */

#include <poll.h>
#include <stdio.h>

#include "base/log.h"
#include "queue/celery_address.h"
#include "queue/control.h"
#include "sys/signals.h"
#include "sys/thread.h"

enum { PLACES = 3, DONE = 7 };

typedef struct Fake {
    Mutex mutex;
    TextList queues;
    int64_t places;
    bool working;
    int over; /* an event */
    Scope *home;
    CeleryNode *node;
} Fake;

static const ControlRequest held = {.id = "held-one",
                                    .task = "neutral.sleep",
                                    .args = "[1000]",
                                    .kwargs = "{\"why\":\"because\"}",
                                    .queue = "ours",
                                    .started_at = {1795445464 * US_PER_S}};

static fallible look(Scope *s, void *self, ControlView *out)
{
    Fake *fake = self;

    LOCKED (&fake->mutex) {
        EACH (const char *, queue, &fake->queues)
            texts_add(s, &out->queues, text_copy(s, *queue));
        if (fake->working)
            *list_add(s, &out->active) = held;
        out->concurrency = fake->places;
    }
    texts_add(s, &out->tasks, "neutral.sleep");
    *list_add(s, &out->totals) = (ControlTotal){"neutral.sleep", DONE};
    out->processed = DONE;
    out->conf.text = "{\"broker_url\":\"redis://:***@host\"}";
    return OK;
}

/* What a monitor hears of a message, from its coming to its end. */
static fallible tell_story(Scope *s, CeleryNode *node)
{
    const CeleryMessage message = {
        .id = held.id, .task = held.task, .argsrepr = "(1000,)", .kwargsrepr = "{}"};
    const CeleryTaskEvent story[] = {
        {.type = "task-received", .id = held.id, .message = &message},
        {.type = "task-started", .id = held.id},
        {.type = "task-retried", .id = held.id, .exception = "Retry('again')"},
        {.type = "task-succeeded", .id = held.id, .result = "'slept'", .runtime_s = 1.5},
        {.type = "task-failed", .id = held.id, .exception = "ValueError('x')", .traceback = "none"},
        {.type = "task-rejected", .id = held.id, .requeue = true},
        {.type = "task-revoked", .id = held.id, .terminated = true, .signum = 15},
    };

    for (size_t i = 0; i < COUNT_OF(story); i++)
        TRY(celery_tell_task(s, node, &story[i]));
    return OK;
}

static bool terminate(void *self, const char *id)
{
    UNIT(u, NULL, "terminate");
    Fake *fake = self;
    bool ours = text_equal(id, held.id);

    LOCKED (&fake->mutex)
        fake->working = fake->working && !ours;
    if (ours)
        log_failure(u, tell_story(u, fake->node));
    return ours;
}

static fallible consume(Scope *s, void *self, const char *queue, bool on)
{
    Fake *fake = self;

    if (text_equal(queue, "forbidden"))
        return fail(s, INVALID, "no such queue here");
    LOCKED (&fake->mutex) {
        TextList others = {0};
        EACH (const char *, one, &fake->queues)
            if (!text_equal(*one, queue))
                texts_add(fake->home, &others, *one);
        if (on)
            texts_add(fake->home, &others, text_copy(fake->home, queue));
        fake->queues = others;
    }
    return OK;
}

static fallible resize(Scope *s, void *self, int64_t by)
{
    (void)s;
    Fake *fake = self;
    LOCKED (&fake->mutex)
        fake->places += by;
    return OK;
}

static void shut_down(void *self)
{
    event_set(((Fake *)self)->over);
}

static fallible run(Scope *s, int argc, char **argv)
{
    Fake *fake = NEW(s, Fake);
    ControlWorker *worker = NEW(s, ControlWorker);
    Controlled *c = NEW(s, Controlled);
    CeleryAddress address;
    Redis *redis;
    int ready;

    if (argc != 3)
        return fail(s, INVALID, "node URL NAME");
    TRY(celery_address(s, argv[1], &address));
    TRY(redis_open(s, &(RedisOptions){.url = address.redis, .name = "node"}, &redis));
    TRY(event_open(s, &fake->over));
    fake->home = s;
    fake->places = PLACES;
    fake->working = true;
    texts_add(s, &fake->queues, "ours");
    *worker = (ControlWorker){fake, look, terminate, consume, resize, shut_down};
    fake->node = celery_node_open(s, &(CeleryNodeOptions){redis, address.keys, argv[2], false});
    *c = (Controlled){
        fake->node, celery_open(s, &(CeleryOptions){.redis = redis, .keys = address.keys}), worker};
    TRY(control_open(s, c));
    puts("ready");
    fflush(stdout);
    struct pollfd fds[] = {{.events = POLLIN}, {.fd = fake->over, .events = POLLIN}};
    TRY(signals_open(s, &fds[0].fd));
    return scope_poll(s, fds, COUNT_OF(fds), -1, &ready);
}

int main(int argc, char **argv)
{
    UNIT(s, NULL, "node");
    Error *e = signals_block(s);

    if (!e)
        e = run(s, argc, argv);
    log_failure(s, e);
    return e ? 1 : 0;
}
