/* Many threads with one client. */

#include "sys/thread.h"
#include "test/net/given_redis.h"

enum { THREADS = 12, TURNS = 40, CONNECTIONS = 3 };

typedef struct Crowd {
    Redis *redis;
    Bytes key;
    Bytes list;
} Crowd;

static Error *work(Scope *s, void *arg)
{
    const Crowd *crowd = arg;

    for (int i = 0; i < TURNS; i++) {
        SCOPE(tmp, s);
        const char *mine = text(tmp, "%p:%d", (void *)tmp, i);
        RedisReply *reply;
        TRY(TELL(crowd->redis, &reply, BYTES("INCR"), crowd->key));
        TRY(TELL_ANY(crowd->redis, &reply, BYTES("ECHO"), bytes_of(mine)));
        CHECK(bytes_equal(reply->bytes, bytes_of(mine))); /* not another thread's answer */
    }
    return OK;
}

REDIS_TEST(many_threads_share_a_few_connections)
{
    const char *name = text(s, "crowd-%.8s", g->tag + 6);
    Crowd crowd = {.key = redis_key(s, g, "n")};
    Thread *threads[THREADS];
    RedisReply *reply;
    size_t seen = 0;

    TRY(redis_open(s, &(RedisOptions){.url = g->url, .name = name, .connections = CONNECTIONS},
                   &crowd.redis));
    for (int i = 0; i < THREADS; i++)
        TRY(thread_start(s, "crowd", work, &crowd, &threads[i]));
    for (int i = 0; i < THREADS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(TELL(g->redis, &reply, BYTES("GET"), crowd.key));
    CHECK(bytes_equal(reply->bytes, redis_number(s, THREADS * TURNS)));
    TRY(TELL_ANY(g->redis, &reply, BYTES("CLIENT"), BYTES("LIST")));
    TextList lines = text_split(s, text_of(s, reply->bytes), '\n');
    EACH (const char *, line, &lines)
        seen += strstr(*line, text(s, " name=%s ", name)) != NULL;
    CHECK(seen >= 1 && seen <= CONNECTIONS);
    return OK;
}

static Error *wait_for_word(Scope *s, void *arg)
{
    const Crowd *crowd = arg;
    RedisCommand command = {REDIS_ARGS(BYTES("BLPOP"), crowd->list, BYTES("30")), .key = 1,
                            .block_us = 30 * US_PER_S};
    RedisReply *reply;

    return redis_call(s, crowd->redis, &command, &reply);
}

/* More of them than there are connections to lend: they have their own. */
REDIS_TEST(blocking_commands_leave_the_others_their_connections)
{
    Crowd crowd = {.list = redis_key(s, g, "words")};
    Thread *threads[2 * CONNECTIONS];
    RedisReply *reply;

    TRY(redis_open(s, &(RedisOptions){.url = g->url, .connections = CONNECTIONS}, &crowd.redis));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_start(s, "waits", wait_for_word, &crowd, &threads[i]));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(TELL(crowd.redis, &reply, BYTES("RPUSH"), crowd.list, BYTES("word")));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_wait(s, threads[i]));
    return OK;
}

/* ---- Numbers of connections while a server goes and comes ---- */

static Error *work_or_wait(Scope *s, void *arg)
{
    const Crowd *crowd = arg;

    for (int done = 0; done < TURNS;) {
        RedisReply *reply;
        Error *e = TELL_ANY(crowd->redis, &reply, BYTES("PING"));
        done += !e;
        if (e) {
            FAILS(UNAVAILABLE, e);
            TRY(scope_sleep(s, e->retry_after_us ? e->retry_after_us : US_PER_MS));
        }
    }
    return OK;
}

TEST(all_threads_come_back_when_their_server_does)
{
    GivenServer *server;
    Crowd crowd = {0};
    Thread *threads[THREADS];

    scope_limit(s, 60 * US_PER_S);
    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_at(s, server->url, &crowd.redis));
    TRY(server_kill(s, server));
    for (int i = 0; i < THREADS; i++)
        TRY(thread_start(s, "crowd", work_or_wait, &crowd, &threads[i]));
    TRY(server_start(s, server, &TEXTS("--save", "")));
    for (int i = 0; i < THREADS; i++)
        TRY(thread_wait(s, threads[i]));
    return OK;
}
