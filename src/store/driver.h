/* What a database driver is; for store.c, the drivers and the migrations only. */
#pragma once

#include "store/migrations.h"
#include "store/value.h"

/* A statement on its way: rows are added to *rows, of q->type and in s; else changed is set. */
typedef struct Call {
    Scope *s;
    const Statement *q;
    const Value *values; /* one for each parameter */
    List *rows;          /* NULL when q has no type */
    int64_t changed;
} Call;

typedef LIST_OF(Call) CallList;

/* COPY, one way or the other, within a write that has begun. */
typedef struct CopyStream {
    const char *sql;
    Bytes in; /* what COPY … FROM STDIN takes, whole */
    /* Takes each message of COPY … TO STDOUT; NULL: it goes in. */
    fallible (*out)(void *arg, Scope *s, Bytes message);
    void *arg;
} CopyStream;

typedef struct StoreDriver {
    const char *name;
    /* Opens store->database. */
    fallible (*open)(Scope *s, const StoreOptions *options, Store *store);
    /* Sets tx->session; whatever it lends is given back by end. */
    fallible (*begin)(Scope *s, Tx *tx);
    /* All in order, in one round trip. At the first failure the rest is not done. */
    fallible (*run)(Scope *s, Tx *tx, CallList *calls);
    /* NULL when the database has no COPY. */
    fallible (*copy)(Scope *s, Tx *tx, const CopyStream *stream);
    /* After it, and whatever it gave, only end is called. */
    fallible (*commit)(Scope *s, Tx *tx);
    /* Rolls back what was not committed. Called once, also in a cancelled scope. */
    void (*end)(Tx *tx);
    fallible (*state)(Scope *s, const StoreOptions *options, Schema *out);
    /* Takes the lock, looks again, and applies what is missing up to the job's version. */
    fallible (*migrate)(Scope *s, const StoreOptions *options, MigrationJob *job);
} StoreDriver;

struct Store {
    const StoreDriver *driver;
    void *database;   /* the driver's */
    const char *path; /* of a database file */
};

struct Tx {
    Store *store;
    Scope *s;
    Caller caller;
    bool write;
    bool system; /* sees all tenants */
    bool ended;
    const char *failure; /* of a write: what its first failed statement said */
    CallList later;
    void *session; /* the driver's */
    Undo *undo;
};

/* Streams, as query_run runs a statement; for postgres_copy.c. */
fallible tx_copy(Scope *s, Tx *tx, const CopyStream *stream);

extern const StoreDriver sqlite_driver, postgres_driver;
