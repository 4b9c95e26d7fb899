/* PostgreSQL's schema, on a connection without a pooler. */

#include "store/postgres.h"

#include "store/rows.h"

/* "dursor" in ASCII: the advisory lock of whoever migrates this database. */
#define MIGRATION_LOCK "110455594119026"

static const Statement has_versions = {
    .name = "has_versions",
    .postgres = "SELECT count(*) AS count FROM pg_class WHERE oid = to_regclass('schema_versions')",
    .type = &count_type,
};

static const Statement has_runs = {
    .name = "has_runs",
    .postgres = "SELECT count(*) AS count FROM pg_class WHERE oid = to_regclass('runs')",
    .type = &count_type,
};

static const Statement applied_versions = {
    .name = "applied_versions",
    .postgres = "SELECT version, name, checksum FROM schema_versions ORDER BY version",
    .type = &applied_version_type,
};

static const Statement version_insert = {
    .name = "version_insert",
    .postgres = "INSERT INTO schema_versions (version, name, checksum, applied_at) VALUES ($1, $2, "
                "$3, now())",
    .params = (const char *const[]){"version", "name", "checksum"},
    .param_count = 3,
};

#define CREATE_VERSIONS                                                                            \
    "CREATE TABLE IF NOT EXISTS schema_versions (version bigint PRIMARY KEY, name text NOT NULL, " \
    "checksum text NOT NULL, applied_at timestamptz NOT NULL); "                                   \
    "GRANT SELECT ON schema_versions TO PUBLIC"

static fallible look_up(Scope *s, PostgresConnection *c, const Statement *q, void *list)
{
    CallList calls = {0};

    *list_add(s, &calls) = (Call){.s = s, .q = q, .rows = list};
    return postgres_exchange(s, c, &calls);
}

static fallible has(Scope *s, PostgresConnection *c, const Statement *q, bool *out)
{
    CountList found = {0};

    TRY(look_up(s, c, q, &found));
    *out = found.items[0].count > 0;
    return OK;
}

fallible postgres_schema(Scope *s, PostgresConnection *c, Schema *out)
{
    bool versions, runs;

    TRY(has(s, c, &has_versions, &versions));
    if (versions)
        return look_up(s, c, &applied_versions, &out->applied);
    TRY(has(s, c, &has_runs, &runs));
    out->old_dursor = runs;
    return OK;
}

fallible postgres_connect_directly(Scope *s, const StoreOptions *options, PostgresConnection **out)
{
    const PostgresUrl *url;

    TRY(postgres_url(s, options, true, &url));
    return postgres_connect(s, url, 0, out);
}

fallible postgres_state(Scope *s, const StoreOptions *options, Schema *out)
{
    PostgresConnection *c;

    TRY(postgres_connect_directly(s, options, &c));
    Error *e = postgres_schema(s, c, out);
    postgres_disconnect(c);
    return e;
}

static fallible record(Scope *s, PostgresConnection *c, const Migration *m)
{
    AppliedVersion version = {m->version, m->name, migration_checksum(s, m->postgres)};
    CallList calls = {0};
    Call *call = list_add(s, &calls);

    *call = (Call){.s = s, .q = &version_insert};
    TRY(values_of_args(s, &version_insert, &local_caller,
                       ARGS(ARG_ROW(applied_version_type, &version)), &call->values));
    return postgres_exchange(s, c, &calls);
}

static fallible step_inside(Scope *s, PostgresConnection *c, const Migration *m)
{
    TRY(postgres_script(s, c, "BEGIN"));
    TRY(postgres_script(s, c, CREATE_VERSIONS));
    TRY(postgres_script(s, c, m->postgres));
    TRY(record(s, c, m));
    return postgres_script(s, c, "COMMIT");
}

static fallible step(Scope *s, PostgresConnection *c, const Migration *m)
{
    Error *e = step_inside(s, c, m);

    if (!e)
        return OK;
    postgres_roll_back(c);
    return error_while(e, "migrating to version %lld (%s)", (long long)m->version, m->name);
}

static fallible upgrade(Scope *s, PostgresConnection *c, MigrationJob *job)
{
    Schema schema = {0};

    if (c->pooled)
        return fail(s, INVALID,
                    "a pooler stands before this database, and a migration's lock needs a session "
                    "of its own: set DURSOR_DATABASE_DIRECT_URL to the server's own address");
    TRY_WHILE(postgres_script(s, c, "SELECT pg_advisory_lock(" MIGRATION_LOCK ")"),
              "waiting for another migration");
    TRY(postgres_schema(s, c, &schema));
    TRY(schema_target(s, &schema, &job->to));
    for (int64_t version = schema_version(&schema); version < job->to; version++)
        TRY(step(s, c, &migrations[version]));
    return OK;
}

/* The lock goes with the connection. */
fallible postgres_migrate(Scope *s, const StoreOptions *options, MigrationJob *job)
{
    PostgresConnection *c;

    TRY(postgres_connect_directly(s, options, &c));
    Error *e = upgrade(s, c, job);
    postgres_disconnect(c);
    return e;
}
