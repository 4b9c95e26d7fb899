/* The parts of the PostgreSQL driver; for postgres*.c only.
 *
 * libpq is used without blocking, always in pipeline mode: an exchange sends statements and one Sync,
 * and reads their results while the rest is still on its way. Parameters and results travel in binary
 * form where the kind is known (numbers, times, truth, bytes), as text where PostgreSQL infers the type
 * (an id is text or uuid, JSON is text or jsonb). Fifty rows of id, number, time, 500 bytes and text
 * take half the time of a wholly textual result.
 *
 * A connection is used by one thread at a time. Its memory is a unit of its own.
 */
#pragma once

#include <libpq-fe.h>

#include "store/driver.h"
#include "store/statement_cache.h"
#include "store/turn.h"

enum {
    PG_CONNECTIONS_MAX = 256,
    PG_HOSTS_MAX = 8,              /* of a URL */
    PG_HOST_US = 5 * 1000 * 1000,  /* for one of them, TLS and login included */
    PG_FRESH_US = 5 * 1000 * 1000, /* a newer connection is not made again for being read-only */
    PG_TOKEN_SPARE_US =
        60 * 1000 * 1000,             /* a connection is closed so long before its token's end */
    PG_PASSWORD_MAX = 16 << 10,       /* bytes of the password's file */
    PG_COMMIT_US = 10 * 1000 * 1000,  /* for an answer to a COMMIT that was sent */
    PG_ROLLBACK_US = 1000 * 1000,     /* after it the connection is closed instead */
    PG_BACKOFF_FIRST_US = 100 * 1000, /* after a failed connect; doubles */
    PG_BACKOFF_MAX_US = 5 * 1000 * 1000,
    PG_HELPERS = 2, /* threads that connect and cancel */
    PG_HELPER_JOBS = 2 * PG_CONNECTIONS_MAX,
    PG_MESSAGE_MAX = 512,
};

/* How long a connection lives: its login may have been revoked since. And how long it idles. */
#define PG_AGE_US  (45 * US_PER_MIN)
#define PG_IDLE_US (5 * US_PER_MIN)

/* Statements with names live in a server's session. A pooler by transaction hands out a session at
 * each, so that they are missing there, or are somebody else's. */
typedef enum Naming { NAMED_WITHOUT_POOLER = 0, NAMED, UNNAMED } Naming;

/* A URL taken apart by libpq, our own options taken out of it, and who proves to be whom. Hosts are
 * tried one after the other, each within a time of its own: one that swallows what is sent to it must
 * not keep us from the next. */
typedef struct PostgresUrl {
    const char **names; /* this and each of values end with NULL */
    const char **values[PG_HOSTS_MAX];
    size_t count; /* of the options */
    size_t hosts;
    Naming naming; /* dursor_prepared=on, off; by itself off behind a pooler */
    StoreLoginSource *login;
    void *login_from;
} PostgresUrl;

typedef struct PostgresConnection {
    Scope *home;
    PGconn *pg;
    bool prepared;
    bool pooled; /* somebody else's server process than the one that greeted us */
    size_t host; /* of the URL's */
    int64_t era; /* the pool's when it was made */
    StatementCache statements;
    int64_t names;           /* given to statements so far */
    int64_t made_at, old_at; /* CLOCK_MONOTONIC */
    int64_t idle_since;
    bool broken; /* in an unknown state: to be closed */
    bool moved;  /* its server is no longer the one to talk to: nor are its contemporaries */
} PostgresConnection;

typedef struct PostgresDatabase {
    const PostgresUrl *url;
    Turn lending;
    Pool *helpers; /* looking up a host name and cancelling block in libpq */
    Mutex mutex;   /* of all below */
    Condition changed;
    PostgresConnection *idle[PG_CONNECTIONS_MAX];
    size_t idle_count;
    int64_t open, most; /* idle, lent or being made */
    int64_t era;        /* grows when the server was lost: older connections are not lent again */
    size_t host;        /* of the URL's: the last that took a connection */
    int64_t failures;   /* connects that failed, ever */
    int64_t in_a_row;
    int64_t retry_at; /* no connect before that */
    ErrorKind kind;   /* of the last failure */
    char message[PG_MESSAGE_MAX];
} PostgresDatabase;

/* ---- postgres_url.c ---- */

/* The URL of these options, or the direct one. INVALID without repeating any of it. */
fallible postgres_url(Scope *s, const StoreOptions *options, bool direct, const PostgresUrl **out);

/* ---- postgres_connection.c ---- */

/* To the first host that takes us, beginning with that one. Blocks while a host name is looked up. */
fallible postgres_connect(Scope *s, const PostgresUrl *url, size_t first, PostgresConnection **out);
void postgres_disconnect(PostgresConnection *c); /* NULL is accepted */
/* Waits until the connection can be read, and sends what waits to be sent. */
fallible postgres_wait(Scope *s, PostgresConnection *c);
/* Idle and, as far as this side can tell, alive. */
bool postgres_healthy(PostgresConnection *c);

/* ---- postgres_pool.c ---- */

fallible postgres_pool_open(Scope *s, const StoreOptions *options, PostgresDatabase **out);
/* UNAVAILABLE with retry_after while the server cannot be reached. */
fallible postgres_lend(Scope *s, PostgresDatabase *db, PostgresConnection **out);
/* c may be NULL: the lending ends. */
void postgres_give(PostgresDatabase *db, PostgresConnection *c);
/* Tells the server to stop what c is doing, from another thread. */
void postgres_interrupt(PostgresDatabase *db, PostgresConnection *c);

/* ---- postgres_exchange.c ---- */

/* All calls in one round trip, ended by one Sync. After a failure the connection is either in step
 * again or broken. */
fallible postgres_exchange(Scope *s, PostgresConnection *c, CallList *calls);
/* Several statements of one text without parameters or rows, in one transaction. */
fallible postgres_script(Scope *s, PostgresConnection *c, const char *sql);
/* Ends a failed or unfinished transaction, or breaks the connection. */
void postgres_roll_back(PostgresConnection *c);

/* ---- postgres_stream.c ---- */

enum { PG_STREAM_CHUNK = 64 << 10 /* bytes on their way out at once */ };

/* COPY on a connection within a transaction. After a failure the connection is in step, and the transaction
 * over, or it is broken. */
fallible postgres_stream(Scope *s, PostgresConnection *c, const CopyStream *stream);

/* ---- postgres_value.c ---- */

typedef struct PostgresParams {
    int count;
    Oid *types;
    const char **values;
    int *lengths;
    int *formats;
} PostgresParams;

void postgres_params(Scope *s, const Call *call, PostgresParams *out);
/* Adds the value in the binary form of the type, its length before it, as COPY takes it. INVALID for one that
 * the type does not take, BUG for a type that nothing is written in. */
fallible postgres_put(Scope *s, Oid type, const Value *value, Buffer *b);
/* What a binary form means; false for a type that rows cannot hold. Texts are not copied. */
bool postgres_value(Scope *s, Oid type, Bytes bytes, Value *out);
/* BUG for a type that rows cannot hold, such as numeric. */
fallible postgres_column(Scope *s, const PGresult *result, int row, int column, Value *out);

/* ---- postgres_error.c ---- */

/* What a failed result means; marks the connection broken when it is. */
fallible postgres_failure(Scope *s, PostgresConnection *c, const PGresult *result,
                          const char *doing);
/* The connection is gone. */
fallible postgres_lost(Scope *s, PostgresConnection *c, const char *doing);

/* ---- postgres_migrate.c ---- */

/* Without a pooler, as far as the options say. */
fallible postgres_connect_directly(Scope *s, const StoreOptions *options, PostgresConnection **out);
fallible postgres_schema(Scope *s, PostgresConnection *c, Schema *out);
fallible postgres_state(Scope *s, const StoreOptions *options, Schema *out);
fallible postgres_migrate(Scope *s, const StoreOptions *options, MigrationJob *job);
