/* Calls, pipelines and scripts, the same on a plain server, over TLS, and on a cluster. */

#include "test/net/given_redis.h"

REDIS_TEST(a_value_of_any_bytes_comes_back)
{
    Bytes value = BYTES("a\r\n$3\r\n\0\xff");
    Bytes key = redis_key(s, g, "a");
    RedisReply *reply;

    TRY(TELL(g->redis, &reply, BYTES("SET"), key, value, BYTES("EX"), BYTES("60")));
    CHECK_EQ(reply->type, REDIS_STATUS);
    CHECK(bytes_equal(reply->bytes, BYTES("OK")));
    TRY(TELL(g->redis, &reply, BYTES("GET"), key));
    CHECK_EQ(reply->type, REDIS_STRING);
    CHECK(bytes_equal(reply->bytes, value));
    TRY(TELL(g->redis, &reply, BYTES("DEL"), key));
    CHECK_EQ(reply->integer, 1);
    TRY(TELL(g->redis, &reply, BYTES("GET"), key));
    CHECK_EQ(reply->type, REDIS_NIL);
    return OK;
}

/* Keys without a common tag lie on all servers of the cluster. */
REDIS_TEST(a_pipeline_keeps_its_order_over_all_servers)
{
    enum { KEYS = 300 };
    RedisCommand commands[2 * KEYS];
    RedisReply **replies;

    for (size_t i = 0; i < KEYS; i++) {
        Bytes key = bytes_of(text(s, "%.20s:%zu", g->tag + 1, i)); /* without its brace */
        Bytes *set = NEW_ARRAY(s, Bytes, 5), *get = NEW_ARRAY(s, Bytes, 2);
        set[0] = BYTES("SET"), set[1] = key, set[2] = redis_number(s, (int64_t)i);
        set[3] = BYTES("EX"), set[4] = BYTES("60");
        get[0] = BYTES("GET"), get[1] = key;
        commands[2 * i] = (RedisCommand){.args = set, .count = 5, .key = 1};
        commands[2 * i + 1] = (RedisCommand){.args = get, .count = 2, .key = 1};
    }
    for (int times = 0; times < 2; times++) { /* the second time the map is known */
        TRY(redis_pipeline(s, g->redis, commands, 2 * KEYS, &replies));
        for (size_t i = 0; i < KEYS; i++) {
            CHECK_EQ(replies[2 * i]->type, REDIS_STATUS);
            CHECK(bytes_equal(replies[2 * i + 1]->bytes, redis_number(s, (int64_t)i)));
        }
    }
    return OK;
}

REDIS_TEST(one_wrong_command_of_a_pipeline_leaves_the_others)
{
    Bytes key = redis_key(s, g, "list");
    RedisCommand commands[] = {
        {REDIS_ARGS(BYTES("RPUSH"), key, BYTES("1")), .key = 1},
        {REDIS_ARGS(BYTES("INCR"), key), .key = 1},
        {REDIS_ARGS(BYTES("DEL"), key), .key = 1},
    };
    RedisReply **replies;

    TRY(redis_pipeline(s, g->redis, commands, 3, &replies));
    CHECK_EQ(replies[0]->integer, 1);
    FAILS(INVALID, redis_failed(s, replies[1]));
    CHECK_EQ(replies[2]->integer, 1);
    return OK;
}

REDIS_TEST(a_script_is_sent_whole_once_and_then_known)
{
    RedisScript script = redis_script(
        text(s, "-- %s\nredis.call('SET', KEYS[1], ARGV[1], 'EX', 60) return {KEYS[1], ARGV[2]}",
             g->tag));
    RedisEval eval = {.script = &script,
                      .keys = (Bytes[]){redis_key(s, g, "k")},
                      .key_count = 1,
                      .args = (Bytes[]){BYTES("v"), BYTES("w")},
                      .arg_count = 2};
    RedisCommand command = redis_eval(s, &eval);
    RedisReply *reply;

    TRY(redis_call(s, g->redis, &command, &reply));
    CHECK_EQ(reply->count, 2);
    CHECK(bytes_equal(reply->items[0].bytes, eval.keys[0]));
    CHECK(bytes_equal(reply->items[1].bytes, BYTES("w")));
    command.script = NULL; /* now the sum alone must do */
    TRY(redis_call(s, g->redis, &command, &reply));
    TRY(TELL(g->redis, &reply, BYTES("GET"), eval.keys[0]));
    CHECK(bytes_equal(reply->bytes, BYTES("v")));
    return OK;
}
