/* What every bus between processes promises. Two of them in this process stand for two processes. */

#include <libpq-fe.h>
#include <poll.h>

#include "base/id.h"
#include "base/time.h"
#include "bus/bus.h"
#include "test/net/given_redis.h"
#include "test/store/world.h"

#define PATIENCE_US (30 * US_PER_S)

typedef struct GivenBus {
    BusOptions options;
    World *world; /* of store: */
    bool carries;
} GivenBus;

typedef Error *BusTest(Scope *s, GivenBus *g);

static fallible given_bus(Scope *s, GivenBus *g, Bus **out)
{
    return bus_open(s, &g->options, out);
}

static fallible on_file(Scope *s, BusTest *test)
{
    const char *folder;

    TRY(directory_temporary(s, "/tmp", "bus", &folder));
    GivenBus g = {.options = {.url = "local:", .watch_path = text(s, "%s/db-wal", folder)}};
    return test(s, &g);
}

static fallible on_redis(Scope *s, const char *variable, BusTest *test)
{
    GivenBus g = {.carries = true};

    TRY(redis_variable(s, variable, &g.options.url));
    return test(s, &g);
}

static fallible on_postgres(Scope *s, World *w, BusTest *test)
{
    GivenBus g = {.options = {.url = "store:", .store = &w->options}, .world = w, .carries = true};

    return test(s, &g);
}

#define BUS_TEST(name_)                                                                            \
    static Error *each_##name_(Scope *s, GivenBus *g);                                             \
    TEST(name_##_through_a_file)                                                                   \
    {                                                                                              \
        return on_file(s, each_##name_);                                                           \
    }                                                                                              \
    static Error *postgres_##name_(Scope *s, World *w)                                             \
    {                                                                                              \
        return on_postgres(s, w, each_##name_);                                                    \
    }                                                                                              \
    TEST(name_##_through_the_database)                                                             \
    {                                                                                              \
        return world_test(s, ON_POSTGRES, postgres_##name_);                                       \
    }                                                                                              \
    TEST(name_##_through_redis)                                                                    \
    {                                                                                              \
        return on_redis(s, "DURSOR_TEST_REDIS_URL", each_##name_);                                 \
    }                                                                                              \
    TEST(name_##_through_redis_with_tls)                                                           \
    {                                                                                              \
        return on_redis(s, "DURSOR_TEST_REDIS_TLS_URL", each_##name_);                             \
    }                                                                                              \
    TEST(name_##_through_a_cluster)                                                                \
    {                                                                                              \
        return on_redis(s, "DURSOR_TEST_REDIS_CLUSTER_URL", each_##name_);                         \
    }                                                                                              \
    static Error *each_##name_(Scope *s, GivenBus *g)

/* Waits for the next wake-up that concerns the topic. */
static fallible wakes_for(Scope *s, Subscription *sub, const char *topic, bool *all)
{
    SCOPE(patience, s);
    struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
    int ready;

    scope_limit(patience, PATIENCE_US);
    for (;;) {
        TRY_WHILE(scope_poll(patience, &fd, 1, -1, &ready), "waiting for %s", topic);
        Wakes wakes = subscription_take(patience, sub);
        if (!wakes.all && !texts_have(&wakes.topics, topic))
            continue;
        if (all)
            *all = wakes.all;
        return OK;
    }
}

/* A file's watch begins in a thread of its own: it is written to until that is seen. */
static fallible publish(Scope *s, GivenBus *g, Bus *bus, const char *topic)
{
    bus_publish(bus, topic);
    return g->options.watch_path ? file_append(s, g->options.watch_path, BYTES("a change"), 0600)
                                 : OK;
}

static fallible publish_until_heard(Scope *s, GivenBus *g, Bus *from, Subscription *sub)
{
    struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
    int ready = 0;

    for (int64_t end = clock_us() + PATIENCE_US; !ready;) {
        CHECK(clock_us() < end);
        TRY(publish(s, g, from, "run:first"));
        TRY(scope_poll(s, &fd, 1, 50 * US_PER_MS, &ready));
    }
    return wakes_for(s, sub, "run:first", NULL);
}

BUS_TEST(what_one_process_publishes_wakes_the_others)
{
    Bus *here, *there;
    Subscription *sub;
    bool all = false;

    TRY(given_bus(s, g, &here));
    TRY(given_bus(s, g, &there));
    TRY(bus_subscribe(s, there, "run:", &sub));
    TRY(publish_until_heard(s, g, here, sub));
    const char *topic = text(s, "run:%s", id_new(s));
    TRY(publish(s, g, here, topic));
    TRY(wakes_for(s, sub, topic, &all));
    CHECK_EQ(all, !g->carries);
    return OK;
}

BUS_TEST(who_publishes_is_woken_at_once_and_not_by_itself_again)
{
    Bus *here, *there;
    Subscription *own, *others;

    TRY(given_bus(s, g, &here));
    TRY(given_bus(s, g, &there));
    TRY(bus_subscribe(s, here, "task:", &own));
    TRY(bus_subscribe(s, there, "task:", &others));
    bus_publish(here, "task:1");
    CHECK_EQ(subscription_take(s, own).topics.count, 1);
    if (!g->carries)
        return OK;
    TRY(wakes_for(s, others, "task:1", NULL));
    bus_publish(there, "task:2"); /* behind whatever may come back of the first */
    TRY(wakes_for(s, own, "task:2", NULL));
    CHECK_EQ(subscription_take(s, own).topics.count, 0);
    return OK;
}

BUS_TEST(hundreds_of_topics_at_once_all_arrive)
{
    enum { TOPICS = 300 };
    Bus *here, *there;
    Subscription *subs[TOPICS];

    if (!g->carries) /* there "all" is all there is */
        return OK;
    TRY(given_bus(s, g, &here));
    TRY(given_bus(s, g, &there));
    for (int i = 0; i < TOPICS; i++)
        TRY(bus_subscribe(s, there, text(s, "run:%d-of-many-with-a-name-as-long-as-names-are.", i),
                          &subs[i]));
    for (int i = 0; i < TOPICS; i++)
        bus_publish(here, text(s, "run:%d-of-many-with-a-name-as-long-as-names-are.", i));
    for (int i = 0; i < TOPICS; i++)
        TRY(wakes_for(s, subs[i], text(s, "run:%d-of-many-with-a-name-as-long-as-names-are.", i),
                      NULL));
    return OK;
}

BUS_TEST(what_a_process_publishes_before_it_ends_arrives)
{
    Bus *there;
    Subscription *sub;

    if (!g->carries) /* a file's change has happened by then */
        return OK;
    TRY(given_bus(s, g, &there));
    TRY(bus_subscribe(s, there, "jobs", &sub));
    {
        SCOPE(process, s);
        Bus *here;
        TRY(given_bus(process, g, &here));
        bus_publish(here, "jobs");
        bus_publish(here, "jobs");
    }
    return wakes_for(s, sub, "jobs", NULL);
}

/* ---- Gaps ---- */

static fallible terminate_listeners(Scope *s, const World *w)
{
    PGconn *pg = PQconnectdb(w->options.url);
    PGresult *result = PQexec(pg, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                  "datname = current_database() AND query LIKE 'LISTEN %'");
    int ended = PQntuples(result);

    PQclear(result);
    PQfinish(pg);
    CHECK_EQ(ended, 2);
    return OK;
}

static fallible gap(Scope *s, World *w)
{
    BusOptions options = {.url = "store:", .store = &w->options};
    GivenBus g = {.options = options, .carries = true};
    Bus *here, *there;
    Subscription *sub;
    bool all = false;

    TRY(bus_open(s, &options, &here));
    TRY(bus_open(s, &options, &there));
    TRY(bus_subscribe(s, there, "run:", &sub));
    TRY(terminate_listeners(s, w));
    bus_publish(here, "run:in-the-gap");
    TRY(wakes_for(s, sub, "run:in-the-gap", &all));
    CHECK(all);
    return publish_until_heard(s, &g, here, sub);
}

TEST(after_a_gap_anything_may_have_changed_and_wake_ups_come_again_through_the_database)
{
    return world_test(s, ON_POSTGRES, gap);
}

TEST(after_a_gap_anything_may_have_changed_and_wake_ups_come_again_through_redis)
{
    GivenServer *server;
    GivenBus g = {.carries = true};
    Bus *here, *there;
    Subscription *sub;
    bool all = false;

    TRY(given_server(s, &(TextList){0}, &server));
    g.options.url = server->url;
    TRY(given_bus(s, &g, &here));
    TRY(given_bus(s, &g, &there));
    TRY(bus_subscribe(s, there, "run:", &sub));
    TRY(server_kill(s, server));
    bus_publish(here, "run:in-the-gap");
    TRY(server_start(s, server, &(TextList){0}));
    TRY(wakes_for(s, sub, "run:in-the-gap", &all));
    CHECK(all);
    return publish_until_heard(s, &g, here, sub);
}

TEST(a_start_does_not_wait_for_a_redis_that_is_away_and_hears_it_when_it_comes)
{
    GivenServer *server;
    GivenBus g = {.carries = true};
    Bus *here, *there;
    Subscription *sub;

    TRY(given_server(s, &(TextList){0}, &server));
    TRY(server_kill(s, server));
    g.options.url = server->url;
    TRY(given_bus(s, &g, &here));
    TRY(given_bus(s, &g, &there));
    TRY(bus_subscribe(s, there, "run:", &sub));
    bus_publish(here, "run:before");
    TRY(server_start(s, server, &(TextList){0}));
    TRY(wakes_for(s, sub, "run:before", NULL));
    return publish_until_heard(s, &g, here, sub);
}

TEST(a_redis_that_refuses_us_ends_the_start_without_repeating_the_password)
{
    GivenServer *server;
    Bus *bus;

    TRY(given_server(s, &TEXTS("--requirepass", "right-one"), &server));
    BusOptions options = {.url = text(s, "redis://:wrong-one@127.0.0.1:%d", server->port)};
    Error *e = bus_open(s, &options, &bus);
    CHECK(failed_as(e, DENIED));
    CHECK(!strstr(e->message, "wrong-one"));
    return OK;
}

TEST(a_pooler_between_ends_the_start_with_the_setting_that_is_missing)
{
    Bus *bus;
    StoreOptions pooled = {0};

    TRY(redis_variable(s, "DURSOR_TEST_PGBOUNCER_URL", &pooled.url));
    BusOptions options = {.url = "store:", .store = &pooled};
    Error *e = bus_open(s, &options, &bus);
    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "DURSOR_DATABASE_DIRECT_URL");
    TRY(redis_variable(s, "DURSOR_TEST_POSTGRES_URL", &pooled.direct_url));
    return bus_open(s, &options, &bus);
}
