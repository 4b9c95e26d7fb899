/* The SQLite driver: one writer in turn, several readers, one file.
 *
 * sqlite::memory: is a file as well, in a folder of memory that goes with the store: only so can its
 * readers see one state while the writer goes on.
 */

#include "store/sqlite.h"

#include <unistd.h>

#include "sys/file.h"

#define MEMORY_FOLDER "/dev/shm"

static const Statement begin_read = {.name = "beginning to read", .sqlite = "BEGIN"};
static const Statement begin_write = {.name = "beginning to write", .sqlite = "BEGIN IMMEDIATE"};
static const Statement commit = {.name = "committing", .sqlite = "COMMIT"};
static const Statement rollback = {.name = "rolling back", .sqlite = "ROLLBACK"};

typedef struct Session {
    SqliteConnection *c;
    Scope *turn; /* holds the lock between processes */
    bool taken;  /* the turn within this one */
} Session;

fallible sqlite_path(Scope *s, const char *url, const char **out)
{
    const char *rest = strchr(url, ':') + 1;

    if (text_equal(rest, ":memory:")) {
        *out = NULL;
        return OK;
    }
    const char *path = rest + strspn(rest, "/");
    if (!text_starts(rest, "///") || text_empty(path) || text_starts(path, "./") ||
        text_starts(path, "../") || strpbrk(path, "?#"))
        return fail(
            s, INVALID,
            "the database file is named by its absolute path: sqlite:///var/lib/dursor/dursor.db");
    *out = text(s, "/%s", path);
    return OK;
}

/* A process that waits holds the gate, so that one that writes without pause cannot overtake it. */
fallible sqlite_lock(Scope *s, const char *path)
{
    const char *folder = text_of(s, (Bytes){path, (size_t)(strrchr(path, '/') - path)});
    FileLock *gate, *lock;

    TRY(file_lock(s, text(s, "%s/writer.next", folder), LOCK_EXCLUSIVE, &gate));
    Error *e = file_lock(s, text(s, "%s/writer", folder), LOCK_EXCLUSIVE, &lock);
    file_unlock(gate);
    return e;
}

/* ---- Transactions ---- */

static fallible run_plain(Scope *s, SqliteConnection *c, const Statement *q)
{
    Call call = {.s = s, .q = q};

    return sqlite_run(s, c, &call);
}

static fallible turn_among_processes(Scope *s, Session *session, const char *path)
{
    session->turn = unit_open(scope_cancel(s), scope_name(s));
    scope_limit(session->turn, scope_remaining(s));
    return error_move(s, sqlite_lock(session->turn, path));
}

static fallible to_write(Scope *s, SqliteDatabase *db, Session *session)
{
    SCOPE(waiting, s);

    if (scope_remaining(s) == INT64_MAX)
        scope_limit(waiting, db->busy_us);
    TRY_WHILE(turn_take(waiting, &db->writing), "waiting to write");
    session->taken = true;
    if (db->shared)
        TRY_WHILE(turn_among_processes(waiting, session, db->path), "waiting to write");
    if (!db->writer)
        TRY(sqlite_connect(s, db->path, &db->writer));
    session->c = db->writer;
    return run_plain(waiting, session->c, &begin_write);
}

static fallible to_read(Scope *s, SqliteDatabase *db, Session *session)
{
    TRY_WHILE(turn_take(s, &db->reading), "waiting to read");
    session->taken = true;
    LOCKED (&db->mutex)
        session->c = db->idle_count ? db->idle[--db->idle_count] : NULL;
    if (!session->c)
        TRY(sqlite_connect(s, db->path, &session->c));
    return run_plain(s, session->c, &begin_read);
}

/* True when the connection is fit for the next one. */
static bool roll_back(SqliteConnection *c)
{
    UNIT(s, NULL, "rolling back");

    if (sqlite3_get_autocommit(c->db))
        return true;
    Error *e = run_plain(s, c, &rollback);
    error_drop(e, "the connection is closed then, which rolls back");
    return !e;
}

static void end_write(SqliteDatabase *db, const Session *session)
{
    if (session->c && !roll_back(session->c)) {
        sqlite_disconnect(session->c);
        db->writer = NULL;
    }
    scope_close(session->turn);
    if (session->taken)
        turn_give(&db->writing);
}

static void end_read(SqliteDatabase *db, const Session *session)
{
    if (session->c && !roll_back(session->c))
        sqlite_disconnect(session->c);
    else if (session->c)
        LOCKED (&db->mutex)
            db->idle[db->idle_count++] = session->c;
    if (session->taken)
        turn_give(&db->reading);
}

static void sqlite_end(Tx *tx)
{
    Session *session = tx->session;

    if (session->c)
        session->c->s = NULL;
    if (tx->write)
        end_write(tx->store->database, session);
    else
        end_read(tx->store->database, session);
}

static fallible sqlite_begin(Scope *s, Tx *tx)
{
    Session *session = NEW(s, Session);

    tx->session = session;
    Error *e = tx->write ? to_write(s, tx->store->database, session)
                         : to_read(s, tx->store->database, session);
    if (e)
        sqlite_end(tx);
    return e;
}

static fallible sqlite_calls(Scope *s, Tx *tx, CallList *calls)
{
    const Session *session = tx->session;

    EACH (Call, call, calls)
        TRY(sqlite_run(s, session->c, call));
    return OK;
}

/* Nothing interrupts a commit that has begun: its outcome would be unknown. */
static fallible sqlite_commit(Scope *s, Tx *tx)
{
    const Session *session = tx->session;
    UNIT(whole, NULL, "committing");

    TRY(scope_check(s));
    return error_move(s, run_plain(whole, session->c, &commit));
}

/* ---- The store ---- */

static void close_all(void *what)
{
    SqliteDatabase *db = what;

    while (db->idle_count)
        sqlite_disconnect(db->idle[--db->idle_count]);
    sqlite_disconnect(db->writer);
}

static fallible open_memory(Scope *s, SqliteDatabase *db)
{
    MigrationJob job = {0};
    const char *folder;

    TRY(directory_temporary(s, directory_exists(MEMORY_FOLDER) ? MEMORY_FOLDER : "/tmp",
                            "dursor-memory", &folder));
    db->path = text(s, "%s/dursor.db", folder);
    TRY(file_create(s, db->path, (Bytes){"", 0}, 0600));
    scope_undo(s, close_all, db);
    TRY(sqlite_connect(s, db->path, &db->writer));
    return sqlite_upgrade(s, db->writer, &job);
}

static fallible open_file(Scope *s, const StoreOptions *options, SqliteDatabase *db)
{
    Schema schema = {0};

    TRY(sqlite_state(s, options, &schema));
    TRY(schema_current(s, &schema));
    scope_undo(s, close_all, db);
    db->shared = true;
    return sqlite_connect(s, db->path, &db->writer);
}

static fallible sqlite_open(Scope *s, const StoreOptions *options, Store *store)
{
    SqliteDatabase *db = NEW(s, SqliteDatabase);
    int64_t readers = options->connections > 0 ? options->connections : 1;

    db->busy_us = options->busy_us > 0 ? options->busy_us : SQLITE_TURN_US;
    db->writing.free = 1;
    db->reading.free = readers < SQLITE_READERS_MAX ? readers : SQLITE_READERS_MAX;
    TRY(sqlite_path(s, options->url, &db->path));
    store->path = db->path;
    store->database = db;
    return db->path ? open_file(s, options, db) : open_memory(s, db);
}

const StoreDriver sqlite_driver = {
    .name = "sqlite",
    .open = sqlite_open,
    .begin = sqlite_begin,
    .run = sqlite_calls,
    .commit = sqlite_commit,
    .end = sqlite_end,
    .state = sqlite_state,
    .migrate = sqlite_migrate,
};
