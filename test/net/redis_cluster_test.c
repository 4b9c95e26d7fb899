/* Slots that are elsewhere, on their way, or in doubt. */

#include <stdlib.h>

#include "net/redis_parts.h"
#include "test/net/given_redis.h"

/* One server of the cluster, by a client that keeps to it as long as its commands have no key. */
typedef struct Shard {
    const char *id;
    int port;
    Redis *redis;
} Shard;

/* The owner of the slot, and one that is not. */
static fallible find_shards(Scope *s, const GivenRedis *g, int slot, Shard *owner, Shard *other)
{
    RedisReply *reply;

    TRY(TELL_ANY(g->redis, &reply, BYTES("CLUSTER"), BYTES("SLOTS")));
    for (size_t i = 0; i < reply->count; i++) {
        const RedisReply *range = reply->items[i].items, *who = range[2].items;
        Shard *to = range[0].integer <= slot && slot <= range[1].integer ? owner : other;
        to->port = (int)who[1].integer;
        to->id = text_of(s, who[2].bytes);
    }
    TRY(redis_at(s, text(s, "redis://127.0.0.1:%d", owner->port), &owner->redis));
    return redis_at(s, text(s, "redis://127.0.0.1:%d", other->port), &other->redis);
}

static fallible set_slot(Scope *s, const Shard *at, int slot, const char *state, const char *id)
{
    RedisReply *reply;

    return TELL_ANY(at->redis, &reply, BYTES("CLUSTER"), BYTES("SETSLOT"), redis_number(s, slot),
                    bytes_of(state), bytes_of(id));
}

static fallible move_key(Scope *s, const Shard *from, const Shard *to, Bytes key)
{
    RedisReply *reply;

    return TELL_ANY(from->redis, &reply, BYTES("MIGRATE"), BYTES("127.0.0.1"),
                    redis_number(s, to->port), key, BYTES("0"), BYTES("5000"));
}

/* How often the server has answered TRYAGAIN. */
static fallible tryagains(Scope *s, const Shard *at, int64_t *out)
{
    RedisReply *reply;

    TRY(TELL_ANY(at->redis, &reply, BYTES("INFO"), BYTES("errorstats")));
    const char *line = strstr(text_of(s, reply->bytes), "errorstat_TRYAGAIN:count=");
    *out = line ? strtoll(line + strlen("errorstat_TRYAGAIN:count="), NULL, 10) : 0;
    return OK;
}

REDIS_TEST_OF(CLUSTER_REDIS, keys_of_different_slots_are_refused_with_a_sentence_that_helps)
{
    RedisReply *reply;

    Error *e = TELL(g->redis, &reply, BYTES("MGET"), BYTES("a"), BYTES("b"));
    FAILS(INVALID, e);
    CHECK_HAS(e->message, "give them one hash tag, as in {dursor}:a and {dursor}:b");
    return OK;
}

REDIS_TEST_OF(CLUSTER_REDIS, a_slot_on_its_way_is_served_by_both_and_then_by_its_new_owner)
{
    Bytes old_key = redis_key(s, g, "old"), new_key = redis_key(s, g, "new");
    int slot = redis_slot(old_key);
    Shard owner = {0}, other = {0};
    int64_t before, after;
    RedisReply *reply;

    TRY(find_shards(s, g, slot, &owner, &other));
    TRY(TELL(g->redis, &reply, BYTES("SET"), old_key, BYTES("1")));
    TRY(set_slot(s, &other, slot, "IMPORTING", owner.id));
    TRY(set_slot(s, &owner, slot, "MIGRATING", other.id));

    TRY(TELL(g->redis, &reply, BYTES("GET"), old_key)); /* still at the old one */
    CHECK(bytes_equal(reply->bytes, BYTES("1")));
    TRY(TELL(g->redis, &reply, BYTES("SET"), new_key, BYTES("2"))); /* ASK */
    TRY(TELL(g->redis, &reply, BYTES("GET"), new_key));
    CHECK(bytes_equal(reply->bytes, BYTES("2")));
    TRY(tryagains(s, &owner, &before));
    FAILS(UNAVAILABLE, TELL(g->redis, &reply, BYTES("MGET"), old_key, new_key));
    TRY(tryagains(s, &owner, &after));
    CHECK_EQ(after - before, REDIS_ROUNDS_MAX); /* it was tried again for a while */

    TRY(move_key(s, &owner, &other, old_key));
    TRY(TELL(g->redis, &reply, BYTES("MGET"), old_key, new_key));
    CHECK_EQ(reply->count, 2);
    CHECK(bytes_equal(reply->items[0].bytes, BYTES("1")));
    TRY(set_slot(s, &other, slot, "NODE", other.id));
    TRY(set_slot(s, &owner, slot, "NODE", other.id));
    TRY(TELL(g->redis, &reply, BYTES("GET"), old_key)); /* MOVED */
    CHECK(bytes_equal(reply->bytes, BYTES("1")));
    TRY(TELL(g->redis, &reply, BYTES("DEL"), old_key, new_key));
    CHECK_EQ(reply->integer, 2);
    return OK;
}

REDIS_TEST_OF(CLUSTER_REDIS, a_script_follows_its_slot_to_a_server_that_does_not_know_it)
{
    Bytes key = redis_key(s, g, "k");
    int slot = redis_slot(key);
    Shard owner = {0}, other = {0};
    RedisScript script = redis_script(text(s, "-- %s\nreturn redis.call('INCR', KEYS[1])", g->tag));
    RedisCommand command =
        redis_eval(s, &(RedisEval){.script = &script, .keys = &key, .key_count = 1});
    RedisReply *reply;

    TRY(find_shards(s, g, slot, &owner, &other));
    TRY(redis_call(s, g->redis, &command, &reply));
    TRY(set_slot(s, &other, slot, "IMPORTING", owner.id));
    TRY(set_slot(s, &owner, slot, "MIGRATING", other.id));
    TRY(move_key(s, &owner, &other, key));
    TRY(redis_call(s, g->redis, &command, &reply)); /* ASK, then NOSCRIPT */
    CHECK_EQ(reply->integer, 2);
    TRY(set_slot(s, &other, slot, "NODE", other.id));
    TRY(set_slot(s, &owner, slot, "NODE", other.id));
    TRY(redis_call(s, g->redis, &command, &reply));
    CHECK_EQ(reply->integer, 3);
    TRY(TELL(g->redis, &reply, BYTES("DEL"), key));
    return OK;
}

REDIS_TEST_OF(CLUSTER_REDIS, another_database_than_the_first_is_refused)
{
    Redis *redis;
    RedisReply *reply;

    TRY(redis_at(s, text(s, "%s/1", g->url), &redis));
    Error *e = TELL_ANY(redis, &reply, BYTES("PING"));
    FAILS(INVALID, e);
    CHECK_HAS(e->message, "a cluster has database 0 only");
    return OK;
}

/* ---- The map ---- */

REDIS_TEST_OF(CLUSTER_REDIS, the_map_is_learnt_from_the_first_moved_and_asked_for_once)
{
    RedisReply *reply;
    size_t mapped = 0;

    for (int i = 0; i < 200; i++)
        TRY(TELL(g->redis, &reply, BYTES("GET"), bytes_of(text(s, "%.16s:%d", g->tag + 6, i))));
    CHECK(g->redis->slots);
    for (int slot = 0; slot < REDIS_SLOTS; slot++)
        mapped += g->redis->slots[slot] != NULL;
    CHECK_EQ(mapped, REDIS_SLOTS);
    CHECK_EQ(g->redis->node_count, 3); /* the one of the address is one of them */
    return OK;
}
