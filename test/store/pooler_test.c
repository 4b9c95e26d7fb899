/* What PgBouncer in transaction mode changes: the server's sessions belong to everybody. */

#include "base/id.h"
#include "sys/thread.h"
#include "test/store/drivers.h"

enum { CLIENTS = 8, TURNS = 15 };

static const Statement q_prepared = {.name = "prepared",
                                     .postgres =
                                         "SELECT count(*) AS number FROM pg_prepared_statements",
                                     .type = &number_type};

POOLER_TEST(a_pooler_is_noticed_and_no_statement_has_a_name)
{
    Thing thing = given_thing(s, "pooled");
    Number count;

    TRY(WRITE(g, thing_put(s, tx, &thing)));
    TRY(READ(g, thing_get(s, tx, thing.id, &(Thing){0})));
    TRY(READ(g, query_one(s, tx, &q_prepared, NO_ARGS, &count)));
    CHECK_EQ(count.number, 0);
    return OK;
}

POOLER_TEST(statements_may_be_named_where_the_pooler_is_said_to_know_them)
{
    Given other = *g;
    Number count;

    other.options.connections = 1;
    other.options.url = text(s, "%s?dursor_prepared=on", g->options.url);
    TRY(store_open(s, &other.options, &other.store));
    TRY(READ(&other, query_one(s, tx, &q_prepared, NO_ARGS, &count)));
    CHECK(count.number > 0);
    return server_do(s, g->options.url, "DEALLOCATE ALL");
}

/* ---- Many clients on few servers ---- */

typedef struct Client {
    Given *g;
    Caller caller;
} Client;

static fallible put_and_count(Scope *s, Client *client, int turn)
{
    Thing thing = given_thing(s, text(s, "%s %d", client->caller.tenant_id, turn));
    Store *store = client->g->store;
    int64_t count;

    TRY(IN_TX(tx_write(tx_scope, store, &client->caller, &tx), thing_put(s, tx, &thing)));
    TRY(IN_TX(tx_read(tx_scope, store, &client->caller, &tx), things_count(s, tx, &count)));
    CHECK_EQ(count, turn + 1); /* only its own */
    return OK;
}

static Error *work(Scope *s, void *arg)
{
    for (int turn = 0; turn < TURNS; turn++) {
        SCOPE(tmp, s);
        TRY(put_and_count(tmp, arg, turn));
    }
    return OK;
}

POOLER_TEST(each_tenant_sees_its_own_whoever_had_the_session_before)
{
    Client clients[CLIENTS];
    Thread *threads[CLIENTS];
    int64_t count = 0;

    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (Client){g, {text(s, "tenant-%d", i), NULL, ROLE_ADMIN}};
        TRY(thread_start(s, "client", work, &clients[i], &threads[i]));
    }
    for (int i = 0; i < CLIENTS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(SYSTEM(g, things_count(s, tx, &count)));
    CHECK_EQ(count, CLIENTS * TURNS);
    return OK;
}

static const char q_left_behind[] =
    "SELECT concat_ws(',', nullif(current_setting('dursor.tenant', true), ''),"
    " nullif(current_user::text, session_user::text), (SELECT string_agg(name, ',') FROM"
    " pg_prepared_statements), (SELECT string_agg(objid::text, ',') FROM pg_locks WHERE locktype ="
    " 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))";

POOLER_TEST(no_session_keeps_anything_of_what_went_through_it)
{
    Client client = {g, {"tenant", NULL, ROLE_ADMIN}};
    const char *left;

    TRY(work(s, &client));
    for (int i = 0; i < CLIENTS; i++) {
        TRY(server_text(s, g->options.url, q_left_behind, &left));
        CHECK_TEXT(left, "");
    }
    return OK;
}

POOLER_TEST(a_migration_asks_for_the_servers_own_address)
{
    StoreOptions pooled = {.url = g->options.url};
    MigrationState state;

    Error *e = store_migrate(s, &pooled, 0, NULL);
    FAILS(INVALID, e);
    CHECK_HAS(e->message, "DURSOR_DATABASE_DIRECT_URL");
    TRY(store_migration_state(s, &pooled, &state)); /* looking needs no session */
    CHECK_EQ(state.version, state.newest);
    return OK;
}

POOLER_TEST(after_the_pooler_lost_its_servers_the_next_read_comes_through)
{
    int64_t count;

    TRY(READ(g, things_count(s, tx, &count)));
    TRY(server_do(s, g->options.direct_url,
                  "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
                  "current_database() AND pid <> pg_backend_pid()"));
    return READ(g, things_count(s, tx, &count));
}
