/* Opening a SQLite connection: its settings, its clock, and what interrupts it. */

#include "store/sqlite.h"

#include <pthread.h>
#include <time.h>

static int64_t wall_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

/* All processes that share the file are on this machine, so its clock is the database's. */
static void db_now(sqlite3_context *context, int count, sqlite3_value **values)
{
    SqliteConnection *c = sqlite3_user_data(context);

    (void)count;
    (void)values;
    if (!c->now)
        c->now = wall_us();
    sqlite3_result_int64(context, c->now);
}

typedef bool Arithmetic(int64_t a, int64_t b, int64_t *out);

static bool add(int64_t a, int64_t b, int64_t *out)
{
    return __builtin_add_overflow(a, b, out);
}

static bool subtract(int64_t a, int64_t b, int64_t *out)
{
    return __builtin_sub_overflow(a, b, out);
}

static void of_two(sqlite3_context *context, sqlite3_value **values, Arithmetic *operation)
{
    int64_t result;

    if (sqlite3_value_type(values[0]) == SQLITE_NULL ||
        sqlite3_value_type(values[1]) == SQLITE_NULL)
        sqlite3_result_null(context);
    else if (operation(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]), &result))
        sqlite3_result_error(context, "a time out of range", -1);
    else
        sqlite3_result_int64(context, result);
}

static void db_later(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    of_two(context, values, add);
}

static void db_us(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    of_two(context, values, subtract);
}

/* db_now is marked deterministic as well: within one execution it is, and then it is asked once, not
 * for each row. */
static fallible add_functions(Scope *s, SqliteConnection *c)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (sqlite3_create_function(c->db, "db_now", 0, flags, c, db_now, NULL, NULL) ||
        sqlite3_create_function(c->db, "db_later", 2, flags, c, db_later, NULL, NULL) ||
        sqlite3_create_function(c->db, "db_us", 2, flags, c, db_us, NULL, NULL))
        return sqlite_failure(s, c, "preparing the database");
    return OK;
}

/* Called in the middle of a statement. */
static int ended(void *what)
{
    const SqliteConnection *c = what;

    return c->s && (cancel_asked(scope_cancel(c->s)) || scope_remaining(c->s) == 0);
}

/* Somebody else's program, or a checkpoint at its end, has the file: ours queue before they ask. */
static int busy(void *what, int tries)
{
    const SqliteConnection *c = what;

    if (!c->s || tries >= SQLITE_BUSY_TRIES)
        return 0;
    Error *e = scope_sleep(c->s, SQLITE_BUSY_PAUSE_US);
    error_drop(e, "the statement itself fails as busy, and then says why");
    return e == NULL;
}

/* A folder where processes cannot share memory (some network disks) silently keeps the old journal. */
static fallible check_journal(Scope *s, SqliteConnection *c)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(c->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL) != SQLITE_OK)
        return sqlite_failure(s, c, "opening the database");
    bool row = sqlite3_step(statement) == SQLITE_ROW;
    const char *mode = row ? text_copy(s, (const char *)sqlite3_column_text(statement, 0)) : NULL;
    Error *e = row ? OK : sqlite_failure(s, c, "opening the database");
    sqlite3_finalize(statement);
    TRY(e);
    if (text_equal(mode, "wal"))
        return OK;
    return fail(
        s, UNSUPPORTED,
        "the disk of %s cannot hold a database that several processes share: use a local one",
        sqlite3_db_filename(c->db, NULL));
}

static fallible configure(Scope *s, SqliteConnection *c)
{
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(c->db, SQLITE_LIMIT_LENGTH, 2 * COLUMN_MAX);
    TRY(add_functions(s, c));
    c->s = s;
    TRY(check_journal(s, c));
    return sqlite_do(
        s, c,
        text(s,
             "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
             "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = %d; PRAGMA journal_size_limit = %d",
             SQLITE_MMAP_BYTES, SQLITE_WAL_BYTES));
}

void sqlite_disconnect(SqliteConnection *c)
{
    if (!c)
        return;
    for (sqlite3_stmt *left; (left = sqlite3_next_stmt(c->db, NULL));)
        sqlite3_finalize(left);
    c->s = NULL;
    sqlite3_close(c->db);
    statement_cache_clear(&c->statements);
    scope_close(c->home);
}

/* Its count of memory is a lock that all threads would take at each allocation. */
static void without_statistics(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static fallible open_connection(Scope *s, const char *path, int access, SqliteConnection **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    Scope *home = unit_open(NULL, "sqlite");
    SqliteConnection *c = NEW(home, SqliteConnection);

    pthread_once(&once, without_statistics);
    c->home = c->statements.owner = home;
    int code =
        sqlite3_open_v2(path, &c->db, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    Error *e = code == SQLITE_OK ? OK : sqlite_failure(s, c, text(s, "opening %s", path));
    sqlite3_progress_handler(c->db, SQLITE_PROGRESS_STEPS, ended, c);
    sqlite3_busy_handler(c->db, busy, c);
    if (!e && access == SQLITE_OPEN_READWRITE)
        e = configure(s, c);
    if (e)
        sqlite_disconnect(c);
    else
        *out = c;
    return e;
}

fallible sqlite_connect(Scope *s, const char *path, SqliteConnection **out)
{
    return open_connection(s, path, SQLITE_OPEN_READWRITE, out);
}

fallible sqlite_look(Scope *s, const char *path, SqliteConnection **out)
{
    return open_connection(s, path, SQLITE_OPEN_READONLY, out);
}
