/* What a worker tells Celery's monitors (`celery events`, Flower): that it lives, and, when somebody asked
 * for it, what becomes of its messages. Fields as of Celery 5.6 ("Monitoring and Management Guide").
 *
 * Events are published and forgotten: a monitor that is away misses them, and losing them loses nothing
 * else. A CeleryNode is thread-safe. */
#pragma once

#include <stdatomic.h>

#include "net/redis.h"
#include "queue/celery_keys.h"
#include "queue/celery_message.h"

#define CELERY_BEAT_US (5 * US_PER_S) /* between two heartbeats; a monitor waits for twice that */

/* A worker as others see it. */
typedef struct CeleryNode {
    Redis *redis; /* outlives it */
    CeleryKeys keys;
    const char *name;    /* "dursor@host", of this worker alone */
    atomic_llong clock;  /* Lamport's: grows with all that is told and heard */
    atomic_bool telling; /* what becomes of messages, too */
} CeleryNode;

typedef struct CeleryNodeOptions {
    Redis *redis;
    CeleryKeys keys;
    const char *name;
    bool telling; /* from the start */
} CeleryNodeOptions;

CeleryNode *celery_node_open(Scope *s, const CeleryNodeOptions *options);
/* The clock for what is told now. */
int64_t celery_clock_tick(CeleryNode *node);
/* That somebody else's was heard. */
void celery_clock_hear(CeleryNode *node, int64_t theirs);

/* ---- Messages that are no tasks ---- */

typedef struct CeleryNote {
    const char *headers, *body; /* JSON */
    const char *exchange, *routing_key;
} CeleryNote;

/* The envelope, not durable. */
Bytes celery_note_write(Scope *s, const CeleryNote *note);

/* ---- Telling ---- */

typedef struct CeleryPulse {
    int64_t active, processed;
} CeleryPulse;

/* type: "worker-online", "worker-heartbeat", "worker-offline". */
fallible celery_tell_worker(Scope *s, CeleryNode *node, const char *type, const CeleryPulse *pulse);

typedef struct CeleryTaskEvent {
    const char
        *type; /* "task-received", "task-started", "task-succeeded", "task-failed", "task-retried",
                         "task-revoked", "task-rejected" */
    const char *id;
    const CeleryMessage *message; /* of task-received: what is shown of it */
    const char *result;           /* of task-succeeded, as Python would show it */
    double runtime_s;
    const char *exception, *traceback; /* of task-failed and task-retried, likewise */
    bool terminated, expired;          /* of task-revoked */
    int64_t signum;
    bool requeue; /* of task-rejected */
} CeleryTaskEvent;

/* Nothing unless the node tells of tasks. */
fallible celery_tell_task(Scope *s, CeleryNode *node, const CeleryTaskEvent *event);
