/* The bus of one process. Between processes on one SQLite file, a change of the write-ahead log is
 * the wake-up; it cannot tell what changed, so it means "all". */

#include <poll.h>

#include "base/log.h"
#include "base/time.h"
#include "bus/bus.h"
#include "sys/thread.h"
#include "sys/watch.h"

struct Subscription {
    Bus *bus;
    const char *prefix;
    int event;
    bool all;
    size_t count;
    char topics[SUBSCRIPTION_TOPICS_MAX][TOPIC_SIZE_MAX];
    Subscription *next;
};

struct Bus {
    Mutex mutex;
    Subscription *first;
    const char *watch_path;
};

static void subscription_wake(Subscription *sub, const char *topic)
{
    for (size_t i = 0; i < sub->count && !sub->all; i++)
        if (text_equal(sub->topics[i], topic))
            return;
    if (!topic || sub->count == SUBSCRIPTION_TOPICS_MAX || strlen(topic) >= TOPIC_SIZE_MAX)
        sub->all = true;
    else
        memcpy(sub->topics[sub->count++], topic, strlen(topic) + 1);
    event_set(sub->event);
}

/* NULL wakes everybody for everything. */
static void wake(Bus *bus, const char *topic)
{
    LOCKED (&bus->mutex) {
        for (Subscription *sub = bus->first; sub; sub = sub->next)
            if (!topic || text_starts(topic, sub->prefix))
                subscription_wake(sub, topic);
    }
}

void bus_publish(Bus *bus, const char *topic)
{
    wake(bus, topic);
}

/* Waits a little after each change: a busy log would otherwise be looked at for every page. */
static Error *watch_foreign(Scope *s, void *arg)
{
    Bus *bus = arg;
    Watch *watch;
    int ready;

    TRY(watch_file(s, bus->watch_path, &watch));
    struct pollfd fd = {.fd = watch->fd, .events = POLLIN};
    for (;;) {
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        if (watch_drain(watch))
            wake(bus, NULL);
        TRY(scope_sleep(s, FOREIGN_PAUSE_US));
    }
}

Error *bus_open(Scope *s, const BusOptions *options, Bus **out)
{
    if (!text_equal(options->url, "local:"))
        return fail(s, INVALID, "no bus for %s: DURSOR_BUS_URL is local:", options->url);
    Bus *bus = NEW(s, Bus);
    bus->watch_path = text_copy(s, options->watch_path);
    if (bus->watch_path)
        TRY(thread_start(s, "bus-watch", watch_foreign, bus, NULL));
    *out = bus;
    return OK;
}

static void unsubscribe(void *what)
{
    Subscription *sub = what;

    LOCKED (&sub->bus->mutex) {
        for (Subscription **at = &sub->bus->first; *at; at = &(*at)->next) {
            if (*at == sub) {
                *at = sub->next;
                break;
            }
        }
    }
}

Error *bus_subscribe(Scope *s, Bus *bus, const char *prefix, Subscription **out)
{
    Subscription *sub = NEW(s, Subscription);

    sub->bus = bus;
    sub->prefix = text_copy(s, prefix);
    TRY(event_open(s, &sub->event));
    LOCKED (&bus->mutex) {
        sub->next = bus->first;
        bus->first = sub;
    }
    scope_undo(s, unsubscribe, sub);
    *out = sub;
    return OK;
}

int subscription_fd(const Subscription *sub)
{
    return sub->event;
}

Wakes subscription_take(Scope *s, Subscription *sub)
{
    Wakes wakes = {0};

    LOCKED (&sub->bus->mutex) {
        event_clear(sub->event);
        wakes.all = sub->all;
        for (size_t i = 0; i < sub->count; i++)
            texts_add(s, &wakes.topics, sub->topics[i]);
        sub->all = false;
        sub->count = 0;
    }
    return wakes;
}
