/* SQLite's schema: what was applied, the copy made before, the steps. */

#include "store/sqlite.h"

#include "store/rows.h"
#include "sys/file.h"

enum { BACKUP_PAGES = 1000 }; /* copied between two looks at the scope */

static const Statement has_versions = {
    .name = "has_versions",
    .sqlite = "SELECT count(*) AS count FROM sqlite_schema WHERE name = 'schema_versions'",
    .type = &count_type,
};

static const Statement has_runs = {
    .name = "has_runs",
    .sqlite = "SELECT count(*) AS count FROM sqlite_schema WHERE name = 'runs'",
    .type = &count_type,
};

static const Statement applied_versions = {
    .name = "applied_versions",
    .sqlite = "SELECT version, name, checksum FROM schema_versions ORDER BY version",
    .type = &applied_version_type,
};

static const Statement version_insert = {
    .name = "version_insert",
    .sqlite = "INSERT INTO schema_versions (version, name, checksum, applied_at) VALUES (?1, ?2, "
              "?3, db_now())",
    .params = (const char *const[]){"version", "name", "checksum"},
    .param_count = 3,
};

#define CREATE_VERSIONS                                                                            \
    "CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY NOT NULL, "           \
    "name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"

static fallible look_up(Scope *s, SqliteConnection *c, const Statement *q, void *list)
{
    Call call = {.s = s, .q = q, .rows = list};

    return sqlite_run(s, c, &call);
}

static fallible has(Scope *s, SqliteConnection *c, const Statement *q, bool *out)
{
    CountList found = {0};

    TRY(look_up(s, c, q, &found));
    *out = found.items[0].count > 0;
    return OK;
}

fallible sqlite_schema(Scope *s, SqliteConnection *c, Schema *out)
{
    bool versions, runs;

    TRY(has(s, c, &has_versions, &versions));
    if (versions)
        return look_up(s, c, &applied_versions, &out->applied);
    TRY(has(s, c, &has_runs, &runs));
    out->old_dursor = runs;
    return OK;
}

fallible sqlite_state(Scope *s, const StoreOptions *options, Schema *out)
{
    SqliteConnection *c;
    const char *path;

    TRY(sqlite_path(s, options->url, &path));
    if (!path || !file_exists(path))
        return OK;
    TRY(sqlite_look(s, path, &c));
    Error *e = sqlite_schema(s, c, out);
    sqlite_disconnect(c);
    return e;
}

/* ---- The copy ---- */

static fallible copy_pages(Scope *s, SqliteConnection *from, SqliteConnection *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
    Error *e = OK;
    int code;

    if (!backup)
        return sqlite_failure(s, to, "making a backup");
    while (!e && (code = sqlite3_backup_step(backup, BACKUP_PAGES)) != SQLITE_DONE)
        e = code == SQLITE_OK ? scope_check(s)
                              : fail(s, UNAVAILABLE, "making a backup: %s", sqlite3_errstr(code));
    if (sqlite3_backup_finish(backup) != SQLITE_OK && !e)
        return sqlite_failure(s, to, "making a backup");
    return e;
}

static const char *backup_path(Scope *s, const char *path, int64_t version)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s.backup-v%lld-", path, (long long)version);
    for (const char *t = time_text(s, time_now()); *t; t++)
        if (*t != '-' && *t != ':')
            buffer_char(&b, *t);
    return buffer_string(&b);
}

static fallible back_up(Scope *s, SqliteConnection *from, const char *path)
{
    SqliteConnection *to;

    TRY(file_create(s, path, (Bytes){"", 0}, 0600));
    Error *e = sqlite_connect(s, path, &to);
    if (!e) {
        e = copy_pages(s, from, to);
        sqlite_disconnect(to);
    }
    if (e)
        error_drop(file_remove(s, path), "the copy failed, and that is what is said");
    return e;
}

/* ---- The steps ---- */

static fallible check_references(Scope *s, SqliteConnection *c)
{
    sqlite3_stmt *check;

    if (sqlite3_prepare_v2(c->db, "PRAGMA foreign_key_check", -1, &check, NULL) != SQLITE_OK)
        return sqlite_failure(s, c, "checking references");
    int code = sqlite3_step(check);
    const char *table =
        code == SQLITE_ROW ? text_copy(s, (const char *)sqlite3_column_text(check, 0)) : NULL;
    Error *e = code == SQLITE_ROW || code == SQLITE_DONE
                   ? OK
                   : sqlite_failure(s, c, "checking references");
    sqlite3_finalize(check);
    TRY(e);
    return table ? fail(s, BUG, "rows of %s refer to something that is not there", table) : OK;
}

static fallible record(Scope *s, SqliteConnection *c, const Migration *m)
{
    AppliedVersion version = {m->version, m->name, migration_checksum(s, m->sqlite)};
    Call call = {.s = s, .q = &version_insert};

    TRY(values_of_args(s, &version_insert, &local_caller,
                       ARGS(ARG_ROW(applied_version_type, &version)), &call.values));
    return sqlite_run(s, c, &call);
}

static fallible step_inside(Scope *s, SqliteConnection *c, const Migration *m)
{
    TRY(sqlite_do(s, c, CREATE_VERSIONS));
    TRY(sqlite_do(s, c, m->sqlite));
    TRY(check_references(s, c));
    TRY(record(s, c, m));
    return sqlite_do(s, c, "COMMIT");
}

static fallible step(Scope *s, SqliteConnection *c, const Migration *m)
{
    TRY(sqlite_do(s, c, "BEGIN EXCLUSIVE"));
    Error *e = step_inside(s, c, m);
    if (e && !sqlite3_get_autocommit(c->db)) {
        c->s = NULL;
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL); /* closing would do so too */
    }
    return e ? error_while(e, "migrating to version %lld (%s)", (long long)m->version, m->name)
             : OK;
}

/* References are checked at the end of a step, not during it: a step may make a table anew. */
fallible sqlite_upgrade(Scope *s, SqliteConnection *c, MigrationJob *job)
{
    Schema schema = {0};
    Error *e = OK;

    TRY(sqlite_schema(s, c, &schema));
    TRY(schema_target(s, &schema, &job->to));
    TRY(sqlite_do(s, c, "PRAGMA foreign_keys = OFF"));
    for (int64_t version = schema_version(&schema); !e && version < job->to; version++)
        e = step(s, c, &migrations[version]);
    TRY(e);
    return sqlite_do(s, c, "PRAGMA foreign_keys = ON");
}

static fallible upgrade_file(Scope *s, SqliteConnection *c, const char *path, MigrationJob *job)
{
    Schema schema = {0};
    int64_t to = job->to;

    TRY(sqlite_schema(s, c, &schema));
    TRY(schema_target(s, &schema, &to));
    if (schema_version(&schema) == to)
        return OK;
    if (schema_version(&schema) > 0) {
        const char *backup = backup_path(s, path, schema_version(&schema));
        TRY(back_up(s, c, backup));
        job->backup = backup;
    }
    return sqlite_upgrade(s, c, job);
}

static fallible make_folder(Scope *s, const char *path)
{
    const char *folder = text_of(s, (Bytes){path, (size_t)(strrchr(path, '/') - path)});

    return *folder ? directory_make(s, folder, 0700) : OK;
}

/* With the lock held: of many that start at once only one makes it. */
static fallible open_or_make(Scope *s, const char *path, SqliteConnection **out)
{
    if (!file_exists(path))
        TRY(file_create(s, path, (Bytes){"", 0}, 0600));
    return sqlite_connect(s, path, out);
}

fallible sqlite_migrate(Scope *s, const StoreOptions *options, MigrationJob *job)
{
    SCOPE(locked, s);
    SqliteConnection *c;
    Schema schema = {0};
    const char *path;
    int64_t to = job->to;

    TRY(sqlite_path(s, options->url, &path));
    if (!path)
        return fail(s, INVALID,
                    "a database in memory is made anew at each start: there is nothing to migrate");
    TRY(sqlite_state(s, options, &schema));
    TRY(schema_target(s, &schema, &to));
    if (schema_version(&schema) == to)
        return OK;
    TRY(make_folder(s, path));
    TRY_WHILE(sqlite_lock(locked, path), "waiting for other writers");
    TRY(open_or_make(s, path, &c));
    Error *e = upgrade_file(s, c, path, job);
    sqlite_disconnect(c);
    return e;
}
