/* A Celery message as it lies in a list of Redis: task protocol 2, and protocol 1 as old clients send it
 * (docs.celeryq.dev, "Message Protocol"; kombu's virtual transport for the envelope).
 *
 * Reading never fails: a message that cannot be run says why by its fault, and has its id whenever one
 * could be read, so that whoever waits for the result can be told. What was read lives as long as s. */
#pragma once

#include "queue/celery_value.h"

enum {
    CELERY_MESSAGE_MAX = 16 << 20, /* bytes of an envelope */
    CELERY_BODY_MAX = 32 << 20,    /* of its body, decoded and inflated */
    CELERY_NAME_MAX = 255,         /* of ids, tags and names of tasks, queues and exchanges */
    CELERY_REPR_MAX = 1024,        /* characters of arguments as shown to people */
    CELERY_PRIORITY_LAST = 9,      /* 0 is served first */
};

typedef enum CeleryFault {
    CELERY_FINE,
    CELERY_TOO_LARGE,        /* the envelope or its body, also once inflated */
    CELERY_NOT_JSON,         /* the envelope is not a JSON object */
    CELERY_NO_PROPERTIES,    /* absent, or not an object */
    CELERY_NO_TAG,           /* properties.delivery_tag */
    CELERY_NO_ADDRESS,       /* properties.delivery_info.exchange or .routing_key */
    CELERY_UNKNOWN_FORM,     /* neither headers.task nor a body of protocol 1 */
    CELERY_NO_ID,            /* absent, or not a short text */
    CELERY_CONTENT_TYPE,     /* only application/json is taken */
    CELERY_CONTENT_ENCODING, /* only UTF-8 is taken */
    CELERY_BODY_ENCODING,    /* neither base64 nor plain, or not what it says */
    CELERY_COMPRESSION,      /* only gzip and zlib are taken; or the data is broken */
    CELERY_NO_BODY,
    CELERY_BODY_NOT_JSON,
    CELERY_BODY_SHAPE, /* not [args, kwargs, embed] */
    CELERY_BAD_FIELD,  /* a known field of a wrong type */
    CELERY_BAD_TIME,   /* eta or expires is no time */
    CELERY_BAD_VALUE,  /* a tagged value that nobody can read */
} CeleryFault;

/* "no_tag" …: for dead letters, metrics and logs. */
extern const Name celery_fault_names[];

typedef struct CeleryMessage {
    CeleryFault fault;  /* the first one */
    const char *reason; /* a sentence for it, without data of the message; NULL when fine */

    const char *id; /* NULL: none can be read */
    const char *task;
    const char *root_id, *parent_id, *group, *shadow, *origin, *argsrepr, *kwargsrepr;
    OptInt group_index;
    int64_t retries;
    Time eta, expires;
    OptReal hard_s, soft_s; /* time limits */
    bool ignore_result;
    bool redelivered;
    int64_t delivery_count; /* our header x-delivery-count: restores and give-backs so far */
    json_t *headers; /* an object or NULL; further ones, like traceparent, are read from here */

    const char *tag, *exchange, *routing_key, *reply_to;
    int64_t priority; /* 0–9; others are brought into that range */

    json_t *args;   /* an array */
    json_t *kwargs; /* an object */
    /* What follows the task, as signatures; NULL when there is none. The next of a chain is its last. */
    json_t *callbacks, *errbacks, *chain, *chord;
} CeleryMessage;

void celery_message_read(Scope *s, Bytes envelope, CeleryMessage *out);

/* ---- Writing ---- */

typedef struct CeleryCall {
    const char *id, *task, *queue;
    Json args, kwargs;   /* {NULL}: none */
    bool typed;          /* tagged values in them are meant; else they are refused */
    const char *root_id; /* NULL: id */
    const char *parent_id, *group;
    OptInt group_index;
    int64_t priority, retries;
    Time eta, expires;
    OptReal hard_s, soft_s;
    bool ignore_result;
    const char *reply_to;              /* NULL: id */
    const char *origin;                /* "dursor@host" */
    const char *argsrepr, *kwargsrepr; /* NULL: the JSON text, cut */
    const char *traceparent;           /* a header beside stock's; NULL: none */
    Json callbacks, errbacks, chain, chord;
} CeleryCall;

/* An envelope for LPUSH with every field that stock sends, in its order, and a fresh delivery tag. INVALID
 * for names over their limit, for arguments that are not an array and an object, and for tagged values
 * that are not meant or not known. */
fallible celery_message_write(Scope *s, const CeleryCall *call, Bytes *out);

/* ---- Restoring ---- */

/* The same message for another delivery: redelivered in both places, the given fresh tag and count of
 * deliveries; every other byte stays as it is, numbers above all. False when it is not possible: then
 * it is a dead letter. */
bool celery_message_restore(Scope *s, Bytes envelope, const char *tag, int64_t delivery_count,
                            Bytes *out);

/* An entry of the hash `unacked`: [envelope, exchange, routing key]. The envelope is a part of entry. */
typedef struct CeleryUnacked {
    Bytes envelope;
    const char *exchange, *routing_key;
} CeleryUnacked;

bool celery_unacked_read(Scope *s, Bytes entry, CeleryUnacked *out);
