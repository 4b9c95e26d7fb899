/* Bringing a database to a version: locks, copies, refusals. The versions are this test's own. */

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/migrations.h"
#include "sys/file.h"
#include "sys/thread.h"
#include "test/store/drivers.h"

#define NOTES   "CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL)"
#define COLOURS "ALTER TABLE notes ADD COLUMN colour text; UPDATE notes SET colour = 'red'"
#define LAST    "CREATE TABLE pages (id bigint PRIMARY KEY); CREATE TABLE last (id bigint PRIMARY KEY)"

const Migration migrations[] = {
    {1, "notes", NOTES, NOTES},
    {2, "colours", COLOURS, COLOURS},
    {3, "last", LAST, LAST},
};
const int migration_count = 3;

/* Both kinds of database that last. */
#define LASTING_TEST(name_)                                                                        \
    static Error *each_##name_(Scope *s, const StoreOptions *options);                             \
    TEST(name_##_on_file)                                                                          \
    {                                                                                              \
        return lasting_test(s, ON_FILE, each_##name_);                                             \
    }                                                                                              \
    TEST(name_##_on_server)                                                                        \
    {                                                                                              \
        return lasting_test(s, ON_SERVER, each_##name_);                                           \
    }                                                                                              \
    static Error *each_##name_(Scope *s, const StoreOptions *options)

typedef Error *LastingTest(Scope *s, const StoreOptions *options);

static Error *lasting_test(Scope *s, DriverKind kind, LastingTest *test)
{
    StoreOptions options;

    TRY(given_database(s, kind, &options));
    return test(s, &options);
}

static const char *file_of(const StoreOptions *options)
{
    return options->url + strlen("sqlite://");
}

/* As somebody else than dursor would, on either database. */
static fallible do_by_hand(Scope *s, const StoreOptions *options, const char *sql)
{
    sqlite3 *db;

    if (text_starts(options->url, "postgresql:"))
        return server_do(s, options->url, sql);
    CHECK(sqlite3_open(file_of(options), &db) == SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    CHECK_EQ(code, SQLITE_OK);
    return OK;
}

static fallible version_of(Scope *s, const StoreOptions *options, int64_t *out)
{
    MigrationState state;

    TRY(store_migration_state(s, options, &state));
    CHECK_EQ(state.newest, migration_count);
    *out = state.version;
    return OK;
}

LASTING_TEST(an_empty_database_is_at_version_0_and_not_opened)
{
    int64_t version = -1;
    Store *store;

    TRY(version_of(s, options, &version));
    CHECK_EQ(version, 0);
    Error *e = store_open(s, options, &store);
    FAILS(CONFLICT, e);
    CHECK_HAS(e->message, "run `dursor migrate`");
    return OK;
}

LASTING_TEST(migrating_brings_it_to_the_newest_and_again_changes_nothing)
{
    const char *backup = "none";
    int64_t version = 0;
    Store *store;

    TRY(store_migrate(s, options, 0, &backup));
    CHECK(backup == NULL);
    TRY(version_of(s, options, &version));
    CHECK_EQ(version, migration_count);
    TRY(store_migrate(s, options, migration_count, &backup));
    CHECK(backup == NULL);
    return store_open(s, options, &store);
}

LASTING_TEST(it_may_stop_on_the_way_but_not_go_back)
{
    int64_t version = 0;
    Store *store;

    TRY(store_migrate(s, options, 2, NULL));
    TRY(version_of(s, options, &version));
    CHECK_EQ(version, 2);
    FAILS(CONFLICT, store_open(s, options, &store));
    FAILS(INVALID, store_migrate(s, options, 1, NULL));
    return store_migrate(s, options, 0, NULL);
}

/* The last version makes two tables, and the second is there already. */
LASTING_TEST(a_step_that_fails_leaves_the_version_before_whole)
{
    int64_t version = 0;

    TRY(store_migrate(s, options, 2, NULL));
    TRY(do_by_hand(s, options, "CREATE TABLE last (id bigint)"));
    Error *e = store_migrate(s, options, 0, NULL);
    FAILS(BUG, e);
    CHECK_HAS(e->message, "migrating to version 3 (last)");
    TRY(version_of(s, options, &version));
    CHECK_EQ(version, 2);
    TRY(do_by_hand(s, options, "DROP TABLE last"));
    return store_migrate(s, options, 0, NULL);
}

LASTING_TEST(a_version_that_is_not_known_is_invalid)
{
    FAILS(INVALID, store_migrate(s, options, migration_count + 1, NULL));
    FAILS(INVALID, store_migrate(s, options, -1, NULL));
    return OK;
}

LASTING_TEST(a_newer_database_is_refused_by_name_and_never_taken_back)
{
    Store *store;

    TRY(store_migrate(s, options, 0, NULL));
    TRY(do_by_hand(s, options,
                   "INSERT INTO schema_versions (version, name, checksum, applied_at) "
                   "SELECT 999, 'future', 'x', applied_at FROM schema_versions WHERE version = 1"));
    Error *e = store_open(s, options, &store);
    FAILS(CONFLICT, e);
    CHECK_HAS(e->message, "999");
    CHECK_HAS(e->message, "install the newer dursor");
    FAILS(CONFLICT, store_migrate(s, options, 0, NULL));
    return OK;
}

LASTING_TEST(a_version_made_by_another_text_is_refused)
{
    Store *store;

    TRY(store_migrate(s, options, 0, NULL));
    TRY(do_by_hand(s, options, "UPDATE schema_versions SET checksum = 'other' WHERE version = 1"));
    Error *e = store_open(s, options, &store);
    FAILS(CONFLICT, e);
    CHECK_TEXT(e->code, "schema_foreign");
    return OK;
}

typedef struct Migrator {
    const StoreOptions *options;
} Migrator;

static Error *migrate_in_thread(Scope *s, void *arg)
{
    return store_migrate(s, ((Migrator *)arg)->options, 0, NULL);
}

LASTING_TEST(of_many_that_migrate_at_once_one_does_it_and_all_succeed)
{
    Migrator migrator = {options};
    Thread *threads[4];
    int64_t version = 0;

    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_start(s, "migrator", migrate_in_thread, &migrator, &threads[i]));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_wait(s, threads[i]));
    TRY(version_of(s, options, &version));
    CHECK_EQ(version, migration_count);
    return OK;
}

TEST(two_processes_may_migrate_one_file)
{
    StoreOptions options;
    int64_t version = 0;
    int status = 0;

    TRY(given_database(s, ON_FILE, &options));
    pid_t child = fork();
    if (child == 0) {
        Scope *own = unit_open(NULL, "child");
        _exit(store_migrate(own, &options, 0, NULL) ? 1 : 0);
    }
    TRY(store_migrate(s, &options, 0, NULL));
    waitpid(child, &status, 0);
    CHECK_EQ(status, 0);
    TRY(version_of(s, &options, &version));
    CHECK_EQ(version, migration_count);
    return OK;
}

/* ---- The former dursor's file ---- */

static const char old_schema[] =
    "CREATE TABLE runs (id TEXT PRIMARY KEY); INSERT INTO runs VALUES ('a')";

TEST(the_former_dursors_file_is_refused_and_not_a_byte_of_it_changed)
{
    StoreOptions options;
    Bytes before, after;
    Store *store;

    TRY(given_database(s, ON_FILE, &options));
    TRY(directory_make(
        s, text_of(s, (Bytes){file_of(&options), strlen(file_of(&options)) - strlen("/dursor.db")}),
        0700));
    TRY(do_by_hand(s, &options, old_schema));
    TRY(file_read(s, file_of(&options), 1 << 20, &before));
    Error *e = store_open(s, &options, &store);
    FAILS(CONFLICT, e);
    CHECK_HAS(e->message, "dursor import");
    FAILS(CONFLICT, store_migrate(s, &options, 0, NULL));
    TRY(file_read(s, file_of(&options), 1 << 20, &after));
    CHECK(bytes_equal(before, after));
    return OK;
}

/* ---- The copy ---- */

static fallible text_in(Scope *s, const char *path, const char *sql, const char **out)
{
    sqlite3_stmt *statement;
    sqlite3 *db;

    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    bool row = sqlite3_step(statement) == SQLITE_ROW;
    *out = row ? text_copy(s, (const char *)sqlite3_column_text(statement, 0)) : NULL;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return OK;
}

TEST(before_a_step_there_is_a_copy_that_opens_and_equals)
{
    StoreOptions options;
    const char *backup = NULL, *body, *colour;

    TRY(given_database(s, ON_FILE, &options));
    TRY(store_migrate(s, &options, 1, NULL));
    TRY(do_by_hand(s, &options, "INSERT INTO notes VALUES (1, 'Größe'), (2, 'x')"));
    TRY(store_migrate(s, &options, 0, &backup));
    CHECK(backup != NULL);
    CHECK(text_starts(backup, text(s, "%s.backup-v1-2", file_of(&options))));
    TRY(text_in(s, backup, "SELECT group_concat(id || body) FROM notes", &body));
    CHECK_TEXT(body, "1Größe,2x");
    TRY(text_in(s, backup, "SELECT max(version) FROM schema_versions", &body));
    CHECK_TEXT(body, "1");
    TRY(text_in(s, backup, "PRAGMA integrity_check", &body));
    CHECK_TEXT(body, "ok");
    TRY(text_in(s, file_of(&options), "SELECT group_concat(colour) FROM notes", &colour));
    CHECK_TEXT(colour, "red,red");
    return OK;
}

TEST(the_copy_is_for_its_owner_only)
{
    StoreOptions options;
    const char *backup = NULL;
    struct stat found;

    TRY(given_database(s, ON_FILE, &options));
    TRY(store_migrate(s, &options, 1, NULL));
    TRY(store_migrate(s, &options, 0, &backup));
    CHECK(stat(backup, &found) == 0);
    CHECK_EQ(found.st_mode & 0777, 0600);
    return OK;
}

TEST(references_that_a_step_left_dangling_stop_it)
{
    StoreOptions options;
    int64_t version = 0;

    TRY(given_database(s, ON_FILE, &options));
    TRY(store_migrate(s, &options, 1, NULL));
    TRY(do_by_hand(s, &options,
                   "CREATE TABLE lost (id bigint REFERENCES notes); INSERT INTO lost VALUES (7)"));
    Error *e = store_migrate(s, &options, 0, NULL);
    FAILS(BUG, e);
    CHECK_HAS(e->message, "rows of lost");
    TRY(version_of(s, &options, &version));
    CHECK_EQ(version, 1);
    return OK;
}

TEST(a_database_in_memory_needs_no_migration)
{
    Store *store;

    FAILS(INVALID, store_migrate(s, &(StoreOptions){.url = "sqlite::memory:"}, 0, NULL));
    return store_open(s, &(StoreOptions){.url = "sqlite::memory:", .connections = 1}, &store);
}
