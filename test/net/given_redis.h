/* The same test on each Redis of test/servers_redis.py: plain, TLS with users, a cluster of three. They are
 * shared with tests of other programs, so that each test keeps to keys of its own (redis_key).
 *
 *     REDIS_TEST(a_value_comes_back)
 *     {
 *         TRY(TELL(g, &reply, BYTES("GET"), redis_key(s, g, "a")));
 *         …
 *     }
 *
 * A test that ends, stops or limits its server starts one of its own (given_server).
 */
#pragma once

#include "net/redis.h"
#include "sys/file.h"
#include "sys/process.h"
#include "test/test.h"

typedef enum RedisKind { PLAIN_REDIS, TLS_REDIS, CLUSTER_REDIS } RedisKind;

typedef struct GivenRedis {
    RedisKind kind;
    const char *url;
    Redis *redis;
    const char *tag; /* of this test's keys, with the braces of a cluster */
} GivenRedis;

typedef Error *RedisTest(Scope *s, GivenRedis *g);
Error *redis_test(Scope *s, RedisKind kind, RedisTest *test);

#define REDIS_TEST_ON(name_, kind_)                                                                \
    TEST(name_)                                                                                    \
    {                                                                                              \
        return redis_test(s, kind_, each_##name_);                                                 \
    }

#define REDIS_TEST(name_)                                                                          \
    static Error *each_##name_(Scope *s, GivenRedis *g);                                           \
    TEST(name_##_on_plain)                                                                         \
    {                                                                                              \
        return redis_test(s, PLAIN_REDIS, each_##name_);                                           \
    }                                                                                              \
    TEST(name_##_on_tls)                                                                           \
    {                                                                                              \
        return redis_test(s, TLS_REDIS, each_##name_);                                             \
    }                                                                                              \
    TEST(name_##_on_cluster)                                                                       \
    {                                                                                              \
        return redis_test(s, CLUSTER_REDIS, each_##name_);                                         \
    }                                                                                              \
    static Error *each_##name_(Scope *s, GivenRedis *g)

/* Only on one of them. */
#define REDIS_TEST_OF(kind_, name_)                                                                \
    static Error *each_##name_(Scope *s, GivenRedis *g);                                           \
    TEST(name_)                                                                                    \
    {                                                                                              \
        return redis_test(s, kind_, each_##name_);                                                 \
    }                                                                                              \
    static Error *each_##name_(Scope *s, GivenRedis *g)

/* The value of an environment variable that test/servers.py sets. */
fallible redis_variable(Scope *s, const char *name, const char **out);
Bytes redis_key(Scope *s, const GivenRedis *g, const char *name);
/* Opens another client of that address with the presets of tests. */
fallible redis_at(Scope *s, const char *url, Redis **out);

/* A call whose first key, if it has one, is its second argument. */
#define TELL(redis_, reply_, ...)                                                                  \
    redis_call(s, redis_, &(RedisCommand){REDIS_ARGS(__VA_ARGS__), .key = 1}, reply_)
#define TELL_ANY(redis_, reply_, ...)                                                              \
    redis_call(s, redis_, &(RedisCommand){REDIS_ARGS(__VA_ARGS__)}, reply_)

/* ---- A server of the test's own ---- */

/* A port that was free a moment ago. */
fallible given_port(Scope *s, int *out);

typedef struct GivenServer {
    Scope *home; /* closing it ends the server */
    Scope *s;
    Process *process;
    const char *folder;
    const char *program;
    int port;
    const char *url; /* plain */
} GivenServer;

/* Runs with these further options; returns once it answers. Ends with s. */
fallible given_server(Scope *s, const TextList *options, GivenServer **out);
/* Kills it; server_start runs it again on the same port. */
fallible server_kill(Scope *s, GivenServer *server);
fallible server_start(Scope *s, GivenServer *server, const TextList *options);
