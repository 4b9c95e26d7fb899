/* The hub's thread: joins, news, broadcasts. */

#include "api/hub.h"

#include <poll.h>

#include "api/channel.h"
#include "base/log.h"
#include "sys/thread.h"

typedef struct Join {
    Scope *home;
    WatchOrder order;
    Stream *stream;
    struct Join *next;
} Join;

typedef struct Waiting {
    Scope *home;
    const char *topic;
    HttpWaiter *waiter;
    WatchOrder order; /* of a tenant */
    int64_t until;    /* nobody waits any longer then */
    struct Waiting *next;
} Waiting;

struct Hub {
    App *app;
    Streams *streams;
    int event; /* set when somebody joins or waits */
    Mutex mutex;
    Join *joins;
    Waiting *waiting;
    Channel *channels; /* the hub's thread only */
};

const char *hub_group(Scope *s, const WatchOrder *order)
{
    if (order->kind == WATCH_LOG)
        return text(s, "log:%s:%s", order->id, order->cursor);
    return text(s, "%s:%s",
                order->kind == WATCH_RUN      ? "run"
                : order->kind == WATCH_TENANT ? "tenant"
                                              : "task",
                order->id);
}

static WatchOrder order_copy(Scope *s, const WatchOrder *order)
{
    Caller *caller = NEW(s, Caller);

    *caller = (Caller){text_copy(s, order->caller->tenant_id), text_copy(s, order->caller->user_id),
                       order->caller->role};
    return (WatchOrder){order->kind, text_copy(s, order->id),     caller,
                        order->seq,  text_copy(s, order->cursor), order->wait_us};
}

void hub_join(Hub *hub, const WatchOrder *order, Stream *stream)
{
    Scope *home = unit_open(NULL, "join");
    Join *join = NEW(home, Join);

    *join = (Join){home, order_copy(home, order), stream_keep(stream), NULL};
    LOCKED (&hub->mutex) {
        join->next = hub->joins;
        hub->joins = join;
    }
    event_set(hub->event);
}

void hub_wait(Hub *hub, const WatchOrder *order, HttpWaiter *waiter)
{
    Scope *home = unit_open(NULL, "long poll");
    Waiting *waiting = NEW(home, Waiting);

    *waiting = (Waiting){home,
                         hub_group(home, order),
                         http_waiter_keep(waiter),
                         order_copy(home, order),
                         clock_us() + order->wait_us,
                         NULL};
    LOCKED (&hub->mutex) {
        waiting->next = hub->waiting;
        hub->waiting = waiting;
    }
    event_set(hub->event); /* an idle hub looks at nothing */
}

static void waiting_end(Waiting *waiting)
{
    http_wake(waiting->waiter);
    http_waiter_drop(waiting->waiter);
    scope_close(waiting->home);
}

static Channel *channel_of(Hub *hub, const char *group)
{
    for (Channel *channel = hub->channels; channel; channel = channel->next)
        if (text_equal(channel->group, group))
            return channel;
    return NULL;
}

/* A task's long poll wakes for news of any run: which runs are its own only the database knows. A
 * tenant's wakes when its channel has read something. */
static bool concerns(Hub *hub, const Waiting *waiting, const Wakes *wakes)
{
    const Channel *channel;

    if (waiting->order.kind == WATCH_TENANT) {
        channel = channel_of(hub, waiting->topic);
        return (channel && channel->fresh) || clock_us() >= waiting->until;
    }
    return wakes->all || texts_have(&wakes->topics, waiting->topic) ||
           text_starts(waiting->topic, "task:");
}

static void wake_waiting(Hub *hub, const Wakes *wakes)
{
    LOCKED (&hub->mutex) {
        for (Waiting **at = &hub->waiting; *at;) {
            Waiting *waiting = *at;
            if (!concerns(hub, waiting, wakes)) {
                at = &waiting->next;
                continue;
            }
            *at = waiting->next;
            waiting_end(waiting);
        }
    }
}

static void join_end(Join *join)
{
    stream_drop(join->stream);
    scope_close(join->home);
}

static fallible take_in(Scope *s, Hub *hub, Join *join)
{
    Channel *channel = channel_of(hub, hub_group(s, &join->order));

    if (channel) { /* first everybody to now: the newcomer is then behind nobody */
        if (channel->started && channel->kind != WATCH_TENANT)
            TRY(channel_news(s, channel));
        return channel_catch_up(s, channel, &join->order, join->stream);
    }
    channel = channel_open(hub->app, hub->streams, &join->order);
    channel->next = hub->channels;
    hub->channels = channel;
    return channel_catch_up(s, channel, &join->order, join->stream);
}

static void take_joins(Scope *s, Hub *hub)
{
    Join *joins = NULL;

    LOCKED (&hub->mutex) {
        event_clear(hub->event);
        joins = hub->joins;
        hub->joins = NULL;
    }
    for (Join *next; joins; joins = next) {
        SCOPE(turn, s);
        next = joins->next;
        Error *e = take_in(turn, hub, joins);
        log_failure(turn, e);
        if (e) /* the client comes back */
            stream_end(joins->stream);
        join_end(joins);
    }
}

/* Somebody polls the tenant of that channel. */
static bool is_waited_for(Hub *hub, const Channel *channel)
{
    bool found = false;

    if (channel->kind != WATCH_TENANT)
        return false;
    LOCKED (&hub->mutex)
        for (const Waiting *waiting = hub->waiting; waiting && !found; waiting = waiting->next)
            found = text_equal(waiting->topic, channel->group);
    return found;
}

/* The order of who has waited longest for a tenant that no channel reads; its id is NULL without one. */
static WatchOrder unread_tenant(Scope *s, Hub *hub)
{
    WatchOrder order = {0};

    LOCKED (&hub->mutex) {
        const Waiting *longest = NULL;
        for (const Waiting *waiting = hub->waiting; waiting; waiting = waiting->next)
            if (waiting->order.kind == WATCH_TENANT && !channel_of(hub, waiting->topic))
                longest = waiting;
        if (longest)
            order = order_copy(s, &longest->order);
    }
    return order;
}

/* A channel for those who poll begins at the place of the one who has waited longest: what was written
 * since that one looked, and before the channel was there, is in its first reading. */
static void watch_for_waiting(Scope *s, Hub *hub)
{
    for (;;) {
        SCOPE(turn, s);
        WatchOrder order = unread_tenant(turn, hub);
        if (!order.id)
            return;
        Channel *channel = channel_open(hub->app, hub->streams, &order);
        channel->next = hub->channels;
        hub->channels = channel;
        log_failure(turn, tenant_begin(turn, channel, &order));
    }
}

static void read_news(Scope *s, Channel *channel)
{
    Error *e = channel_news(s, channel);

    log_failure(s, e);
    channel->owes = e != NULL;
    if (channel->kind == WATCH_TENANT)
        channel->due_at = clock_us() + (e ? HUB_LOOK_US : HUB_TENANT_US);
}

static void tell_news(Scope *s, Hub *hub, const Wakes *wakes)
{
    for (Channel **at = &hub->channels; *at;) {
        SCOPE(turn, s);
        Channel *channel = *at;
        if (!streams_in_group(hub->streams, channel->group) && !is_waited_for(hub, channel)) {
            *at = channel->next;
            channel_close(channel);
            continue;
        }
        channel->fresh = false;
        channel->owes = channel->owes || channel_concerned(channel, wakes);
        if ((channel->started || channel->kind == WATCH_TENANT) && channel->owes &&
            clock_us() >= channel->due_at)
            read_news(turn, channel);
        at = &channel->next;
    }
}

static bool is_idle(Hub *hub)
{
    bool idle = true;

    LOCKED (&hub->mutex)
        idle = !hub->channels && !hub->joins && !hub->waiting;
    return idle;
}

/* The next look at everything, or the channel that may be read again. */
static int64_t next_turn(const Hub *hub, int64_t look_at)
{
    for (const Channel *channel = hub->channels; channel; channel = channel->next)
        if (channel->started && channel->owes && channel->due_at && channel->due_at < look_at)
            look_at = channel->due_at;
    return look_at;
}

static int64_t us_until(int64_t at)
{
    int64_t left = at - clock_us();

    return left > 0 ? left : 0;
}

static Error *hub_run(Scope *s, void *arg)
{
    Hub *hub = arg;
    Subscription *sub;
    int64_t look_at = 0;
    int ready;

    TRY(bus_subscribe(s, hub->app->bus, "", &sub));
    for (;;) {
        SCOPE(turn, s);
        struct pollfd fds[] = {{.fd = subscription_fd(sub), .events = POLLIN},
                               {.fd = hub->event, .events = POLLIN}};
        TRY(scope_poll(turn, fds, COUNT_OF(fds),
                       is_idle(hub) ? -1 : us_until(next_turn(hub, look_at)), &ready));
        Wakes wakes = subscription_take(turn, sub);
        if (clock_us() >= look_at) { /* also while wake-ups of others keep coming */
            wakes.all = true;
            look_at = clock_us() + HUB_LOOK_US;
        }
        tell_news(turn, hub, &wakes);
        take_joins(turn, hub);
        watch_for_waiting(turn, hub);
        wake_waiting(hub, &wakes);
    }
}

/* After the thread has ended. */
static void hub_close(void *what)
{
    Hub *hub = what;

    for (Channel *next; hub->channels; hub->channels = next) {
        next = hub->channels->next;
        channel_close(hub->channels);
    }
    for (Waiting *waiting = hub->waiting; waiting; waiting = waiting->next)
        waiting->until = 0; /* over for all */
    for (Join *next; hub->joins; hub->joins = next) {
        next = hub->joins->next;
        join_end(hub->joins);
    }
    wake_waiting(hub, &(Wakes){.all = true});
}

Error *hub_open(Scope *s, App *app, Streams *streams, Hub **out)
{
    Hub *hub = NEW(s, Hub);

    hub->app = app;
    hub->streams = streams;
    TRY(event_open(s, &hub->event));
    scope_undo(s, hub_close, hub);
    TRY(thread_start(s, "hub", hub_run, hub, NULL));
    *out = hub;
    return OK;
}
