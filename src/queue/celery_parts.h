/* What the files of the transport share. */
#pragma once

#include <stdatomic.h>

#include "queue/celery.h"

/* Tokens of ours begin so; those of stock workers are plain UUIDs. */
#define CELERY_TOKEN_PREFIX "dursor-"

typedef enum CeleryScript {
    SCRIPT_CLAIM,
    SCRIPT_RENEW,
    SCRIPT_LEAVE,
    SCRIPT_ABANDONED,
    SCRIPT_DUE,
    SCRIPT_STORE,
    SCRIPT_OFFER,
    SCRIPT_COUNT
} CeleryScript;

extern const char *const celery_script_texts[SCRIPT_COUNT];

struct Celery {
    CeleryOptions o;
    RedisScript scripts[SCRIPT_COUNT];
    atomic_uint turn;    /* which queue a claim looks at first */
    atomic_bool no_wait; /* a server before 6.2 */
};

/* One step of leaving `unacked`: what goes where. */
typedef struct CeleryMove {
    Bytes key;
    const char *command; /* LPUSH, RPUSH or ZADD */
    Bytes first, second; /* its arguments; second only of ZADD */
} CeleryMove;

typedef struct CeleryLeave {
    const char *token;
    Bytes score; /* only while it is this one; no bytes: whatever it is */
    const CeleryMove *moves;
    size_t count;
} CeleryLeave;

/* Of a message with a fault. */
CeleryReason celery_reason(const CeleryMessage *message);

/* A command that answers 1 when the token was held. */
RedisCommand celery_leave_command(Scope *s, Celery *c, const CeleryLeave *leave);
fallible celery_leave(Scope *s, Celery *c, const CeleryLeave *leave, bool *held);

/* The record of a dead letter for the list of its queue. message may have nothing read. */
typedef struct CeleryDeadLetter {
    const char *queue;
    CeleryReason why;
    Bytes envelope;
    const CeleryMessage *message;
} CeleryDeadLetter;

Bytes celery_dead_record(Scope *s, const CeleryDeadLetter *letter);
/* Tells whoever waits that the message will not run; nothing without an id or with ignore_result. */
fallible celery_dead_result(Scope *s, Celery *c, const CeleryDeadLetter *letter);
