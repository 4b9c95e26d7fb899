/* What keeps tenants apart when the statements do not: asked in plain SQL, by a login that may become
 * dursor_app and nothing else. Tables are taken from the catalogue, so that a new one is looked at
 * before anybody has thought of it. */

#include <libpq-fe.h>
#include <stdlib.h>

#include "base/id.h"
#include "test/store/drivers.h"

#define OURS   "rls-ours"
#define THEIRS "rls-theirs"

/* Every table with a tenant, partitions as well; tenants themselves by their id. */
#define TABLES                                                                                     \
    "SELECT c.oid::regclass AS t, a.attname AS key, c.relispartition AS part FROM pg_class c "     \
    "JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = "            \
    "CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END "                                \
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"

/* An INSERT that fills what has to be filled. */
#define INSERT_TEXT                                                                                \
    "CREATE FUNCTION insert_text(t regclass, key text, tenant text) RETURNS text LANGUAGE sql AS " \
    "$$ SELECT format('INSERT INTO %s (%s) VALUES (%s)', t, "                                      \
    "string_agg(quote_ident(attname), ', '), string_agg(CASE WHEN attname = key THEN "             \
    "quote_literal(tenant) ELSE CASE atttypid::regtype::text WHEN 'uuid' THEN "                    \
    "'gen_random_uuid()' WHEN 'text' THEN 'gen_random_uuid()::text' WHEN 'boolean' THEN 'true' "   \
    "WHEN 'jsonb' THEN '''{}''' WHEN 'bytea' THEN '''x''' WHEN 'timestamp with time zone' THEN "   \
    "'now()' ELSE '1' END END, ', ')) FROM pg_attribute WHERE attrelid = t AND attnum > 0 AND "    \
    "NOT attisdropped AND (attname = key OR attnotnull AND NOT atthasdef AND attidentity = '') $$"

/* Rows of two tenants in each table. They refer to nothing that exists, and no rule but those of
 * security is kept. */
#define PLANT                                                                                      \
    "DO $$ DECLARE r record; c name; who text; BEGIN "                                             \
    "SET LOCAL session_replication_role = replica; "                                               \
    "FOR r IN " TABLES " AND NOT c.relispartition LOOP "                                           \
    "FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = r.t AND contype = 'c' LOOP "      \
    "EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, c); END LOOP; "                      \
    "FOREACH who IN ARRAY ARRAY['" OURS "', '" THEIRS "'] LOOP "                                   \
    "EXECUTE insert_text(r.t, r.key, who); END LOOP; END LOOP; END $$"

typedef struct Watch {
    const char *url; /* the owner's */
    const char *app; /* the login's */
    PGconn *pg;      /* as dursor_app */
} Watch;

static void drop_login(void *name)
{
    UNIT(s, NULL, "dropping a login");
    const char *url;
    Error *e = server_url(s, &url);

    if (!e)
        e = server_do(s, url, text(s, "DROP ROLE IF EXISTS %s", (const char *)name));
    error_drop(e, "the server is thrown away as well");
}

static void close_connection(void *pg)
{
    PQfinish(pg);
}

/* What the statement gives or changes, counted; its error's state in *state, "" without one. */
static int64_t count_of(PGconn *pg, const char *sql, char state[6])
{
    PGresult *result = PQexec(pg, sql);
    const char *failure = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool rows = PQresultStatus(result) == PGRES_TUPLES_OK;
    int64_t count = strtoll(rows ? PQgetvalue(result, 0, 0) : PQcmdTuples(result), NULL, 10);

    memcpy(state, failure ? failure : "", failure ? 6 : 1);
    PQclear(result);
    return count;
}

/* The statement alone in a transaction of the tenant, taken back afterwards. */
static int64_t as_tenant(Scope *s, Watch *w, const char *tenant, const char *sql, char state[6])
{
    char ignored[6];
    const char *name =
        tenant ? text(s, "BEGIN; SELECT set_config('dursor.tenant', '%s', true)", tenant) : "BEGIN";

    (void)count_of(w->pg, name, ignored);
    int64_t count = count_of(w->pg, sql, state);
    (void)count_of(w->pg, "ROLLBACK", ignored);
    return count;
}

static fallible open_watch(Scope *s, Watch *w)
{
    const char *login = text(s, "rls_%s", random_hex(s, 8)), *password = random_hex(s, 16);
    StoreOptions options;
    char state[6];

    TRY(given_database(s, ON_SERVER, &options));
    TRY(store_migrate(s, &options, 0, NULL));
    w->url = options.url;
    scope_undo(s, drop_login, scope_copy(s, login, strlen(login) + 1));
    TRY(server_do(
        s, w->url,
        text(s, "CREATE ROLE %s LOGIN PASSWORD '%s' IN ROLE dursor_app", login, password)));
    TRY(server_do(s, w->url, INSERT_TEXT));
    TRY(server_do(s, w->url, PLANT));
    w->app = text(s, "postgresql://%s:%s@%s", login, password, strchr(w->url, '@') + 1);
    w->pg = PQconnectdb(w->app);
    scope_undo(s, close_connection, w->pg);
    (void)count_of(w->pg, "SET ROLE dursor_app", state);
    CHECK_TEXT(state, "");
    return OK;
}

/* ---- One table ---- */

typedef struct Table {
    const char *name, *key;
    bool readable; /* dursor_app has been granted anything on it */
} Table;

static fallible says(Scope *s, const Table *t, const char *what, bool good)
{
    return good ? OK : fail(s, BUG, "%s: %s", t->name, what);
}

static fallible check_forced(Scope *s, Watch *w, const Table *t)
{
    const char *forced;

    TRY(server_text(s, w->url,
                    text(s,
                         "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = "
                         "'%s'::regclass",
                         t->name),
                    &forced));
    return says(s, t, "row-level security is not forced", text_equal(forced, "t"));
}

static fallible check_reading(Scope *s, Watch *w, const Table *t)
{
    const char *all = text(s, "SELECT count(*) FROM %s", t->name);
    char state[6];

    TRY(says(s, t, "seen without a tenant", as_tenant(s, w, NULL, all, state) == 0));
    TRY(says(s, t, "seen by a tenant without a name", as_tenant(s, w, "", all, state) == 0));
    int64_t seen = as_tenant(s, w, OURS, all, state);
    TRY(says(s, t, "not exactly what is ours is seen", seen == (t->readable ? 1 : 0)));
    const char *theirs =
        text(s, "SELECT count(*) FROM %s WHERE %s = '" THEIRS "'", t->name, t->key);
    return says(s, t, "another tenant's rows are seen", as_tenant(s, w, OURS, theirs, state) == 0);
}

static fallible check_writing(Scope *s, Watch *w, const Table *t)
{
    char state[6];
    const char *insert;
    const char *update = text(s, "UPDATE %s SET %s = '" OURS "'", t->name, t->key);
    const char *move = text(s, "UPDATE %s SET %s = '" THEIRS "'", t->name, t->key);
    const char *remove = text(s, "DELETE FROM %s", t->name);

    TRY(says(s, t, "another tenant's rows are changed", as_tenant(s, w, OURS, update, state) <= 1));
    TRY(says(s, t, "changed without a tenant", as_tenant(s, w, NULL, update, state) == 0));
    (void)as_tenant(s, w, OURS, move, state);
    TRY(says(s, t, "a row is moved to another tenant", text_equal(state, "42501")));
    TRY(says(s, t, "another tenant's rows are deleted", as_tenant(s, w, OURS, remove, state) <= 1));
    TRY(says(s, t, "deleted without a tenant", as_tenant(s, w, NULL, remove, state) == 0));
    TRY(server_text(
        s, w->url,
        text(s, "SELECT insert_text('%s'::regclass, '%s', '" THEIRS "')", t->name, t->key),
        &insert));
    (void)as_tenant(s, w, OURS, insert, state);
    return says(s, t, "a row is put among another tenant's", text_equal(state, "42501"));
}

static fallible check_lasting(Scope *s, Watch *w, const Table *t)
{
    static const char *const ways[][2] = {
        {"ALTER TABLE", "DISABLE ROW LEVEL SECURITY"},
        {"ALTER TABLE", "NO FORCE ROW LEVEL SECURITY"},
        {"ALTER TABLE", "OWNER TO dursor_app"},
        {"CREATE POLICY mine ON", "USING (true)"},
        {"ALTER POLICY of_tenant ON", "USING (true)"},
        {"DROP POLICY of_tenant ON", ""},
        {"TRUNCATE", "CASCADE"},
        {"DROP TABLE", "CASCADE"},
    };
    char state[6];

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const char *sql = text(s, "%s %s %s", ways[i][0], t->name, ways[i][1]);
        (void)as_tenant(s, w, OURS, sql, state);
        TRY(says(s, t, sql, !text_empty(state)));
    }
    return OK;
}

static fallible check_table(Scope *s, Watch *w, const Table *t)
{
    TRY(check_forced(s, w, t));
    TRY(check_reading(s, w, t));
    TRY(check_writing(s, w, t));
    return check_lasting(s, w, t);
}

/* All of them, or the one of that name. */
static fallible check_tables(Scope *s, Watch *w, const char *only, size_t *count)
{
    const char *lines;

    TRY(server_text(s, w->url,
                    text(s,
                         "SELECT string_agg(concat_ws(' ', t, key, has_any_column_privilege("
                         "'dursor_app', t, 'SELECT')), E'\\n') FROM (" TABLES
                         ") x WHERE t::text = '%s' OR '' = '%s'",
                         only, only),
                    &lines));
    TextList tables = text_split(s, lines, '\n');
    EACH (const char *, line, &tables) {
        SCOPE(tmp, s);
        TextList parts = text_split(tmp, *line, ' ');
        Table t = {parts.items[0], parts.items[1], text_equal(parts.items[2], "t")};
        TRY(check_table(tmp, w, &t));
    }
    *count = tables.count;
    return OK;
}

/* ---- Tests ---- */

TEST(no_table_shows_or_takes_what_is_another_tenants)
{
    Watch w;
    size_t count;

    TRY(open_watch(s, &w));
    TRY(check_tables(s, &w, "", &count));
    CHECK(count > 20);
    return OK;
}

typedef struct Sabotage {
    const char *table, *sql, *says;
} Sabotage;

TEST(one_broken_policy_is_noticed)
{
    static const Sabotage ways[] = {
        {"repos", "ALTER POLICY of_tenant ON repos USING (true)", "seen without a tenant"},
        {"lines", "ALTER POLICY of_tenant ON lines WITH CHECK (true)", "a row is moved"},
        {"intents", "CREATE POLICY soft ON intents FOR DELETE USING (true)", "rows are deleted"},
        {"users", "CREATE POLICY soft ON users FOR UPDATE USING (true)", "rows are changed"},
        {"prs", "CREATE POLICY soft ON prs FOR INSERT WITH CHECK (true)", "is put among"},
        {"runs", "ALTER TABLE runs NO FORCE ROW LEVEL SECURITY", "is not forced"},
        {"usage", "ALTER TABLE usage DISABLE ROW LEVEL SECURITY", "is not forced"},
        {"reviews", "DROP POLICY of_tenant ON reviews", "not exactly what is ours"},
        {"shares", "GRANT TRUNCATE ON shares TO dursor_app", "TRUNCATE"},
        {"forgotten",
         "CREATE TABLE forgotten (tenant_id text); GRANT ALL ON forgotten TO dursor_app",
         "is not forced"},
    };
    size_t count;
    Watch w;

    TRY(open_watch(s, &w));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        TRY(server_do(s, w.url, ways[i].sql));
        Error *e = check_tables(s, &w, ways[i].table, &count);
        CHECK_TEXT(text(s, "%s: %s", ways[i].table, e ? "noticed" : "fine"),
                   text(s, "%s: noticed", ways[i].table));
        CHECK_HAS(e->message, ways[i].says);
    }
    return OK;
}

TEST(the_role_of_requests_cannot_become_more_than_it_is)
{
    static const char *const ways[] = {
        "SET ROLE dursor_system",
        "SET ROLE owner",
        "SET SESSION AUTHORIZATION owner",
        "SET session_replication_role = replica",
        "ALTER ROLE dursor_app BYPASSRLS",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "GRANT dursor_system TO CURRENT_USER",
        "CREATE ROLE more",
        "CREATE TABLE stolen AS SELECT * FROM repos",
        "CREATE FUNCTION more() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
        "UPDATE cluster SET epoch = 7",
        "DELETE FROM workers",
        "UPDATE pg_class SET relrowsecurity = false",
    };
    char state[6];
    Watch w;

    TRY(open_watch(s, &w));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        (void)as_tenant(s, &w, OURS, ways[i], state);
        CHECK_TEXT(text(s, "%s: %s", ways[i], state), text(s, "%s: 42501", ways[i]));
    }
    (void)count_of(w.pg, "SET row_security = off", state);
    (void)as_tenant(s, &w, OURS, "SELECT count(*) FROM repos", state);
    CHECK_TEXT(state, "42501");
    return OK;
}

/* What runs with its owner's rights would be a way around. */
TEST(nothing_that_the_role_may_use_runs_with_other_rights)
{
    static const char *const lists[] = {
        "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'dursor\\_%' AND "
        "(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR "
        "pg_has_role(rolname, 'pg_read_all_data', 'MEMBER'))",
        "SELECT string_agg(oid::regprocedure::text, ',') FROM pg_proc WHERE prosecdef AND "
        "pronamespace = current_schema()::regnamespace AND "
        "has_function_privilege('dursor_app', oid, 'EXECUTE') AND prorettype <> 'trigger'::regtype",
        "SELECT string_agg(relname, ',') FROM pg_class WHERE relnamespace = "
        "current_schema()::regnamespace AND (relkind = 'm' OR relkind = 'v' AND NOT "
        "coalesce(reloptions @> ARRAY['security_invoker=true'], false)) AND "
        "has_table_privilege('dursor_app', oid, 'SELECT')",
    };
    const char *found;
    Watch w;

    TRY(open_watch(s, &w));
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        TRY(server_text(s, w.url, lists[i], &found));
        CHECK_TEXT(found, "");
    }
    return OK;
}
