/* Every key and channel of Redis that Celery's transport and results have, in one place. kombu 5.6's
 * names, with global_keyprefix before them; what only dursor has begins with a queue's name or "dursor.".
 *
 * On a cluster the prefix holds a hash tag, "{dursor}", so that all keys lie in one slot. */
#pragma once

#include "base/text.h"

enum { CELERY_STEPS = 4 /* priority_steps: 0, 3, 6, 9 */ };

typedef struct CeleryKeys {
    const char *prefix; /* "" or what all keys begin with; results put "_" behind it as stock does */
    int64_t database;   /* in the names of channels */
} CeleryKeys;

/* The step of a priority from 0 to 9, as an index: 0–2 → 0, 3–5 → 1, 6–8 → 2, 9 → 3. */
size_t celery_step(int64_t priority);
/* The list of a queue for the step. */
Bytes celery_list_key(Scope *s, const CeleryKeys *keys, const char *queue, size_t step);
/* The set of an exchange, and its member for a queue. The anonymous exchange of a queue is that name. */
Bytes celery_binding_key(Scope *s, const CeleryKeys *keys, const char *exchange);
const char *celery_binding_member(Scope *s, const char *routing_key, const char *queue);
/* False when it is no member; the pattern between is left out. */
bool celery_binding_read(Scope *s, Bytes member, const char **routing_key, const char **queue);

Bytes celery_unacked_key(Scope *s, const CeleryKeys *keys);       /* hash: tag → entry */
Bytes celery_unacked_index_key(Scope *s, const CeleryKeys *keys); /* zset: tag → UNIX time */

/* dursor's own of a queue: dead letters (list), messages with a time (zset). */
Bytes celery_dead_key(Scope *s, const CeleryKeys *keys, const char *queue);
Bytes celery_delayed_key(Scope *s, const CeleryKeys *keys, const char *queue);
Bytes celery_revoked_key(Scope *s, const CeleryKeys *keys); /* zset: id → when it is forgotten */

Bytes celery_result_key(Scope *s, const CeleryKeys *keys, const char *id); /* also its channel */
Bytes celery_group_key(Scope *s, const CeleryKeys *keys, const char *id);

Bytes celery_control_channel(Scope *s, const CeleryKeys *keys);
Bytes celery_reply_key(Scope *s, const CeleryKeys *keys, const char *oid);
/* "task.received" → /0.celeryev/task.received */
Bytes celery_event_channel(Scope *s, const CeleryKeys *keys, const char *routing_key);
