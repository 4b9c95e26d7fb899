/* Subscriptions of one process, and the drivers that reach others. */

#include "base/time.h"
#include "bus/driver.h"

struct Subscription {
    Bus *bus;
    const char *prefix;
    int event;
    bool all;
    size_t count;
    char topics[SUBSCRIPTION_TOPICS_MAX][TOPIC_SIZE_MAX];
    Subscription *next;
};

static const BusDriver *const drivers[] = {&local_bus, &store_bus, &redis_bus, &rediss_bus};

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

void bus_wake(Bus *bus, const char *topic)
{
    LOCKED (&bus->mutex) {
        for (Subscription *sub = bus->first; sub; sub = sub->next)
            if (!topic || text_starts(topic, sub->prefix))
                subscription_wake(sub, topic);
    }
}

void bus_publish(Bus *bus, const char *topic)
{
    bus_wake(bus, topic);
    if (bus->tell)
        bus->tell(bus->own, topic);
}

Error *bus_open(Scope *s, const BusOptions *options, Bus **out)
{
    Bus *bus = NEW(s, Bus);

    for (size_t i = 0; i < COUNT_OF(drivers); i++) {
        if (!text_starts(options->url, drivers[i]->scheme))
            continue;
        TRY(drivers[i]->open(s, options, bus));
        *out = bus;
        return OK;
    }
    return fail(s, INVALID,
                "no bus of that kind: DURSOR_BUS_URL is local:, store:, redis:// or rediss://");
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
