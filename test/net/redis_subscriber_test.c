/* Hearing what is published, through broken connections and new tokens. */

#include <poll.h>
#include <signal.h>

#include "net/redis_subscriber.h"
#include "sys/thread.h"
#include "test/net/given_redis.h"

static fallible publish(Scope *s, Redis *redis, const char *channel, const char *payload)
{
    RedisReply *reply;

    return TELL_ANY(redis, &reply, BYTES("PUBLISH"), bytes_of(channel), bytes_of(payload));
}

/* Waits until so many messages have come; each becomes "channel=payload ". */
static fallible hear(Scope *s, RedisSubscriber *sub, size_t count, Buffer *out, bool *missed)
{
    size_t got = 0;

    *missed = false;
    for (;;) {
        RedisHeard heard = redis_heard(s, sub);
        EACH (RedisMessage, m, &heard.messages)
            buffer_format(out, "%s%s%s=%s ", m->pattern ? m->pattern : "", m->pattern ? ">" : "",
                          m->channel, m->payload.data);
        *missed = *missed || heard.missed;
        got += heard.messages.count;
        if (got >= count)
            return OK;
        struct pollfd fd = {.fd = redis_subscriber_fd(sub), .events = POLLIN};
        int ready;
        TRY(scope_poll(s, &fd, 1, -1, &ready));
    }
}

static fallible given_subscriber(Scope *s, GivenRedis *g, RedisSubscriber **out)
{
    RedisTopics topics = {.channels = TEXTS(text(s, "%s.one", g->tag)),
                          .patterns = TEXTS(text(s, "%s.any.*", g->tag))};

    TRY(redis_subscribe(s, g->redis, &topics, out));
    return redis_subscribed(s, *out);
}

REDIS_TEST(channels_and_patterns_are_heard_in_order)
{
    Buffer heard = buffer_in(s);
    RedisSubscriber *sub;
    bool missed;

    TRY(given_subscriber(s, g, &sub));
    TRY(publish(s, g->redis, text(s, "%s.one", g->tag), "1"));
    TRY(publish(s, g->redis, text(s, "%s.two", g->tag), "not heard"));
    TRY(publish(s, g->redis, text(s, "%s.any.x", g->tag), "2"));
    TRY(publish(s, g->redis, text(s, "%s.one", g->tag), "3"));
    TRY(hear(s, sub, 3, &heard, &missed));
    const char *all = text(s, "%1$s.one=1 %1$s.any.*>%1$s.any.x=2 %1$s.one=3 ", g->tag);
    CHECK_TEXT(buffer_string(&heard), all);
    CHECK(missed); /* what was before it stood */
    CHECK(!redis_heard(s, sub).missed);
    return OK;
}

/* ---- Lost connections ---- */

/* Kills the connections of that kind which have our name; CLIENT KILL by id spares those of others. */
static fallible kill_named(Scope *s, Redis *redis, const char *name, const char *type)
{
    RedisReply *reply;
    TextList lines;

    TRY(TELL_ANY(redis, &reply, BYTES("CLIENT"), BYTES("LIST"), BYTES("TYPE"), bytes_of(type)));
    lines = text_split(s, text_of(s, reply->bytes), '\n');
    EACH (const char *, line, &lines) {
        if (!strstr(*line, text(s, " name=%s ", name)))
            continue;
        const char *id = text_split(s, *line + strlen("id="), ' ').items[0];
        TRY(TELL_ANY(redis, &reply, BYTES("CLIENT"), BYTES("KILL"), BYTES("ID"), bytes_of(id)));
    }
    return OK;
}

REDIS_TEST(a_killed_subscriber_comes_back_and_says_that_it_may_have_missed_something)
{
    Buffer heard = buffer_in(s);
    const char *name = text(s, "killed-%.8s", g->tag + 6);
    RedisTopics topics = {.channels = TEXTS(g->tag)};
    RedisSubscriber *sub;
    Redis *redis;
    bool missed = false;

    TRY(redis_open(s, &(RedisOptions){.url = g->url, .name = name}, &redis));
    TRY(redis_subscribe(s, redis, &topics, &sub));
    TRY(redis_subscribed(s, sub));
    CHECK(redis_heard(s, sub).missed);
    TRY(kill_named(s, g->redis, name, "pubsub"));
    while (!missed) {
        struct pollfd fd = {.fd = redis_subscriber_fd(sub), .events = POLLIN};
        int ready;
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        missed = redis_heard(s, sub).missed;
    }
    TRY(publish(s, g->redis, g->tag, "after"));
    TRY(hear(s, sub, 1, &heard, &missed));
    CHECK_TEXT(buffer_string(&heard), text(s, "%s=after ", g->tag));
    return OK;
}

/* ---- A server that is silent, a reader that is slow ---- */

static fallible wait_for(Scope *s, RedisSubscriber *sub, bool connected)
{
    for (;;) {
        struct pollfd fd = {.fd = redis_subscriber_fd(sub), .events = POLLIN};
        int ready;
        if (redis_heard(s, sub).connected == connected)
            return OK;
        TRY(scope_poll(s, &fd, 1, -1, &ready));
    }
}

TEST(a_server_that_has_fallen_silent_is_noticed_without_being_told)
{
    RedisTopics topics = {.channels = TEXTS("a")};
    GivenServer *server;
    RedisSubscriber *sub;
    Redis *redis;

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_open(s,
                   &(RedisOptions){.url = server->url,
                                   .answer_us = 300 * US_PER_MS,
                                   .connect_us = 300 * US_PER_MS},
                   &redis));
    TRY(redis_subscribe(s, redis, &topics, &sub));
    TRY(redis_subscribed(s, sub));
    CHECK_EQ(kill(server->process->pid, SIGSTOP), 0);
    Error *e = wait_for(s, sub, false);
    CHECK_EQ(kill(server->process->pid, SIGCONT), 0);
    TRY(e);
    return wait_for(s, sub, true);
}

REDIS_TEST_OF(PLAIN_REDIS, a_reader_that_is_too_slow_is_told_that_it_has_missed_something)
{
    enum { MANY = REDIS_HEARD_MAX + 100 };
    RedisTopics topics = {.channels = TEXTS(g->tag)};
    RedisCommand publish_one = {REDIS_ARGS(BYTES("PUBLISH"), bytes_of(g->tag), BYTES("x"))};
    RedisCommand *commands = NEW_ARRAY(s, RedisCommand, MANY / 2);
    RedisSubscriber *sub;
    RedisReply **replies;
    RedisHeard heard;

    TRY(redis_subscribe(s, g->redis, &topics, &sub));
    TRY(redis_subscribed(s, sub));
    CHECK(redis_heard(s, sub).missed);
    for (size_t i = 0; i < MANY / 2; i++)
        commands[i] = publish_one;
    TRY(redis_pipeline(s, g->redis, commands, MANY / 2, &replies));
    TRY(redis_pipeline(s, g->redis, commands, MANY / 2, &replies));
    size_t seen = 0;
    do { /* what is taken early makes room */
        struct pollfd fd = {.fd = redis_subscriber_fd(sub), .events = POLLIN};
        int ready;
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        TRY(scope_sleep(s, 500 * US_PER_MS));
        heard = redis_heard(s, sub);
        seen += heard.messages.count;
    } while (!heard.missed);
    CHECK(seen >= REDIS_HEARD_MAX && seen < MANY);
    return OK;
}
