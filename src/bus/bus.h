/* Wake-ups between units of work: "run X has news", "there are jobs". They carry no truth: a lost
 * wake-up costs the time until the next look at the database, nothing else.
 *
 *     TRY(bus_subscribe(s, bus, "run:", &sub));
 *     struct pollfd fd = {subscription_fd(sub), POLLIN, 0};
 *     TRY(scope_poll(s, &fd, 1, 5 * US_PER_S, &ready));
 *     Wakes wakes = subscription_take(tmp, sub);
 *     if (wakes.all || texts_have(&wakes.topics, topic))
 *         …
 *
 * Topics: "jobs", "run:<id>" (events or status), "task:<id>" (runs or messages were added), "tenant:<id>" (anything of it),
 * "cancel:<run id>".
 * local: wakes this process, and by a watched file those on the same machine; store: and redis:// wake all
 * processes of the service. A Bus is thread-safe; a subscription belongs to the thread that opened it.
 */
#pragma once

#include "base/text.h"
#include "store/store.h"

enum {
    TOPIC_SIZE_MAX = 80,
    SUBSCRIPTION_TOPICS_MAX = 256, /* kept apart; more make it "all" */
    FOREIGN_PAUSE_US = 25 * 1000,  /* least time between two looks for other processes' news */
};

typedef struct Bus Bus;
typedef struct Subscription Subscription;

typedef struct BusOptions {
    const char *url;        /* local:, store:, redis://…, rediss://… */
    const char *watch_path; /* a file that other processes change when there is news; NULL: none do */
    const StoreOptions *store; /* of store:; what it names outlives s */
} BusOptions;

/* INVALID for an unknown scheme, with those that exist, and for what can never carry (a pooler before
 * PostgreSQL). What is only away is connected when it comes. Closed with s, after what was published has
 * been told. */
fallible bus_open(Scope *s, const BusOptions *options, Bus **out);

/* After the commit, never before. Here at once; to other processes merged, each topic ten times a second.
 * Cannot fail: what is lost is found by the next look. */
void bus_publish(Bus *bus, const char *topic);

/* All topics that begin with the prefix. Ends with s. */
fallible bus_subscribe(Scope *s, Bus *bus, const char *prefix, Subscription **out);
/* Readable when there is something to take. */
int subscription_fd(const Subscription *sub);

typedef struct Wakes {
    TextList topics; /* each once */
    bool all;        /* anything may have changed: look at everything */
} Wakes;

Wakes subscription_take(Scope *s, Subscription *sub);
