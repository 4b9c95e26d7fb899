/* Wake-ups within a process and, through a watched file, between processes. */

#include <poll.h>

#include "base/time.h"
#include "bus/bus.h"
#include "sys/file.h"
#include "sys/thread.h"
#include "test/test.h"

static const BusOptions local = {.url = "local:"};

TEST(a_wake_up_reaches_those_whose_prefix_fits_and_only_once)
{
    Bus *bus;
    Subscription *runs, *jobs;

    TRY(bus_open(s, &local, &bus));
    TRY(bus_subscribe(s, bus, "run:", &runs));
    TRY(bus_subscribe(s, bus, "jobs", &jobs));
    bus_publish(bus, "run:1");
    bus_publish(bus, "run:1");
    bus_publish(bus, "run:2");
    Wakes wakes = subscription_take(s, runs);
    CHECK_EQ(wakes.topics.count, 2);
    CHECK(!wakes.all && texts_have(&wakes.topics, "run:2"));
    CHECK_EQ(subscription_take(s, runs).topics.count, 0);
    CHECK_EQ(subscription_take(s, jobs).topics.count, 0);
    return OK;
}

static Error *publish_later(Scope *s, void *bus)
{
    (void)s;
    bus_publish(bus, "jobs");
    return OK;
}

TEST(a_waiting_thread_is_woken)
{
    Bus *bus;
    Subscription *sub;
    int ready;

    TRY(bus_open(s, &local, &bus));
    TRY(bus_subscribe(s, bus, "jobs", &sub));
    TRY(thread_start(s, "publisher", publish_later, bus, NULL));
    struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
    TRY(scope_poll(s, &fd, 1, -1, &ready));
    CHECK_EQ(subscription_take(s, sub).topics.count, 1);
    return OK;
}

TEST(too_many_topics_become_all_and_none_is_lost)
{
    Bus *bus;
    Subscription *sub;

    TRY(bus_open(s, &local, &bus));
    TRY(bus_subscribe(s, bus, "run:", &sub));
    for (int i = 0; i <= SUBSCRIPTION_TOPICS_MAX; i++)
        bus_publish(bus, text(s, "run:%d", i));
    Wakes wakes = subscription_take(s, sub);
    CHECK(wakes.all);
    CHECK(!subscription_take(s, sub).all);
    return OK;
}

TEST(a_change_of_the_watched_file_wakes_everybody)
{
    Bus *bus;
    Subscription *sub;
    const char *directory;
    int ready;

    TRY(directory_temporary(s, "/tmp", "bus", &directory));
    BusOptions options = {.url = "local:", .watch_path = text(s, "%s/db-wal", directory)};
    TRY(bus_open(s, &options, &bus));
    TRY(bus_subscribe(s, bus, "jobs", &sub));
    struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
    scope_limit(s, 20 * US_PER_S);
    do { /* the watch begins in a thread of its own: write until it has seen one */
        TRY(file_append(s, options.watch_path, BYTES("x"), 0600));
        TRY(scope_poll(s, &fd, 1, 50 * US_PER_MS, &ready));
    } while (!ready);
    CHECK(subscription_take(s, sub).all);
    return OK;
}

TEST(a_subscription_that_ended_is_no_longer_woken)
{
    Bus *bus;

    TRY(bus_open(s, &local, &bus));
    {
        SCOPE(brief, s);
        Subscription *sub;
        TRY(bus_subscribe(brief, bus, "run:", &sub));
    }
    bus_publish(bus, "run:1");
    return OK;
}

TEST(an_unknown_bus_is_refused_with_what_there_is)
{
    Bus *bus;
    BusOptions options = {.url = "carrier-pigeon:"};
    Error *e = bus_open(s, &options, &bus);

    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "redis://");
    return OK;
}
