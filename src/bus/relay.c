/* The thread between a bus and a carrier. A text is "SENDER TOPIC TOPIC …": who sent it, so as not to
 * hear oneself, and what changed; the topic "*" is everything. */

#include "bus/relay.h"

#include <poll.h>
#include <stdio.h>

#include "base/id.h"
#include "base/log.h"
#include "base/time.h"
#include "bus/outbox.h"

enum { SENDER_BYTES = 6 };

typedef struct Relay {
    Bus *bus;
    const Carrier *carrier;
    void *from;
    const char *sender; /* this bus's name among all */
    int event;          /* set when there is something to tell */
    Mutex mutex;        /* of all below */
    Condition changed;
    Outbox outbox;
    bool telling; /* what was taken out of the outbox is on its way */
    bool ending;  /* tell everything now */
    bool tried;   /* the first line stands, or did not come to stand */
    bool connected;
    ErrorKind fault; /* of the first try; 0: none */
    char said[512];
} Relay;

/* ---- Telling ---- */

static void relay_tell(void *own, const char *topic)
{
    Relay *relay = own;

    LOCKED (&relay->mutex)
        outbox_add(&relay->outbox, topic, clock_us());
    event_set(relay->event);
}

static TextList take_out(Scope *s, Relay *relay)
{
    TextList topics = {0};

    LOCKED (&relay->mutex) {
        event_clear(relay->event);
        outbox_take(s, &relay->outbox, relay->ending ? INT64_MAX / 2 : clock_us(), &topics);
        relay->telling = topics.count > 0;
    }
    return topics;
}

static fallible tell_topics(Scope *s, Relay *relay, void *line, const TextList *topics)
{
    const char *text_now = relay->sender;

    scope_limit(s, RELAY_TELL_US);
    EACH (const char *, topic, topics) {
        if (strlen(text_now) + strlen(*topic) + 1 > RELAY_TEXT_MAX) {
            TRY(relay->carrier->tell(s, line, text_now));
            text_now = relay->sender;
        }
        text_now = text(s, "%s %s", text_now, *topic);
    }
    return relay->carrier->tell(s, line, text_now);
}

static fallible tell_others(Scope *s, Relay *relay, void *line)
{
    SCOPE(tmp, s);
    TextList topics = take_out(tmp, relay);

    if (!topics.count)
        return OK;
    Error *e = tell_topics(tmp, relay, line, &topics);
    LOCKED (&relay->mutex) {
        relay->telling = false;
        condition_wake_all(&relay->changed);
    }
    return e;
}

/* ---- Hearing ---- */

/* Whoever reaches the server can tell anything; nothing worse comes of it than looks at the database. */
static void wake_for(Scope *s, Relay *relay, const char *heard)
{
    TextList words = {0};

    if (strlen(heard) > RELAY_TEXT_MAX) {
        bus_wake(relay->bus, NULL);
        return;
    }
    words = text_split(s, heard, ' ');

    for (size_t i = 1; i < words.count && !text_equal(words.items[0], relay->sender); i++)
        bus_wake(relay->bus, text_equal(words.items[i], OUTBOX_ALL) ? NULL : words.items[i]);
}

static fallible hear_others(Scope *s, Relay *relay, void *line)
{
    TextList heard = {0};
    bool missed = false;

    TRY(relay->carrier->take(s, line, &heard, &missed));
    if (missed)
        bus_wake(relay->bus, NULL);
    EACH (const char *, one, &heard)
        wake_for(s, relay, *one);
    return OK;
}

/* ---- The thread ---- */

static int64_t wait_us(Relay *relay)
{
    int64_t wait = 0;

    LOCKED (&relay->mutex)
        wait = outbox_wait(&relay->outbox, relay->ending ? INT64_MAX / 2 : clock_us());
    return wait == INT64_MAX ? -1 : wait;
}

/* What was published while no line stood has reached nobody, and what others told has not reached us. */
static void connected(Scope *s, Relay *relay)
{
    bool gap = false;

    LOCKED (&relay->mutex) {
        gap = relay->tried;
        relay->tried = relay->connected = true;
        if (gap)
            outbox_add(&relay->outbox, NULL, clock_us());
        condition_wake_all(&relay->changed);
    }
    if (!gap)
        return;
    bus_wake(relay->bus, NULL);
    log_info(s, "wake-ups pass through %s again", relay->carrier->name);
}

static void disconnected(Scope *s, Relay *relay, const Error *e)
{
    bool news = false;

    LOCKED (&relay->mutex) {
        news = relay->connected || !relay->tried;
        if (!relay->tried) {
            relay->fault = e->kind;
            snprintf(relay->said, sizeof relay->said, "%s", e->message);
        }
        relay->tried = true;
        relay->connected = relay->telling = false;
        condition_wake_all(&relay->changed);
    }
    if (news)
        log_warning(s, "no wake-ups through %s, everything comes some seconds late: %s",
                    relay->carrier->name, e->message);
}

static fallible carry(Scope *s, Relay *relay, int64_t *pause_us)
{
    void *line;
    int ready;

    TRY(relay->carrier->open(s, relay->from, &line));
    *pause_us = RELAY_PAUSE_FIRST_US;
    connected(s, relay);
    for (;;) {
        SCOPE(turn, s);
        struct pollfd fds[] = {{.fd = relay->carrier->fd(line), .events = POLLIN},
                               {.fd = relay->event, .events = POLLIN}};
        TRY(tell_others(turn, relay, line));
        TRY(hear_others(turn, relay,
                        line)); /* after it: what came meanwhile makes nothing readable */
        TRY(scope_poll(turn, fds, COUNT_OF(fds), wait_us(relay), &ready));
    }
}

static Error *relay_run(Scope *s, void *arg)
{
    Relay *relay = arg;
    int64_t pause_us = RELAY_PAUSE_FIRST_US;

    for (;;) {
        UNIT(life, scope_cancel(s), "bus"); /* and the end of what the last one said */
        Error *e = carry(life, relay, &pause_us);
        TRY(scope_check(s));
        disconnected(life, relay, e);
        TRY(scope_sleep(s, pause_us));
        pause_us = pause_us * 2 < RELAY_PAUSE_MAX_US ? pause_us * 2 : RELAY_PAUSE_MAX_US;
    }
}

/* Before the thread ends: what was just published is told still. */
static void relay_flush(void *what)
{
    Relay *relay = what;
    UNIT(u, NULL, "bus");

    scope_limit(u, RELAY_FLUSH_US);
    LOCKED (&relay->mutex) {
        relay->ending = true;
        event_set(relay->event);
        while (relay->connected && (relay->telling || !outbox_empty(&relay->outbox)))
            if (condition_wait(u, &relay->changed, &relay->mutex))
                return;
    }
}

/* That it can never be is said at the start; that it is away is not worth keeping the start from. */
static fallible first_line(Scope *s, Relay *relay)
{
    SCOPE(tmp, s);
    ErrorKind fault = 0;

    scope_limit(tmp, RELAY_OPEN_US);
    LOCKED (&relay->mutex) {
        while (!relay->tried) {
            Error *e = condition_wait(tmp, &relay->changed, &relay->mutex);
            TRY(scope_check(s));
            if (e)
                return OK;
        }
        fault = relay->fault;
    }
    if (fault == INVALID || fault == DENIED)
        return fail(s, fault, "%s", relay->said);
    return OK;
}

fallible relay_open(Scope *s, Bus *bus, const Carrier *carrier, void *from)
{
    Relay *relay = NEW(s, Relay);

    relay->bus = bus;
    relay->carrier = carrier;
    relay->from = from;
    relay->sender = random_hex(s, SENDER_BYTES);
    TRY(event_open(s, &relay->event));
    TRY(thread_start(s, "bus", relay_run, relay, NULL));
    scope_undo(s, relay_flush, relay);
    bus->tell = relay_tell;
    bus->own = relay;
    return first_line(s, relay);
}
