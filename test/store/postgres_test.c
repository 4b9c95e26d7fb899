/* What only PostgreSQL has: a network between, a pool, round trips. */

#include "base/id.h"
#include "sys/thread.h"
#include "test/store/drivers.h"
#include "test/store/proxy.h"

/* ---- Round trips ---- */

/* The same database through a proxy, over one connection that is there already. */
static fallible given_proxied(Scope *s, Given *g, Given *out, Proxy **proxy)
{
    int64_t count;

    TRY(proxy_open(s, g->options.url, proxy));
    *out = *g;
    out->options.url = (*proxy)->url;
    out->options.connections = 1;
    TRY(store_open(s, &out->options, &out->store));
    return READ(out, things_count(s, tx, &count));
}

SERVER_TEST(one_read_with_its_tenant_is_one_round_trip)
{
    Thing thing = given_thing(s, "far");
    Proxy *proxy;
    Given far;

    TRY(WRITE(g, thing_put(s, tx, &thing)));
    TRY(given_proxied(s, g, &far, &proxy));
    for (int i = 0; i < 2; i++) { /* the first prepares it as well */
        int64_t before = proxy->trips;
        TRY(READ(&far, thing_get(s, tx, thing.id, &(Thing){0})));
        CHECK_EQ(proxy->trips - before, 1);
    }
    return OK;
}

SERVER_TEST(many_reads_put_off_are_one_round_trip)
{
    NumberList counts = {0};
    Proxy *proxy;
    Given far;
    Tx *tx;

    TRY(given_proxied(s, g, &far, &proxy));
    int64_t before = proxy->trips;
    TRY(tx_read(s, far.store, &local_caller, &tx));
    for (int i = 0; i < 20; i++)
        TRY(query_later(s, tx, &q_things_count, NO_ARGS, &counts));
    TRY(tx_commit(s, tx));
    CHECK_EQ(counts.count, 20);
    CHECK_EQ(proxy->trips - before, 1);
    return OK;
}

SERVER_TEST(a_write_begins_with_its_first_statement_and_its_commit_is_answered)
{
    Thing thing = given_thing(s, "far");
    Proxy *proxy;
    Given far;

    TRY(given_proxied(s, g, &far, &proxy));
    int64_t before = proxy->trips;
    TRY(WRITE(&far, thing_put(s, tx, &thing)));
    CHECK_EQ(proxy->trips - before, 2);
    return OK;
}

SERVER_TEST(a_commit_without_an_answer_is_not_called_a_failure_nor_a_success)
{
    Thing thing = given_thing(s, "unknown");
    Proxy *proxy;
    Given far;
    Tx *tx;

    TRY(given_proxied(s, g, &far, &proxy));
    TRY(tx_write(s, far.store, &local_caller, &tx));
    TRY(thing_put(s, tx, &thing));
    proxy->cut = true;
    Error *e = tx_commit(s, tx);
    FAILS(UNAVAILABLE, e);
    CHECK_TEXT(e->code, "commit_unknown");
    return OK;
}

/* ---- Connections that end ---- */

static fallible end_all_connections(Scope *s, Given *g)
{
    const char *name = strrchr(g->options.url, '/') + 1, *url;

    TRY(server_url(s, &url));
    return server_do(
        s, url,
        text(s, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'",
             name));
}

SERVER_TEST(after_the_server_closed_idle_connections_the_next_read_is_fine)
{
    int64_t count;

    TRY(READ(g, things_count(s, tx, &count)));
    TRY(end_all_connections(s, g));
    return READ(g, things_count(s, tx, &count));
}

SERVER_TEST(a_transaction_whose_connection_ends_may_be_tried_again)
{
    Thing thing = given_thing(s, "again");
    int64_t count;

    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_write(tmp, g->store, &local_caller, &tx));
        TRY(thing_put(tmp, tx, &thing));
        TRY(end_all_connections(s, g));
        Error *e = things_count(tmp, tx, &count);
        FAILS(UNAVAILABLE, e);
        CHECK(error_kind(e->kind)->retry);
    }
    return WRITE(g, thing_put(s, tx, &thing));
}

static fallible sleepers(Scope *s, Given *g, const char **count)
{
    return server_text(
        s, g->options.url,
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3600)%' "
        "AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()",
        count);
}

SERVER_TEST(a_cancelled_statement_ends_in_the_server_as_well)
{
    UNIT(unit, NULL, "impatient");
    const char *count = "1";
    Tx *tx;

    scope_limit(unit, 100 * US_PER_MS);
    TRY(error_move(s, tx_read(unit, g->store, &local_caller, &tx)));
    FAILS(TIMEOUT, query_one(unit, tx, &q_forever, NO_ARGS, &(Number){0}));
    scope_limit(s, 3 * US_PER_S);
    while (!text_equal(count, "0")) {
        TRY(scope_check(s));
        TRY(sleepers(s, g, &count));
    }
    return OK;
}

SERVER_TEST(a_server_that_does_not_answer_costs_no_more_than_the_deadline)
{
    UNIT(unit, NULL, "impatient");
    StoreOptions options = g->options;
    Proxy *proxy;
    Store *store;

    TRY(proxy_open(s, options.url, &proxy));
    proxy->silent = true;
    options.url = proxy->url;
    scope_limit(unit, 200 * US_PER_MS);
    int64_t begun = clock_us();
    FAILS(TIMEOUT, store_open(unit, &options, &store));
    CHECK(clock_us() - begun < 2 * US_PER_S);
    return OK;
}

/* ---- The pool ---- */

typedef struct Lender {
    Given *g;
    _Atomic int64_t *most;
} Lender;

static const Statement q_connections = {
    .name = "connections",
    .postgres = "SELECT count(*) AS number FROM pg_stat_activity, pg_sleep(0.02) "
                "WHERE datname = current_database() AND application_name = 'dursor'",
    .type = &number_type,
};

static Error *count_connections(Scope *s, void *arg)
{
    Lender *lender = arg;
    Number count;

    for (int i = 0; i < 5; i++) {
        TRY(READ(lender->g, query_one(s, tx, &q_connections, NO_ARGS, &count)));
        if (count.number > *lender->most)
            *lender->most = count.number;
    }
    return OK;
}

SERVER_TEST(no_more_connections_are_open_than_may_be_lent)
{
    _Atomic int64_t most = 0;
    Lender lender = {g, &most};
    Thread *threads[10];

    TRY(server_do(s, g->options.url, "GRANT pg_read_all_stats TO dursor_app"));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_start(s, "lender", count_connections, &lender, &threads[i]));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(most, g->options.connections);
    return OK;
}

SERVER_TEST(who_finds_all_connections_lent_waits_until_its_deadline)
{
    UNIT(unit, NULL, "request");
    Tx *held, *wanted;

    for (int i = 0; i < g->options.connections; i++)
        TRY(tx_write(s, g->store, &local_caller, &held));
    scope_limit(unit, 50 * US_PER_MS);
    Error *e = tx_write(unit, g->store, &local_caller, &wanted);
    FAILS(TIMEOUT, e);
    CHECK_HAS(e->message, "waiting for a database connection");
    return OK;
}

static const Statement q_prepared = {.name = "prepared",
                                     .postgres =
                                         "SELECT count(*) AS number FROM pg_prepared_statements",
                                     .type = &number_type};

SERVER_TEST(behind_a_pooler_no_statement_has_a_name)
{
    Given pooled = *g;
    Number count;

    TRY(READ(g, query_one(s, tx, &q_prepared, NO_ARGS, &count)));
    CHECK(count.number > 0);
    pooled.options.url = text(s, "%s?dursor_prepared=off&application_name=pooled", g->options.url);
    TRY(store_open(s, &pooled.options, &pooled.store));
    TRY(WRITE(&pooled, thing_put(s, tx, &(Thing){.id = id_new(s), .title = "x", .colour = RED})));
    TRY(READ(&pooled, query_one(s, tx, &q_prepared, NO_ARGS, &count)));
    CHECK_EQ(count.number, 0);
    return OK;
}

/* ---- Failures ---- */

typedef struct StateCase {
    const char *state;
    ErrorKind kind;
    const char *code;
} StateCase;

SERVER_TEST(what_the_server_says_becomes_a_kind_one_can_act_on)
{
    static const StateCase cases[] = {
        {"40001", UNAVAILABLE, "serialization"}, {"40P01", UNAVAILABLE, "serialization"},
        {"57P01", UNAVAILABLE, "database_away"}, {"57P03", UNAVAILABLE, "database_away"},
        {"08006", UNAVAILABLE, "database_away"}, {"25006", UNAVAILABLE, "database_readonly"},
        {"23505", CONFLICT, "already_exists"},   {"23503", INVALID, "unknown_reference"},
        {"53300", UNAVAILABLE, "database_busy"}, {"57014", TIMEOUT, "timeout"},
        {"42501", DENIED, "database_denied"},    {"42P01", BUG, "bug"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *sql = text(s, "DO $$ BEGIN RAISE EXCEPTION 'boo' USING ERRCODE = '%s'; END $$",
                               cases[i].state);
        Statement q = {.name = "raise", .postgres = sql};
        Error *e = WRITE(g, query_run(s, tx, &q, NO_ARGS, NULL));
        FAILS(cases[i].kind, e);
        CHECK_TEXT(e->code, cases[i].code);
    }
    return OK;
}

SERVER_TEST(a_password_is_in_no_error)
{
    static const char *const urls[] = {
        "postgresql://me:hunter2%zz@127.0.0.1/x", "postgresql://me:hunter2@127.0.0.1:1/x",
        "postgresql://me:hunter2@no.such.host.invalid/x", "postgresql://me:hunter2@[/x", NULL};
    Store *store;

    for (size_t i = 0; urls[i]; i++) {
        Error *e = store_open(s, &(StoreOptions){.url = urls[i], .connections = 1}, &store);
        CHECK(failed_as(e, UNAVAILABLE) || failed_as(e, INVALID));
        CHECK(!strstr(e->message, "hunter2"));
    }
    const char *wrong = text(s, "postgresql://owner:hunter2@%s", strchr(g->options.url, '@') + 1);
    Error *e = store_open(s, &(StoreOptions){.url = wrong, .connections = 1}, &store);
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "password authentication failed");
    CHECK(!strstr(e->message, "hunter2"));
    return OK;
}

SERVER_TEST(while_the_server_is_away_requests_are_told_when_to_come_again)
{
    Proxy *proxy;
    int64_t count;
    Given far;

    TRY(given_proxied(s, g, &far, &proxy));
    proxy->cut = true;
    FAILS(UNAVAILABLE, READ(&far, things_count(s, tx, &count)));
    Error *e = READ(&far, things_count(s, tx, &count));
    FAILS(UNAVAILABLE, e);
    CHECK(e->retry_after_us > 0 && e->retry_after_us < 10 * US_PER_S);
    proxy->cut = false;
    TRY(scope_sleep(s, e->retry_after_us));
    return READ(&far, things_count(s, tx, &count));
}
