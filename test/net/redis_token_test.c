/* Tokens that end: connections prove themselves anew before, and subscribers move without a gap. */

#include <poll.h>

#include "net/redis_subscriber.h"
#include "sys/thread.h"
#include "test/net/given_redis.h"

/* Gives "token-1", "token-2" …; the server takes all of them. */
typedef struct Source {
    _Atomic int given;
    _Atomic bool is_away;
    const char *first; /* in the place of the first token; NULL: that */
    int64_t lives_us;
} Source;

static Error *give(Scope *s, void *from, RedisToken *out)
{
    Source *source = from;

    if (source->is_away)
        return fail(s, UNAVAILABLE, "no tokens today");
    int number = ++source->given;
    *out = (RedisToken){.user = "tok",
                        .secret = number == 1 && source->first ? source->first
                                                               : text(s, "token-%d", number),
                        .lives_us = source->lives_us};
    return OK;
}

static fallible given_tokens(Scope *s, Source *source, Redis **owner, Redis **out)
{
    GivenServer *server;
    RedisReply *reply;
    Bytes user[4 + 100] = {BYTES("ACL"), BYTES("SETUSER"), BYTES("tok"), BYTES("on")};

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_at(s, server->url, owner));
    for (int i = 0; i < 97; i++)
        user[4 + i] = bytes_of(text(s, ">token-%d", i + 1));
    user[101] = BYTES("~*"), user[102] = BYTES("&*"), user[103] = BYTES("+@all");
    TRY(redis_call(s, *owner, &(RedisCommand){.args = user, .count = COUNT_OF(user)}, &reply));
    return redis_open(s, &(RedisOptions){.url = server->url, .token = give, .token_from = source},
                      out);
}

static fallible who_am_i(Scope *s, Redis *redis, const char **out)
{
    RedisReply *reply;

    TRY(TELL_ANY(redis, &reply, BYTES("ACL"), BYTES("WHOAMI")));
    *out = text_of(s, reply->bytes);
    return OK;
}

static fallible id_of(Scope *s, Redis *redis, int64_t *out)
{
    RedisReply *reply;

    TRY(TELL_ANY(redis, &reply, BYTES("CLIENT"), BYTES("ID")));
    *out = reply->integer;
    return OK;
}

TEST(a_live_connection_proves_itself_anew_before_its_token_ends)
{
    Source source = {.lives_us = 300 * US_PER_MS};
    int64_t first, later;
    const char *who;
    Redis *owner, *redis;

    TRY(given_tokens(s, &source, &owner, &redis));
    TRY(who_am_i(s, redis, &who));
    CHECK_TEXT(who, "tok");
    TRY(id_of(s, redis, &first));
    CHECK_EQ(source.given, 1);
    while (source.given < 4)
        TRY(id_of(s, redis, &later));
    CHECK_EQ(later, first); /* one connection all the time */
    return OK;
}

TEST(an_old_token_serves_while_no_new_one_can_be_had_and_not_longer)
{
    Source source = {.lives_us = 600 * US_PER_MS};
    Redis *owner, *redis;
    Error *e = OK;
    int64_t id;

    TRY(given_tokens(s, &source, &owner, &redis));
    TRY(id_of(s, redis, &id));
    int64_t given_at = clock_us();
    source.is_away = true;
    while (!(e = id_of(s, redis, &id)))
        ;
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "no tokens today");
    CHECK(clock_us() - given_at > 400 * US_PER_MS);
    source.is_away = false;
    while ((e = id_of(s, redis, &id)))
        TRY(scope_sleep(s, e->retry_after_us));
    return OK;
}

TEST(a_token_that_is_refused_is_not_used_again)
{
    Source source = {.first = "stale", .lives_us = 60 * US_PER_S};
    Redis *owner, *redis;
    int64_t id;

    TRY(given_tokens(s, &source, &owner, &redis));
    Error *e = id_of(s, redis, &id);
    FAILS(DENIED, e);
    CHECK(!strstr(e->message, "stale"));
    while ((e = id_of(s, redis, &id))) {
        FAILS(DENIED, e);
        CHECK(e->retry_after_us > 0);
        TRY(scope_sleep(s, e->retry_after_us));
    }
    CHECK_EQ(source.given, 2);
    return OK;
}

/* ---- Subscribers ---- */

typedef struct Speaker {
    Redis *redis;
    _Atomic bool done;
    int64_t said;
} Speaker;

static Error *speak(Scope *s, void *arg)
{
    Speaker *speaker = arg;

    while (!speaker->done) {
        SCOPE(tmp, s);
        RedisReply *reply;
        TRY(TELL_ANY(speaker->redis, &reply, BYTES("PUBLISH"), BYTES("count"),
                     redis_number(tmp, ++speaker->said)));
    }
    return OK;
}

/* Counts on from *last; fails on a gap or what comes twice. */
static fallible count_on(Scope *s, const RedisHeard *heard, int64_t *last)
{
    EACH (RedisMessage, m, &heard->messages) {
        int64_t number;
        CHECK(text_integer(m->payload.data, 1, INT64_MAX, &number));
        CHECK_EQ(number, *last + 1);
        *last = number;
    }
    return OK;
}

static fallible wait_for_news(Scope *s, RedisSubscriber *sub)
{
    struct pollfd fd = {.fd = redis_subscriber_fd(sub), .events = POLLIN};
    int ready;

    return scope_poll(s, &fd, 1, -1, &ready);
}

TEST(a_subscriber_gets_a_new_connection_before_its_token_ends_and_hears_all_exactly_once)
{
    Source source = {.lives_us = 450 * US_PER_MS};
    RedisTopics topics = {.channels = TEXTS("count")};
    Redis *owner, *redis;
    RedisSubscriber *sub;
    Thread *thread;
    int64_t last = 0;

    TRY(given_tokens(s, &source, &owner, &redis));
    TRY(redis_subscribe(s, redis, &topics, &sub));
    TRY(redis_subscribed(s, sub));
    CHECK(redis_heard(s, sub).missed);
    Speaker speaker = {.redis = owner};
    TRY(thread_start(s, "speaker", speak, &speaker, &thread));
    while (source.given < 6) {
        SCOPE(tmp, s);
        TRY(wait_for_news(tmp, sub));
        RedisHeard heard = redis_heard(tmp, sub);
        CHECK(!heard.missed && heard.connected);
        TRY(count_on(tmp, &heard, &last));
    }
    speaker.done = true;
    TRY(thread_wait(s, thread));
    while (last < speaker.said) {
        SCOPE(tmp, s);
        TRY(wait_for_news(tmp, sub));
        RedisHeard heard = redis_heard(tmp, sub);
        CHECK(!heard.missed);
        TRY(count_on(tmp, &heard, &last));
    }
    return OK;
}

TEST(a_subscriber_that_may_not_hear_marks_says_that_it_may_have_missed_something)
{
    Source source = {.lives_us = 300 * US_PER_MS};
    RedisTopics topics = {.channels = TEXTS("count")};
    Redis *owner, *redis;
    RedisSubscriber *sub;
    RedisReply *reply;

    TRY(given_tokens(s, &source, &owner, &redis));
    TRY(TELL_ANY(owner, &reply, BYTES("ACL"), BYTES("SETUSER"), BYTES("tok"),
                 BYTES("resetchannels"), BYTES("&count")));
    TRY(redis_subscribe(s, redis, &topics, &sub));
    TRY(redis_subscribed(s, sub));
    CHECK(redis_heard(s, sub).missed);
    for (;;) {
        TRY(wait_for_news(s, sub));
        RedisHeard heard = redis_heard(s, sub);
        CHECK(heard.connected); /* the new one stood before the old one went */
        if (heard.missed)
            return OK;
    }
}

TEST(a_subscriber_that_is_not_let_in_says_so)
{
    RedisTopics topics = {.channels = TEXTS("count")};
    Source source = {0};
    Redis *owner, *redis;
    RedisSubscriber *sub;

    TRY(given_tokens(s, &source, &owner, &redis));
    TRY(redis_at(s, text(s, "redis://tok:guessed@%s", redis_shown(owner) + strlen("redis://")),
                 &redis));
    TRY(redis_subscribe(s, redis, &topics, &sub));
    Error *e = redis_subscribed(s, sub);
    FAILS(DENIED, e);
    CHECK(!strstr(e->message, "guessed"));
    CHECK_HAS(redis_heard(s, sub).fault, "refuses the user or the password");
    return OK;
}
