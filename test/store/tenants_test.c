/* Row-level security: no statement, however wrong, shows one tenant the rows of another. */

#include "base/id.h"
#include "test/store/drivers.h"

static const Caller ours = {"t-ours", "u", ROLE_ADMIN}, theirs = {"t-theirs", "u", ROLE_ADMIN};

#define AS(g, caller, call) IN_TX(tx_write(tx_scope, (g)->store, &(caller), &tx), call)

SERVER_TEST(a_statement_that_forgot_the_tenant_shows_only_its_own_rows)
{
    Thing one = given_thing(s, "ours"), two = given_thing(s, "theirs");
    int64_t seen = -1;

    TRY(AS(g, ours, thing_put(s, tx, &one)));
    TRY(AS(g, theirs, thing_put(s, tx, &two)));
    TRY(AS(g, ours, things_count(s, tx, &seen)));
    CHECK_EQ(seen, 1);
    FAILS(MISSING, AS(g, ours, thing_get(s, tx, two.id, &(Thing){0})));
    TRY(SYSTEM(g, things_count(s, tx, &seen)));
    CHECK_EQ(seen, 2);
    return OK;
}

SERVER_TEST(rows_of_others_are_neither_changed_nor_made)
{
    static const Statement forge = {.name = "forge",
                                    .postgres = "INSERT INTO things (id, tenant_id, colour) VALUES "
                                                "(gen_random_uuid(), 't-theirs', 'red')"};
    Thing thing = given_thing(s, "theirs");
    const char *id = thing.id, *title = "taken";
    int64_t changed = -1;

    TRY(AS(g, theirs, thing_put(s, tx, &thing)));
    TRY(AS(g, ours, query_run(s, tx, &q_thing_rename, ARGS(ARG(id), ARG(title)), &changed)));
    CHECK_EQ(changed, 0);
    FAILS(DENIED, AS(g, ours, query_run(s, tx, &forge, NO_ARGS, NULL)));
    return OK;
}

/* As somebody who speaks SQL with the service's role would. */
SERVER_TEST(without_a_tenant_there_are_no_rows)
{
    const char *count;

    TRY(AS(g, ours, thing_put(s, tx, &(Thing){.id = id_new(s), .colour = RED})));
    TRY(server_text(s, g->options.url, "SET ROLE dursor_app; SELECT count(*) FROM things", &count));
    CHECK_TEXT(count, "0");
    TRY(server_text(s, g->options.url,
                    "SET ROLE dursor_app; SET dursor.tenant = ''; SELECT count(*) FROM things",
                    &count));
    CHECK_TEXT(count, "0");
    TRY(server_text(
        s, g->options.url,
        "SET ROLE dursor_app; SET dursor.tenant = 't-ours'; SELECT count(*) FROM things", &count));
    CHECK_TEXT(count, "1");
    return OK;
}

SERVER_TEST(the_owner_of_the_tables_sees_no_rows_either)
{
    const char *count, *role = text(s, "owner_%s", random_hex(s, 6));

    TRY(AS(g, ours, thing_put(s, tx, &(Thing){.id = id_new(s), .colour = RED})));
    TRY(server_do(s, g->options.url,
                  text(s, "CREATE ROLE %s; ALTER TABLE things OWNER TO %s", role, role)));
    Error *e = server_text(s, g->options.url,
                           text(s, "SET ROLE %s; SELECT count(*) FROM things", role), &count);
    TRY(server_do(s, g->options.url,
                  text(s, "REASSIGN OWNED BY %s TO CURRENT_USER; DROP ROLE %s", role, role)));
    TRY(e);
    CHECK_TEXT(count, "0");
    return OK;
}

/* Each table with tenants, also those of later migrations. */
SERVER_TEST(every_table_with_tenants_is_guarded)
{
    const char *open;

    TRY(server_text(s, g->options.url,
                    "SELECT coalesce(string_agg(c.relname, ' '), '') FROM pg_class c JOIN "
                    "pg_attribute a ON a.attrelid = c.oid "
                    "WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND c.relnamespace "
                    "= 'public'::regnamespace "
                    "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
                    &open));
    CHECK_TEXT(open, "");
    return OK;
}

SERVER_TEST(a_connection_takes_no_tenant_to_its_next_user)
{
    Given single = *g;
    int64_t seen = -1;

    single.options.connections = 1;
    TRY(store_open(s, &single.options, &single.store));
    TRY(AS(&single, ours, thing_put(s, tx, &(Thing){.id = id_new(s), .colour = RED})));
    TRY(AS(&single, theirs, things_count(s, tx, &seen)));
    CHECK_EQ(seen, 0);
    TRY(IN_TX(tx_system_read(tx_scope, single.store, &tx), things_count(s, tx, &seen)));
    CHECK_EQ(seen, 1);
    TRY(IN_TX(tx_read(tx_scope, single.store, &theirs, &tx), things_count(s, tx, &seen)));
    CHECK_EQ(seen, 0);
    return OK;
}
