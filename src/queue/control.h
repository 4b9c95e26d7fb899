/* Celery's remote control (`celery inspect`, `celery control`, `celery status`, Flower): a worker hears
 * commands on one channel, obeys those that concern it, and answers who waits.
 *
 * There is no authentication but Redis's own: whoever may publish there may command. A command is heard
 * once, by those that listen at that moment; what must hold for ever (a revoked id) is kept in Redis.
 * Answers go, in one step of the server, only into the list of somebody who still waits, and end after a
 * minute when nobody takes them. */
#pragma once

#include "queue/celery.h"
#include "queue/events.h"

enum {
    CONTROL_MESSAGE_MAX = 1 << 20, /* bytes of a command */
    CONTROL_IDS_MAX = 1000,        /* in one command */
    CONTROL_REVOKED_MAX = 10000,   /* that are listed */
    CONTROL_STARS_MAX = 4,         /* of a pattern: more could keep a worker busy with matching */
    CONTROL_REPLY_TTL_S = 60,
};

/* ---- Commands: pure ---- */

typedef struct ControlOrder {
    const char *method, *ticket;
    const char *reply_exchange, *reply_key; /* NULL: nobody waits */
    json_t *arguments;                      /* an object */
    int64_t clock;
    bool everybody; /* no destination, no pattern */
    TextList destination;
    const char *pattern; /* a glob */
} ControlOrder;

/* False when it is no command. Lives as long as s. */
bool control_read(Scope *s, Bytes envelope, ControlOrder *out);
bool control_concerns(const ControlOrder *order, const char *node);

/* ---- The worker that is controlled ---- */

typedef struct ControlRequest {
    const char *id, *task, *args, *kwargs; /* args and kwargs: JSON */
    const char *queue;
    int64_t priority;
    bool redelivered;
    Time started_at;
} ControlRequest;

typedef LIST_OF(ControlRequest) ControlRequestList;

typedef struct ControlTotal {
    const char *task;
    int64_t count;
} ControlTotal;

typedef struct ControlView {
    TextList queues, tasks;
    ControlRequestList active;
    LIST_OF(ControlTotal) totals;
    int64_t concurrency, processed, uptime_s;
    Json conf; /* an object, without secrets */
} ControlView;

/* Called by the node's thread. What is refused fails as INVALID or UNSUPPORTED, in words for who asked. */
typedef struct ControlWorker {
    void *self;
    fallible (*look)(Scope *s, void *self, ControlView *out);
    /* Ends the work on that message, which is not done again; false when it is not done here. */
    bool (*terminate)(void *self, const char *id);
    fallible (*consume)(Scope *s, void *self, const char *queue, bool on);
    fallible (*resize)(Scope *s, void *self, int64_t by);
    void (*shut_down)(void *self); /* gracefully */
} ControlWorker;

typedef struct Controlled {
    CeleryNode *node;
    Celery *celery;
    const ControlWorker *worker;
} Controlled;

/* *answer is JSON, or NULL where a command is not answered. A command that fails is answered by
 * {"error": …}; only what keeps the node from working fails. */
fallible control_obey(Scope *s, const Controlled *c, const ControlOrder *order,
                      const char **answer);

/* ---- The node ---- */

/* Registers, says that it is online, listens and beats until s ends; then says that it is offline. While
 * Redis is away it goes on trying. c and what it names outlive s. */
fallible control_open(Scope *s, const Controlled *c);
