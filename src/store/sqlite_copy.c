/* Copying page by page inside one reading transaction. */

#include "store/sqlite_copy.h"

#include "store/sqlite.h"
#include "sys/file.h"

enum { COPY_PAGES = 1000 }; /* between two looks at the scope */

static fallible copy_pages(Scope *s, SqliteConnection *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from->db, "main");
    Error *e = OK;
    int code = SQLITE_OK;

    if (!backup)
        return fail(s, UNAVAILABLE, "copying the database: %s", sqlite3_errmsg(to));
    while (!e && (code = sqlite3_backup_step(backup, COPY_PAGES)) != SQLITE_DONE)
        e = code == SQLITE_OK
                ? scope_check(s)
                : fail(s, UNAVAILABLE, "copying the database: %s", sqlite3_errstr(code));
    if (sqlite3_backup_finish(backup) != SQLITE_OK && !e)
        return fail(s, UNAVAILABLE, "copying the database: %s", sqlite3_errmsg(to));
    return e;
}

/* A copy of one file, not of a log beside it. */
static fallible copy_to(Scope *s, SqliteConnection *from, const char *path)
{
    sqlite3 *to = NULL;
    Error *e = OK;

    /* The transaction holds the state that its first read saw. */
    TRY(sqlite_do(s, from, "BEGIN; SELECT count(*) FROM sqlite_schema"));
    if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        e = fail(s, UNAVAILABLE, "opening %s: %s", path, sqlite3_errmsg(to));
    if (!e)
        e = copy_pages(s, from, to);
    if (!e && sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
        e = fail(s, UNAVAILABLE, "closing %s: %s", path, sqlite3_errmsg(to));
    sqlite3_close(to);
    return e;
}

fallible store_copy(Scope *s, const Store *store, const char *path)
{
    SqliteConnection *from;

    if (!store_path(store))
        return fail(s, UNSUPPORTED,
                    "only the embedded database is copied so: take PostgreSQL's pg_dump");
    TRY(file_create(s, path, (Bytes){"", 0}, 0600));
    TRY(sqlite_look(s, store_path(store), &from));
    Error *e = copy_to(s, from, path);
    sqlite_disconnect(from);
    return e;
}
