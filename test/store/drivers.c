/* Databases for tests of drivers, and the things in them. */

#include "test/store/drivers.h"

#include <libpq-fe.h>
#include <stdlib.h>

#include "base/id.h"
#include "sys/file.h"

const Name colour_names[] = {{RED, "red"}, {GREEN, "green"}, {BLUE, "blue"}, {0}};

const Type part_type = TYPE(Part, "A part.", FIELD(Part, name), FIELD(Part, size));

const Type thing_type =
    TYPE(Thing, "All kinds of fields.", FIELD(Thing, id), FIELD(Thing, tenant_id),
         FIELD(Thing, parent_id), FIELD(Thing, title), FIELD(Thing, data), FIELD(Thing, number),
         FIELD(Thing, weight), FIELD(Thing, truth), FIELD(Thing, at), FIELD(Thing, maybe),
         FIELD(Thing, perhaps), FIELD(Thing, json), FIELD(Thing, texts),
         ENUM(Thing, colour, colour_names), ENUMS(Thing, colours, colour_names),
         OBJECT(Thing, part, part_type), LIST(Thing, parts, part_type));

const Type number_type = TYPE(Number, "A number.", FIELD(Number, number));

#define COLUMNS                                                                                    \
    "id, tenant_id, parent_id, title, data, number, weight, truth, at, maybe, perhaps, json, "     \
    "texts, colour, colours, "                                                                     \
    "part, parts"

const Statement q_thing_put = {
    .name = "thing_put",
    .sqlite = "INSERT INTO things (" COLUMNS
              ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
              "?16, ?17)",
    .postgres = "INSERT INTO things (" COLUMNS
                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                "$16, $17)",
    .params = (const char *const[]){"id", "tenant_id", "parent_id", "title", "data", "number",
                                    "weight", "truth", "at", "maybe", "perhaps", "json", "texts",
                                    "colour", "colours", "part", "parts"},
    .param_count = 17,
};

#define BY_ID .params = (const char *const[]){"id"}, .param_count = 1

const Statement q_thing_get = {
    .name = "thing_get",
    .sqlite = "SELECT " COLUMNS " FROM things WHERE id = ?1",
    .postgres = "SELECT " COLUMNS " FROM things WHERE id = $1",
    .type = &thing_type,
    BY_ID,
};

const Statement q_things_all = {
    .name = "things_all",
    .sqlite = "SELECT " COLUMNS " FROM things ORDER BY title",
    .postgres = "SELECT " COLUMNS " FROM things ORDER BY title",
    .type = &thing_type,
};

const Statement q_thing_rename = {
    .name = "thing_rename",
    .sqlite = "UPDATE things SET title = ?2 WHERE id = ?1",
    .postgres = "UPDATE things SET title = $2 WHERE id = $1",
    .params = (const char *const[]){"id", "title"},
    .param_count = 2,
};

const Statement q_things_count = {
    .name = "things_count",
    .sqlite = "SELECT count(*) AS number FROM things",
    .postgres = "SELECT count(*) AS number FROM things",
    .type = &number_type,
};

const Statement q_forever = {
    .name = "forever",
    .sqlite = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS number "
              "FROM n WHERE i < 0",
    .postgres = "SELECT 1::bigint AS number FROM pg_sleep(3600)",
    .type = &number_type,
};

Thing given_thing(Scope *s, const char *title)
{
    return (Thing){.id = id_new(s), .title = title, .colour = RED};
}

fallible thing_put(Scope *s, Tx *tx, const Thing *thing)
{
    return query_run(s, tx, &q_thing_put, ARGS(ARG_ROW(thing_type, thing)), NULL);
}

fallible thing_get(Scope *s, Tx *tx, const char *id, Thing *out)
{
    return query_one(s, tx, &q_thing_get, ARGS(ARG(id)), out);
}

fallible things_count(Scope *s, Tx *tx, int64_t *out)
{
    Number count;

    TRY(query_one(s, tx, &q_things_count, NO_ARGS, &count));
    *out = count.number;
    return OK;
}

/* ---- The server ---- */

fallible server_url(Scope *s, const char **out)
{
    *out = getenv("DURSOR_TEST_POSTGRES_URL");
    if (text_empty(*out))
        return fail(
            s, INVALID,
            "DURSOR_TEST_POSTGRES_URL is not set: run the tests by ./dev test or ./dev servers");
    return OK;
}

fallible server_text(Scope *s, const char *url, const char *sql, const char **out)
{
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    *out = PQntuples(result) ? text_copy(s, PQgetvalue(result, 0, 0)) : NULL;
    const char *message = text_copy(s, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return good ? OK : fail(s, BUG, "%s: %s", sql, message);
}

fallible server_do(Scope *s, const char *url, const char *sql)
{
    const char *ignored;

    return server_text(s, url, sql, &ignored);
}

static void drop_database(void *name)
{
    UNIT(s, NULL, "dropping a test's database");
    const char *url;
    Error *e = server_url(s, &url);

    if (!e)
        e = server_do(s, url, text(s, "DROP DATABASE %s WITH (FORCE)", (const char *)name));
    error_drop(e, "the server is thrown away as well");
}

static const char *of_database(Scope *s, const char *url, const char *name)
{
    return text(s, "%.*s/%s", (int)(strrchr(url, '/') - url), url, name);
}

static fallible behind_pooler(Scope *s, const char *name, StoreOptions *out)
{
    const char *pooled = getenv("DURSOR_TEST_PGBOUNCER_URL");

    if (text_empty(pooled))
        return fail(s, INVALID, "DURSOR_TEST_PGBOUNCER_URL is not set: see test/servers.py");
    out->direct_url = out->url;
    out->url = of_database(s, pooled, name);
    return OK;
}

static fallible server_database(Scope *s, DriverKind kind, StoreOptions *out)
{
    char *name = scope_copy(s, text(s, "drivers_%s", random_hex(s, 8)), sizeof "drivers_" + 16);
    const char *url;

    TRY(server_url(s, &url));
    TRY(server_do(s, url, text(s, "CREATE DATABASE %s", name)));
    scope_undo(s, drop_database, name);
    out->url = of_database(s, url, name);
    return kind == ON_POOLER ? behind_pooler(s, name, out) : OK;
}

fallible given_database(Scope *s, DriverKind kind, StoreOptions *out)
{
    const char *folder;

    *out = (StoreOptions){.url = "sqlite::memory:", .connections = 4, .busy_us = 10 * US_PER_S};
    if (kind >= ON_SERVER)
        return server_database(s, kind, out);
    if (kind == IN_MEMORY)
        return OK;
    const char *parent = getenv("TMPDIR");
    TRY(directory_temporary(s, parent ? parent : "/tmp", "drivers", &folder));
    out->url = text(s, "sqlite://%s/data/dursor.db", folder);
    return OK;
}

/* ---- The table ---- */

#define SQLITE_THINGS                                                                              \
    "CREATE TABLE things (id TEXT PRIMARY KEY NOT NULL, tenant_id TEXT NOT NULL, parent_id TEXT "  \
    "REFERENCES things, "                                                                          \
    "title TEXT, data BLOB, number INTEGER, weight REAL, truth INTEGER, at INTEGER, maybe "        \
    "INTEGER, perhaps REAL, "                                                                      \
    "json TEXT, texts TEXT, colour TEXT NOT NULL, colours TEXT, part TEXT, parts TEXT, UNIQUE "    \
    "(tenant_id, title)) STRICT"

#define SERVER_THINGS                                                                              \
    "CREATE TABLE things (id uuid PRIMARY KEY, tenant_id text NOT NULL, parent_id uuid "           \
    "REFERENCES things, title text, "                                                              \
    "data bytea, number bigint, weight double precision, truth boolean, at timestamptz, maybe "    \
    "bigint, "                                                                                     \
    "perhaps double precision, json jsonb, texts jsonb, colour text NOT NULL, colours jsonb, "     \
    "part jsonb, "                                                                                 \
    "parts jsonb, CONSTRAINT things_title UNIQUE (tenant_id, title));"                             \
    "ALTER TABLE things ENABLE ROW LEVEL SECURITY; ALTER TABLE things FORCE ROW LEVEL SECURITY;"   \
    "CREATE POLICY of_tenant ON things TO dursor_app "                                             \
    "USING (tenant_id = nullif(current_setting('dursor.tenant', true), ''));"                      \
    "CREATE POLICY of_system ON things TO dursor_system USING (true);"                             \
    "GRANT SELECT, INSERT, UPDATE, DELETE ON things TO dursor_app, dursor_system"

static fallible make_things(Scope *s, Given *g)
{
    static const Statement create = {.name = "create_things", .sqlite = SQLITE_THINGS};

    if (g->kind >= ON_SERVER)
        return server_do(s, g->options.url, SERVER_THINGS);
    return SYSTEM(g, query_run(s, tx, &create, NO_ARGS, NULL));
}

Error *driver_test(Scope *s, DriverKind kind, DriverTest *test)
{
    Given g = {.kind = kind};

    TRY(given_database(s, kind, &g.options));
    if (kind != IN_MEMORY)
        TRY(store_migrate(s, &g.options, 0, NULL));
    TRY(store_open(s, &g.options, &g.store));
    TRY(make_things(s, &g));
    return test(s, &g);
}
