/* Servers that go away, are silent, refuse, or say too much. */

#include <signal.h>

#include "sys/thread.h"
#include "test/net/given_redis.h"

/* ---- Lost connections ---- */

static fallible id_of(Scope *s, Redis *redis, Bytes *out)
{
    RedisReply *reply;

    TRY(TELL_ANY(redis, &reply, BYTES("CLIENT"), BYTES("ID")));
    *out = redis_number(s, reply->integer);
    return OK;
}

static fallible kill_id(Scope *s, Redis *redis, Bytes id)
{
    RedisReply *reply;

    return TELL_ANY(redis, &reply, BYTES("CLIENT"), BYTES("KILL"), BYTES("ID"), id);
}

/* Another connection than the client's only one, to kill that. */
static fallible given_pair(Scope *s, GivenRedis *g, Redis **one)
{
    return redis_open(s, &(RedisOptions){.url = g->url, .connections = 1}, one);
}

REDIS_TEST(an_idle_connection_that_was_killed_is_replaced_unnoticed)
{
    Redis *one;
    RedisReply *reply;
    Bytes id;

    TRY(given_pair(s, g, &one));
    TRY(id_of(s, one, &id));
    TRY(kill_id(s, g->redis, id));
    TRY(TELL_ANY(one, &reply,
                 BYTES("PING"))); /* not repeatable: it was never sent to the dead one */
    return OK;
}

typedef struct Waiting {
    Redis *redis;
    Bytes from, to;
    bool repeatable;
    ErrorKind kind;
    const char *code;
} Waiting;

static Error *wait_in_blmove(Scope *s, void *arg)
{
    Waiting *w = arg;
    RedisCommand command = {
        REDIS_ARGS(BYTES("BLMOVE"), w->from, w->to, BYTES("RIGHT"), BYTES("LEFT"), BYTES("30")),
        .key = 1, .block_us = 30 * US_PER_S, .repeatable = w->repeatable};
    RedisReply *reply;

    Error *e = redis_call(s, w->redis, &command, &reply);
    w->kind = e ? e->kind : 0;
    w->code = e && text_equal(e->code, REDIS_UNSURE) ? REDIS_UNSURE : NULL;
    error_drop(e, "the test looks at it");
    return OK;
}

static fallible wait_until_blocked(Scope *s, GivenRedis *g, int64_t wanted)
{
    for (;;) { /* the answer of the server is what is waited for */
        RedisReply *reply;
        RedisCommand list = {REDIS_ARGS(BYTES("CLIENT"), BYTES("LIST")), .repeatable = true};
        int64_t blocked = 0;
        TRY(redis_call(s, g->redis, &list, &reply));
        TextList lines = text_split(s, text_of(s, reply->bytes), '\n');
        EACH (const char *, line, &lines)
            blocked +=
                strstr(*line, " cmd=blmove ") && strstr(*line, text(s, " name=%.14s ", g->tag + 6));
        if (blocked >= wanted)
            return OK;
    }
}

static fallible given_waiting(Scope *s, GivenRedis *g, bool repeatable, Waiting *w, Thread **thread)
{
    const char *name = text(s, "%.14s", g->tag + 6);

    *w = (Waiting){
        .from = redis_key(s, g, "from"), .to = redis_key(s, g, "to"), .repeatable = repeatable};
    TRY(redis_open(s, &(RedisOptions){.url = g->url, .name = name}, &w->redis));
    TRY(thread_start(s, "waiting", wait_in_blmove, w, thread));
    return wait_until_blocked(s, g, 1);
}

static fallible kill_blocked(Scope *s, GivenRedis *g)
{
    RedisReply *reply;

    TRY(TELL_ANY(g->redis, &reply, BYTES("CLIENT"), BYTES("LIST")));
    TextList lines = text_split(s, text_of(s, reply->bytes), '\n');
    EACH (const char *, line, &lines)
        if (strstr(*line, text(s, " name=%.14s ", g->tag + 6)))
            TRY(kill_id(s, g->redis, bytes_of(text_split(s, *line + 3, ' ').items[0])));
    return OK;
}

REDIS_TEST_OF(PLAIN_REDIS, a_command_lost_on_its_way_is_not_sent_twice)
{
    Waiting w;
    Thread *thread;

    TRY(given_waiting(s, g, false, &w, &thread));
    TRY(kill_blocked(s, g));
    TRY(thread_wait(s, thread));
    CHECK_EQ(w.kind, UNAVAILABLE);
    CHECK_TEXT(w.code, REDIS_UNSURE);
    return OK;
}

REDIS_TEST_OF(PLAIN_REDIS, a_repeatable_command_lost_on_its_way_is_sent_again)
{
    Waiting w;
    Thread *thread;
    RedisReply *reply;

    TRY(given_waiting(s, g, true, &w, &thread));
    TRY(kill_blocked(s, g));
    TRY(wait_until_blocked(s, g, 1));
    TRY(TELL(g->redis, &reply, BYTES("LPUSH"), w.from, BYTES("x")));
    TRY(thread_wait(s, thread));
    CHECK_EQ(w.kind, 0);
    TRY(TELL(g->redis, &reply, BYTES("DEL"), w.to));
    CHECK_EQ(reply->integer, 1);
    return OK;
}

static Error *cancel_blocked(Scope *s, GivenRedis *g)
{
    Waiting w;
    Thread *thread;
    RedisReply *reply;

    TRY(given_waiting(s, g, false, &w, &thread));
    int64_t began = clock_us();
    thread_stop(thread);
    CHECK(clock_us() - began < 5 * US_PER_S); /* of the 30 that it would take */
    CHECK_EQ(w.kind, CANCELLED);
    TRY(TELL(w.redis, &reply, BYTES("LLEN"), w.to)); /* the client goes on */
    return OK;
}

TEST(a_blocking_command_ends_at_once_with_its_unit_on_plain)
{
    return redis_test(s, PLAIN_REDIS, cancel_blocked);
}

TEST(a_blocking_command_ends_at_once_with_its_unit_on_tls)
{
    return redis_test(s, TLS_REDIS, cancel_blocked);
}

/* ---- A server of our own ---- */

TEST(a_server_that_was_started_again_is_found_again)
{
    GivenServer *server;
    RedisReply *reply;
    Redis *redis;

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_at(s, server->url, &redis));
    TRY(TELL_ANY(redis, &reply, BYTES("PING")));
    TRY(server_kill(s, server));
    Error *e = TELL_ANY(redis, &reply, BYTES("PING"));
    FAILS(UNAVAILABLE, e);
    CHECK(!text_equal(e->code, REDIS_UNSURE));
    e = TELL_ANY(redis, &reply, BYTES("PING")); /* at once: its time to be tried has not come */
    FAILS(UNAVAILABLE, e);
    CHECK(e->retry_after_us > 0 && e->retry_after_us <= 5 * US_PER_S);
    TRY(server_start(s, server, &TEXTS("--save", "")));
    while ((e = TELL_ANY(redis, &reply, BYTES("PING")))) {
        FAILS(UNAVAILABLE, e);
        TRY(scope_sleep(s, e->retry_after_us));
    }
    return OK;
}

TEST(a_server_that_has_stopped_is_given_up_in_time)
{
    GivenServer *server;
    RedisReply *reply;
    Redis *redis;

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_open(s, &(RedisOptions){.url = server->url, .answer_us = 300 * US_PER_MS}, &redis));
    TRY(TELL_ANY(redis, &reply, BYTES("PING")));
    CHECK_EQ(kill(server->process->pid, SIGSTOP), 0);
    Error *e = TELL_ANY(redis, &reply, BYTES("PING"));
    CHECK_EQ(kill(server->process->pid, SIGCONT), 0);
    FAILS(UNAVAILABLE, e);
    CHECK_TEXT(e->code, REDIS_UNSURE);
    CHECK_HAS(e->message, "no answer within 300 ms");
    TRY(TELL_ANY(redis, &reply, BYTES("PING"))); /* the late answer is not taken for this one's */
    CHECK(bytes_equal(reply->bytes, BYTES("PONG")));
    return OK;
}

TEST(a_server_that_is_full_is_away_for_now)
{
    GivenServer *server;
    RedisReply *reply;
    Redis *redis;

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(
        s, &TEXTS("--save", "", "--maxmemory", "1", "--maxmemory-policy", "noeviction"), &server));
    TRY(redis_at(s, server->url, &redis));
    Error *e = TELL(redis, &reply, BYTES("SET"), BYTES("a"), BYTES("b"));
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "maxmemory");
    return OK;
}

TEST(a_replica_is_left_for_the_master_once_there_is_one)
{
    GivenServer *server;
    RedisReply *reply;
    Redis *redis, *other;

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_at(s, server->url, &redis));
    TRY(redis_at(s, server->url, &other));
    TRY(TELL_ANY(other, &reply, BYTES("REPLICAOF"), BYTES("127.0.0.1"), BYTES("1")));
    Error *e = TELL(redis, &reply, BYTES("SET"), BYTES("a"), BYTES("b"));
    FAILS(UNAVAILABLE, e);
    CHECK_HAS(e->message, "replica");
    TRY(TELL_ANY(other, &reply, BYTES("REPLICAOF"), BYTES("NO"), BYTES("ONE")));
    TRY(TELL(redis, &reply, BYTES("SET"), BYTES("a"), BYTES("b")));
    return OK;
}

/* ---- Too much ---- */

REDIS_TEST(an_answer_of_60_mb_is_refused_and_the_next_is_heard)
{
    Bytes key = redis_key(s, g, "big");
    RedisReply *reply;

    TRY(TELL(g->redis, &reply, BYTES("SETRANGE"), key, redis_number(s, 60 << 20), BYTES("x")));
    Error *e = TELL(g->redis, &reply, BYTES("GET"), key);
    FAILS(UPSTREAM, e);
    CHECK_HAS(e->message, "larger than 33554432 bytes");
    TRY(TELL(g->redis, &reply, BYTES("DEL"), key));
    return OK;
}

REDIS_TEST_OF(PLAIN_REDIS, what_is_too_much_to_send_is_refused_before)
{
    char *much = NEW_ARRAY(s, char, REDIS_SENT_MAX);
    RedisCommand none = {0};
    RedisReply *reply, **replies;

    FAILS(INVALID, TELL(g->redis, &reply, BYTES("SET"), redis_key(s, g, "a"),
                        ((Bytes){much, REDIS_SENT_MAX})));
    FAILS(INVALID, redis_pipeline(s, g->redis, &none, 1, &replies));
    FAILS(INVALID, redis_pipeline(s, g->redis, &none, 0, &replies));
    return OK;
}
