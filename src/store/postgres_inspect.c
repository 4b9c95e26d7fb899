/* Looking at a server. */

#include "store/inspect.h"

#include "store/postgres.h"

static const Type look_type =
    TYPE(ServerLook, "What a connection says of its server.", FIELD(ServerLook, version),
         FIELD(ServerLook, version_text), FIELD(ServerLook, user_name), FIELD(ServerLook, bypasses),
         FIELD(ServerLook, read_only), FIELD(ServerLook, clock_us), FIELD(ServerLook, process),
         FIELD(ServerLook, place), FIELD(ServerLook, roles_missing),
         FIELD(ServerLook, roles_strong), FIELD(ServerLook, open_tables));

/* A policy keeps tenants apart when it asks for the tenant; one that does not opens the table. */
#define OPEN_TABLES                                                                                \
    "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c "                       \
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "           \
    "AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped "      \
    "AND a.attname = CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END) "               \
    "AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity OR EXISTS (SELECT FROM pg_policy p "   \
    "WHERE p.polrelid = c.oid AND p.polroles && ARRAY[0, to_regrole('dursor_app')::oid] "          \
    "AND (pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%dursor.tenant%' "                          \
    "OR pg_get_expr(p.polwithcheck, p.polrelid) NOT LIKE '%dursor.tenant%')))"

static const Statement server_look = {
    .name = "looking at the server",
    .postgres =
        "SELECT current_setting('server_version_num')::bigint AS version,"
        " current_setting('server_version') AS version_text, current_user::text AS user_name,"
        " (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS bypasses,"
        " pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,"
        " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS clock_us,"
        " pg_backend_pid()::text AS process,"
        " concat(pg_postmaster_start_time(), ' ', current_database()) AS place,"
        " (SELECT string_agg(r, ', ') FROM unnest(ARRAY['dursor_app', 'dursor_system']) r WHERE NOT"
        " coalesce(pg_has_role(current_user, to_regrole(r)::oid, 'MEMBER'), false)) AS"
        " roles_missing,"
        " (SELECT string_agg(rolname, ', ') FROM pg_roles WHERE rolname IN ('dursor_app',"
        " 'dursor_system', 'dursor_scale') AND (rolsuper OR rolbypassrls)) AS roles_strong,"
        " (" OPEN_TABLES ") AS open_tables",
    .type = &look_type,
};

static const Statement begin = {.name = "beginning", .postgres = "BEGIN"};
static const Statement commit = {.name = "committing", .postgres = "COMMIT"};

/* In a transaction, as all work is: a pooler by statement would refuse it. */
static fallible look(Scope *s, PostgresConnection *c, ServerLook *out)
{
    List rows = {0};
    CallList calls = {0};

    *list_add(s, &calls) = (Call){.s = s, .q = &begin};
    *list_add(s, &calls) = (Call){.s = s, .q = &server_look, .rows = &rows};
    *list_add(s, &calls) = (Call){.s = s, .q = &commit};
    TRY(postgres_exchange(s, c, &calls));
    *out = *(const ServerLook *)rows.items;
    return OK;
}

static void close_connection(void *c)
{
    postgres_disconnect(c);
}

static fallible connect_to(Scope *s, const StoreOptions *options, bool direct,
                           PostgresConnection **out)
{
    const PostgresUrl *url;

    TRY(postgres_url(s, options, direct, &url));
    TRY(postgres_connect(s, url, 0, out));
    scope_undo(s, close_connection, *out);
    return OK;
}

/* Two clients at once that one process works for are given it by transaction. */
static fallible look_beside(Scope *s, const StoreOptions *options, ServerView *view)
{
    PostgresConnection *second;
    ServerLook other;

    TRY(connect_to(s, options, false, &second));
    TRY(look(s, second, &other));
    view->by_transaction = text_equal(other.process, view->look.process);
    return OK;
}

static fallible look_directly(Scope *s, const StoreOptions *options, ServerView *view)
{
    PostgresConnection *direct;
    ServerLook other;

    TRY_WHILE(connect_to(s, options, true, &direct), "DURSOR_DATABASE_DIRECT_URL");
    TRY(look(s, direct, &other));
    view->has_direct = true;
    view->direct_pooled = direct->pooled;
    view->elsewhere = !text_equal(other.place, view->look.place);
    return OK;
}

fallible store_inspect(Scope *s, const StoreOptions *options, ServerView *out)
{
    SCOPE(tmp, s);
    PostgresConnection *c;
    ServerView view = {0};

    TRY(connect_to(tmp, options, false, &c));
    int64_t before = time_now().us;
    TRY(look(s, c, &view.look));
    view.clock_ahead_us = view.look.clock_us - (before + time_now().us) / 2;
    view.encrypted = PQsslInUse(c->pg);
    view.pooled = c->pooled;
    if (view.pooled)
        TRY(look_beside(tmp, options, &view));
    if (options->direct_url)
        TRY(look_directly(tmp, options, &view));
    *out = view;
    return OK;
}
