/* A file of the former dursor, taken whole: keys, what is not known, what is damaged. */

#include <sqlite3.h>

#include "service/import.h"
#include "store/foreign.h"
#include "store/models.h"
#include "store/repos.h"
#include "store/tasks.h"
#include "sys/file.h"
#include "test/test.h"

#define REPO    "11111111-0000-4000-8000-000000000001"
#define TASK    "22222222-0000-4000-8000-000000000001"
#define MODEL   "33333333-0000-4000-8000-000000000001"
#define OLD_KEY "correct horse battery staple"
#define AT      "'2026-01-10T11:34:47.123456'"

/* Sealed under OLD_KEY: sk-test-0123456789. */
#define TOKEN                                                                                      \
    "gAAAAABpVbkAAAECAwQFBgcICQoLDA0OD2wWAvHDqqlaFVLeyMkU_uqsEVVWrTV7r9THR0QpTHYVDDKrgLjaUjEfnowJ" \
    "4tEw9fTzDyizpeIVX6Ow8rabPwo="

static const char old_file[] =
    "CREATE TABLE repos (id TEXT PRIMARY KEY, repo_url TEXT, default_branch TEXT, latest_commit "
    "TEXT, workspace_path TEXT, created_at TEXT, stars INTEGER);"
    "CREATE TABLE tasks (id TEXT PRIMARY KEY, repo_id TEXT, title TEXT, created_at TEXT, "
    "updated_at TEXT);"
    "CREATE TABLE messages (id TEXT PRIMARY KEY, task_id TEXT, role TEXT, content TEXT, created_at "
    "TEXT);"
    "CREATE TABLE runs (id TEXT PRIMARY KEY, task_id TEXT, instruction TEXT, status TEXT, "
    "created_at TEXT);"
    "CREATE TABLE model_profiles (id TEXT PRIMARY KEY, provider TEXT, model_name TEXT, "
    "api_key_encrypted TEXT, created_at TEXT);"
    "INSERT INTO repos VALUES ('" REPO
    "', 'https://github.com/octo/app.git', 'main', 'c', '/old', " AT ", 5);"
    "INSERT INTO tasks VALUES ('" TASK "', '" REPO "', '日本語', " AT ", " AT ");"
    "INSERT INTO model_profiles VALUES ('" MODEL "', 'openai', 'gpt-4o', '" TOKEN "', " AT ");";

typedef struct Home {
    App app;
    Settings settings;
    Mirrors mirrors;
    const char *path; /* of the old file */
} Home;

static fallible statements(Scope *s, const char *path, const char *sql)
{
    sqlite3 *db;
    char *said = NULL;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        return fail(s, BUG, "no file %s", path);
    bool good = sqlite3_exec(db, sql, NULL, NULL, &said) == SQLITE_OK;
    Error *e = good ? OK : fail(s, BUG, "%s", said);
    sqlite3_free(said);
    sqlite3_close(db);
    return e;
}

/* An installation with an empty database, and the old file changed by that. */
static fallible given_home(Scope *s, const char *change, Home **out)
{
    Home *home = NEW(s, Home);
    const char *dir, *backup;

    TRY(directory_temporary(s, "/tmp", "dursor-import", &dir));
    home->settings = (Settings){.data_dir = dir};
    home->mirrors = (Mirrors){.dir = text(s, "%s/workspaces", dir)};
    home->path = text(s, "%s/old.db", dir);
    home->app = (App){.settings = &home->settings, .mirrors = &home->mirrors};
    StoreOptions options = {.url = text(s, "sqlite:///%s/dursor.db", dir + 1), .connections = 1};
    TRY(store_migrate(s, &options, 0, &backup));
    TRY(store_open(s, &options, &home->app.store));
    TRY(keys_open(s, &home->settings, &home->app.keys));
    TRY(statements(s, home->path, old_file));
    TRY(statements(s, home->path, change));
    *out = home;
    return OK;
}

static Error *take(Scope *s, Home *home, const char *key, ImportReport *out)
{
    ImportOptions options = {.path = home->path, .old_key = key};

    return import_file(s, &home->app, &options, out);
}

static ImportCount count_of(const ImportReport *report, const char *table)
{
    EACH (const ImportCount, count, &report->tables)
        if (text_equal(count->table, table))
            return *count;
    return (ImportCount){0};
}

static bool noted(const ImportReport *report, const char *part)
{
    EACH (const char *, note, &report->notes)
        if (strstr(*note, part))
            return true;
    return false;
}

/* The stored key of the model; NULL when there is no such model. */
static fallible key_now(Scope *s, Home *home, const char **out)
{
    SealPlace place = {LOCAL_TENANT, "model_profiles", MODEL, "api_key"};
    ModelProfileList profiles = {0};
    Page page = {.limit = 1};
    Tx *tx;
    SCOPE(tmp, s);

    *out = NULL;
    TRY(tx_read(tmp, home->app.store, &local_caller, &tx));
    TRY(model_profile_list(s, tx, &page, &profiles));
    if (!profiles.count)
        return OK;
    return keys_unseal(s, home->app.keys, &place, profiles.items[0].api_key_sealed, out);
}

TEST(a_key_is_opened_with_the_old_secret_and_sealed_with_ours)
{
    ImportReport report, again;
    const char *key;
    Home *home;

    TRY(given_home(s, "", &home));
    TRY(take(s, home, OLD_KEY, &report));
    CHECK_EQ(count_of(&report, "model_profiles").copied, 1);
    TRY(key_now(s, home, &key));
    CHECK_TEXT(key, "sk-test-0123456789");
    TRY(take(s, home, OLD_KEY, &again));
    CHECK_EQ(count_of(&again, "model_profiles").present, 1);
    CHECK_EQ(count_of(&again, "tasks").present, 1);
    CHECK_EQ(count_of(&again, "tasks").copied + count_of(&again, "repos").copied, 0);
    return OK;
}

TEST(a_key_that_does_not_open_refuses_its_row_alone)
{
    static const char *const keys[] = {"another", "", NULL};
    static const char *const said[] = {"was not stored under this", "without the old", "without"};

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        SCOPE(turn, s);
        ImportReport report;
        const char *key;
        Home *home;
        TRY(given_home(turn, "", &home));
        TRY(take(turn, home, keys[i], &report));
        CHECK_EQ(count_of(&report, "model_profiles").refused, 1);
        CHECK_EQ(count_of(&report, "tasks").copied, 1);
        CHECK(noted(&report, said[i]));
        CHECK(!noted(&report, TOKEN));
        TRY(key_now(turn, home, &key));
        CHECK(!key);
    }
    return OK;
}

TEST(what_is_not_known_here_is_reported_and_kept)
{
    ImportReport report;
    Home *home;

    TRY(given_home(s,
                   "CREATE TABLE stamps (id TEXT, face BLOB);"
                   "INSERT INTO stamps VALUES ('a', x'00ff'), ('b', NULL);"
                   "CREATE VIEW harmless AS SELECT 1;"
                   "CREATE TRIGGER never AFTER INSERT ON repos BEGIN DELETE FROM tasks; END;",
                   &home));
    TRY(take(s, home, OLD_KEY, &report));
    CHECK_TEXT(report.kind, "a database of the former dursor");
    CHECK(noted(&report, "column stars of repos is not known here"));
    CHECK(noted(&report, "table stamps is not known here: its 2 rows are kept in imported_rows"));
    CHECK(noted(&report, "it has no table prs"));
    CHECK(noted(&report, "harmless") && noted(&report, "never"));
    CHECK_EQ(count_of(&report, "imported_rows").copied, 2);
    CHECK_EQ(count_of(&report, "tasks").copied, 1);
    return OK;
}

TEST(a_damaged_row_is_refused_with_its_reason_and_the_others_are_taken)
{
    ImportReport report;
    Home *home;
    Task task;
    Tx *tx;

    TRY(given_home(
        s,
        "INSERT INTO tasks VALUES ('no uuid', '" REPO "', 'a', " AT ", " AT ");"
        "INSERT INTO tasks VALUES ('22222222-0000-4000-8000-000000000002', '" REPO
        "', 'b', 'soon', " AT ");"
        "INSERT INTO tasks VALUES ('22222222-0000-4000-8000-000000000003', NULL, 'c', " AT ", " AT
        ");"
        "INSERT INTO messages VALUES ('44444444-0000-4000-8000-000000000001', '" TASK
        "', 'nobody', 'x', " AT ");",
        &home));
    TRY(take(s, home, OLD_KEY, &report));
    CHECK_EQ(count_of(&report, "tasks").copied, 1);
    CHECK_EQ(count_of(&report, "tasks").refused, 3);
    CHECK_EQ(count_of(&report, "messages").refused, 1);
    CHECK(noted(&report, "\"no uuid\" is no UUID") && noted(&report, "\"soon\" is no time"));
    CHECK(noted(&report, "repo_id is missing") &&
          noted(&report, "\"nobody\" is none of its values"));
    CHECK_EQ(count_of(&report, "imported_rows").copied, 4);
    TRY(tx_read(s, home->app.store, &local_caller, &tx));
    TRY(task_get(s, tx, TASK, &task));
    CHECK_TEXT(task.title, "日本語");
    return OK;
}

TEST(a_half_understood_file_is_refused_and_nothing_of_it_taken)
{
    static const char *const changes[] = {"DROP TABLE runs;", "DROP TABLE tasks;"};
    RepoList repos = {0};
    Page page = {0};

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        SCOPE(turn, s);
        ImportReport report;
        Home *home;
        Tx *tx;
        TRY(given_home(turn, changes[i], &home));
        Error *e = take(turn, home, OLD_KEY, &report);
        CHECK(failed_as(e, INVALID));
        CHECK_HAS(e->message, "it lacks one of the tables");
        TRY(tx_read(turn, home->app.store, &local_caller, &tx));
        TRY(repo_list(turn, tx, &page, &repos));
        CHECK_EQ(repos.count, 0);
    }
    return OK;
}

TEST(a_file_cut_off_in_the_middle_is_refused)
{
    ImportReport report;
    Bytes bytes;
    Home *home;

    TRY(given_home(s, "", &home));
    TRY(file_read(s, home->path, 1 << 20, &bytes));
    const size_t sizes[] = {0, 1, 99, bytes.size / 2, bytes.size - 1};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        TRY(file_write(s, home->path, (Bytes){bytes.data, sizes[i]}, 0600));
        FAILS(INVALID, take(s, home, OLD_KEY, &report));
    }
    return OK;
}
