/* The bus through Redis: PUBLISH and SUBSCRIBE of one channel. */

#include "bus/relay.h"
#include "net/redis_subscriber.h"

#define CHANNEL "dursor:bus"

typedef struct RedisLine {
    Redis *redis;
    RedisSubscriber *subscriber;
} RedisLine;

/* Why, rather than that the time was over. */
static fallible subscribed(Scope *s, RedisSubscriber *subscriber)
{
    SCOPE(tmp, s);

    scope_limit(tmp, RELAY_OPEN_US);
    Error *e = redis_subscribed(tmp, subscriber);
    RedisHeard heard = redis_heard(s, subscriber); /* that it has just begun is no news */
    if (!failed_as(e, TIMEOUT))
        return e;
    return fail(s, UNAVAILABLE, "%s", heard.fault ? heard.fault : "it does not answer");
}

static fallible line_open(Scope *s, void *from, void **out)
{
    RedisLine *line = NEW(s, RedisLine);
    RedisTopics topics = {0};

    line->redis = from;
    texts_add(s, &topics.channels, CHANNEL);
    TRY(redis_subscribe(s, line->redis, &topics, &line->subscriber));
    TRY(subscribed(s, line->subscriber));
    *out = line;
    return OK;
}

static int line_fd(const void *line)
{
    return redis_subscriber_fd(((const RedisLine *)line)->subscriber);
}

/* The subscriber reconnects by itself; that is a gap, but no reason to begin anew. */
static fallible line_take(Scope *s, void *what, TextList *out, bool *missed)
{
    RedisLine *line = what;
    RedisHeard heard = redis_heard(s, line->subscriber);

    EACH (RedisMessage, message, &heard.messages)
        texts_add(s, out, text_clean(s, message->payload, NULL));
    *missed = heard.missed;
    return OK;
}

static fallible line_tell(Scope *s, void *what, const char *text)
{
    const RedisLine *line = what;
    const RedisCommand publish = {REDIS_ARGS(BYTES("PUBLISH"), BYTES(CHANNEL), bytes_of(text)),
                                  .repeatable = true};
    RedisReply *reply;

    return redis_call(s, line->redis, &publish, &reply);
}

static const Carrier pubsub = {"Redis", line_open, line_fd, line_take, line_tell};

static fallible redis_bus_open(Scope *s, const BusOptions *options, Bus *bus)
{
    Redis *redis;

    TRY(redis_open(s, &(RedisOptions){.url = options->url, .name = "dursor-bus"}, &redis));
    return relay_open(s, bus, &pubsub, redis);
}

const BusDriver redis_bus = {"redis://", redis_bus_open};
const BusDriver rediss_bus = {"rediss://", redis_bus_open};
