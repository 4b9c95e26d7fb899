/* The parts of the SQLite driver; for sqlite*.c only.
 *
 * A connection is used by one thread at a time: lent from SqliteDatabase, given back at the end of
 * the transaction. Its memory is a unit of its own, so that it may move between threads.
 */
#pragma once

#include <sqlite3.h>

#include "store/driver.h"
#include "store/statement_cache.h"
#include "store/turn.h"

enum {
    SQLITE_READERS_MAX = 64,
    SQLITE_MMAP_BYTES = 32 << 20,
    SQLITE_WAL_BYTES = 64 << 20,  /* the log file is cut to this after a checkpoint */
    SQLITE_PROGRESS_STEPS = 1000, /* of the virtual machine, between two looks at the scope */
    SQLITE_BUSY_PAUSE_US = 1000,  /* between two tries while another program has the file */
    SQLITE_BUSY_TRIES = 10 * 1000,
    SQLITE_TURN_US = 10 * 1000 * 1000, /* a writer's wait when neither scope nor options limit it */
};

typedef struct SqliteConnection {
    Scope *home;
    sqlite3 *db;
    StatementCache statements;
    Scope *s;    /* of the call under way: its end interrupts; NULL: nothing does */
    int64_t now; /* what db_now() gives in this statement; 0: not asked yet */
} SqliteConnection;

typedef struct SqliteDatabase {
    const char *path;
    bool shared; /* with other processes */
    int64_t busy_us;
    Turn writing;
    SqliteConnection *writer;
    Turn reading;
    Mutex mutex; /* of the two below */
    SqliteConnection *idle[SQLITE_READERS_MAX];
    size_t idle_count;
} SqliteDatabase;

/* The file must be there. The caller disconnects. */
fallible sqlite_connect(Scope *s, const char *path, SqliteConnection **out);
/* For reading only: a file that may not be ours is left as it is. */
fallible sqlite_look(Scope *s, const char *path, SqliteConnection **out);
void sqlite_disconnect(SqliteConnection *c); /* NULL is accepted */
/* The path of a sqlite: URL, NULL for :memory:. */
fallible sqlite_path(Scope *s, const char *url, const char **out);
/* Waits its turn among the processes that write to this database file. Undone with s. */
fallible sqlite_lock(Scope *s, const char *path);

/* Statements without parameters or rows. The end of s interrupts them. */
fallible sqlite_do(Scope *s, SqliteConnection *c, const char *sql);
fallible sqlite_run(Scope *s, SqliteConnection *c, Call *call);

/* The connection's last failure, in words. doing is a statement's name or a phrase. */
fallible sqlite_failure(Scope *s, SqliteConnection *c, const char *doing);

fallible sqlite_state(Scope *s, const StoreOptions *options, Schema *out);
fallible sqlite_migrate(Scope *s, const StoreOptions *options, MigrationJob *job);
fallible sqlite_schema(Scope *s, SqliteConnection *c, Schema *out);
/* The missing steps up to job->to, each in a transaction. The caller holds the lock. */
fallible sqlite_upgrade(Scope *s, SqliteConnection *c, MigrationJob *job);
