/* A client of Redis: one server or a cluster, over TCP, TLS or a Unix socket.
 *
 *     RedisCommand set = {REDIS_ARGS(BYTES("SET"), key, value), .key = 1, .repeatable = true};
 *     RedisReply *reply;
 *     TRY(redis_call(s, redis, &set, &reply));         // an error reply is an Error here
 *
 * A Redis is thread-safe and lends its connections; replies live in the scope of the call. Arguments
 * may hold any bytes. Each call ends with its scope and closes the connection it was waiting on.
 *
 * What is sent twice: a command that certainly was not executed (no byte of it was written; MOVED, ASK,
 * TRYAGAIN, CLUSTERDOWN and READONLY refuse it) is sent again a few times within the call. One that was
 * written and got no answer may have been executed: it is sent again, once, only when it says
 * .repeatable; otherwise the call fails with code REDIS_UNSURE, and whoever called looks at what is true.
 * TIMEOUT and CANCELLED leave it as open.
 *
 * On a cluster the map of slots is learnt when a server first answers MOVED, and kept fresh by later ones.
 * All keys of one command or script lie in one slot: give them one hash tag, "{dursor}:a", "{dursor}:b".
 *
 * Errors: UNAVAILABLE (no connection, lost, no answer in time, LOADING, READONLY, CLUSTERDOWN, OOM …; while
 * a server is away calls fail at once until the next try is due, which retry_after_us tells), DENIED (NOAUTH,
 * WRONGPASS, NOPERM), INVALID (CROSSSLOT, WRONGTYPE, over a limit), UPSTREAM (TLS, protocol, an answer over
 * its limit, other error replies), TIMEOUT, CANCELLED. They name host and port, never a password or argument.
 */
#pragma once

#include "base/text.h"
#include "base/time.h"

enum {
    REDIS_ARGUMENTS_MAX = 64 << 10, /* of one command */
    REDIS_SENT_MAX = 64 << 20,      /* bytes of one call or pipeline */
    REDIS_PIPELINE_MAX = 10000,     /* commands */
    REDIS_REPLY_MAX = 32 << 20,     /* bytes of one reply, unless the options say otherwise */
    REDIS_ITEMS_MAX = 256 << 10,    /* of all arrays of one reply together */
    REDIS_DEPTH_MAX = 8,            /* arrays within arrays; hiredis reads no more */
    REDIS_CONNECTIONS = 8, /* lent at once by one server, unless the options say otherwise */
    REDIS_NODES_MAX = 512, /* servers of a cluster */
};

#define REDIS_CONNECT_US (5 * US_PER_S)
#define REDIS_ANSWER_US  (5 * US_PER_S)

/* The code of an UNAVAILABLE that leaves open whether a command was executed. */
#define REDIS_UNSURE "redis_unsure"

typedef struct Redis Redis;

/* ---- Opening ---- */

/* What proves who we are, for lives_us from now (0: for ever). */
typedef struct RedisToken {
    const char *user; /* NULL: that of the address, or "default" */
    const char *secret;
    int64_t lives_us;
} RedisToken;

/* Gives a fresh token, allocated in s. Called by whichever thread first needs one, one at a time, well
 * before the last one ends: connections are then authenticated again, and subscribers' replaced. */
typedef Error *RedisTokenSource(Scope *s, void *from, RedisToken *out);

typedef struct RedisOptions {
    const char *url;               /* see net/redis_url.h */
    const char *name;              /* what CLIENT LIST shows, without spaces; NULL: "dursor" */
    RedisTokenSource *token;       /* in the place of a password in the address; may be NULL */
    void *token_from;              /* outlives the Redis */
    size_t connections;            /* 0: REDIS_CONNECTIONS; blocking calls are not counted */
    size_t reply_max;              /* 0: REDIS_REPLY_MAX */
    int64_t connect_us, answer_us; /* 0: the constants above */
} RedisOptions;

/* INVALID for an address that cannot be, before anything is connected: that happens at the first call.
 * Closed with s. */
fallible redis_open(Scope *s, const RedisOptions *options, Redis **out);
/* "redis://host:6379": for logs and errors. */
const char *redis_shown(const Redis *redis);

/* ---- Calling ---- */

typedef enum RedisType {
    REDIS_NIL = 1,
    REDIS_STRING,
    REDIS_STATUS, /* "OK" */
    REDIS_INTEGER,
    REDIS_ARRAY,
    REDIS_FAILURE, /* an error reply: only in pipelines and within arrays */
} RedisType;

typedef struct RedisReply {
    RedisType type;
    int64_t integer;
    Bytes bytes; /* of a string, status or failure, with a NUL behind */
    size_t count;
    struct RedisReply *items;
} RedisReply;

typedef struct RedisScript {
    const char *text; /* Lua; a constant */
    char sha1[41];
} RedisScript;

typedef struct RedisCommand {
    const Bytes *args; /* the first is the command's name */
    size_t count;
    size_t key;      /* which argument is the first key; 0: none, any server will do */
    bool repeatable; /* executed twice is as good as once */
    /* How long the server may let it wait: the timeout given to BLMOVE, BRPOP … Under five minutes where
     * there are tokens, or one could end below it. */
    int64_t block_us;
    const RedisScript *script; /* set by redis_eval */
} RedisCommand;

/* Arguments that live as long as the block around them. */
#define REDIS_ARGS(...)                                                                            \
    .args = (const Bytes[]){__VA_ARGS__},                                                          \
    .count = sizeof((const Bytes[]){__VA_ARGS__}) / sizeof(Bytes)

/* A blocking command has a connection of its own and ends at once with s. What it moved while nobody
 * heard the answer has been moved (BLMOVE: it is in the destination). */
fallible redis_call(Scope *s, Redis *redis, const RedisCommand *command, RedisReply **out);
/* All in one write to each server, *out has count replies in order. Error replies are left to the caller
 * (redis_failed). On a cluster the order is kept for commands of one slot. */
fallible redis_pipeline(Scope *s, Redis *redis, const RedisCommand *commands, size_t count,
                        RedisReply ***out);
/* OK unless the reply is an error. */
fallible redis_failed(Scope *s, const RedisReply *reply);

/* ---- Scripts ---- */

RedisScript redis_script(const char *text);

typedef struct RedisEval {
    const RedisScript *script;
    const Bytes *keys;
    size_t key_count;
    const Bytes *args;
    size_t arg_count;
    bool repeatable;
} RedisEval;

/* A command for redis_call or a pipeline, in s: EVALSHA, and EVAL where the server does not know it yet. */
RedisCommand redis_eval(Scope *s, const RedisEval *eval);
/* A number as an argument. */
Bytes redis_number(Scope *s, int64_t number);
