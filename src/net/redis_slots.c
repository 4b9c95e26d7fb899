/* Which server of a cluster owns which slot: learnt from MOVED, one slot at a time, and from the whole map,
 * which a server is asked for once it is known to be old. */

#include "net/redis_parts.h"

#define MAP_EVERY_US US_PER_S

enum { ASKED_MAX = 3 }; /* servers, for one map */

/* ---- Slots: CRC16 (XMODEM) of the key, or of what is in its first braces ---- */

static unsigned crc16(Bytes bytes)
{
    unsigned crc = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= (unsigned)(unsigned char)bytes.data[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
    }
    return crc;
}

static Bytes hash_tag(Bytes key)
{
    const char *open = key.size ? memchr(key.data, '{', key.size) : NULL;

    if (!open)
        return key;
    size_t rest = key.size - (size_t)(open + 1 - key.data);
    const char *close = rest ? memchr(open + 1, '}', rest) : NULL;
    return close && close > open + 1 ? (Bytes){open + 1, (size_t)(close - open - 1)} : key;
}

int redis_slot(Bytes key)
{
    return (int)(crc16(hash_tag(key)) % REDIS_SLOTS);
}

int redis_slot_of(const RedisCommand *command)
{
    return command->key ? redis_slot(command->args[command->key]) : -1;
}

/* ---- One slot ---- */

static void begin_map(Redis *redis)
{
    if (!redis->slots)
        redis->slots = NEW_ARRAY(redis->home, RedisNode *, REDIS_SLOTS);
}

void redis_slot_moved(Redis *redis, int slot, RedisNode *node)
{
    LOCKED (&redis->mutex) {
        begin_map(redis);
        redis->slots[slot] = node;
        node->mapped = true;
        redis->map_stale = true;
    }
}

/* ---- The map ---- */

static bool is_number(const RedisReply *reply, int64_t min, int64_t max)
{
    return reply->type == REDIS_INTEGER && reply->integer >= min && reply->integer <= max;
}

/* [from, to, [host, port, …], replicas…]; hosts are missing where the server knows none. */
static fallible read_range(Scope *s, Redis *redis, const RedisNode *asked, const RedisReply *range,
                           RedisNode **map)
{
    const RedisReply *row = range->items, *owner = range->count >= 3 ? &row[2] : NULL;
    bool good = owner && is_number(&row[0], 0, REDIS_SLOTS - 1) &&
                is_number(&row[1], row[0].integer, REDIS_SLOTS - 1) && owner->type == REDIS_ARRAY &&
                owner->count >= 2 && is_number(&owner->items[1], 0, 65535);
    RedisNode *node;

    if (!good)
        return fail(s, UPSTREAM, "%s: its map of the cluster cannot be read", asked->shown);
    const char *host = text_of(s, owner->items[0].bytes);
    if (text_equal(host, "?"))
        return OK;
    WireTarget target = {.host = host, .port = (int)owner->items[1].integer};
    TRY(redis_node_of(s, redis, asked, target, &node));
    for (int64_t slot = row[0].integer; slot <= row[1].integer; slot++)
        map[slot] = node;
    LOCKED (&redis->mutex) {
        node->mapped = true; /* or its place might be given to another before take_map */
        node->pins--;
    }
    return OK;
}

static void take_map(Redis *redis, RedisNode **map)
{
    LOCKED (&redis->mutex) {
        begin_map(redis);
        for (size_t i = 0; i < redis->node_count; i++)
            redis->nodes[i]->mapped = false;
        for (int slot = 0; slot < REDIS_SLOTS; slot++) {
            redis->slots[slot] = map[slot];
            if (map[slot])
                map[slot]->mapped = true;
        }
    }
}

static void drop_unmapped(Redis *redis)
{
    for (size_t i = 0;; i++) {
        RedisNode *node = NULL;
        LOCKED (&redis->mutex) {
            if (i == redis->node_count)
                return;
            node = redis->nodes[i];
            if (node->mapped || node == redis->seed)
                node = NULL;
            else
                node->pins++;
        }
        if (!node)
            continue;
        redis_drop_idle(redis, node);
        redis_unpin(redis, node);
    }
}

static fallible ask(Scope *s, Redis *redis, RedisNode *node)
{
    RedisCommand command = {REDIS_ARGS(BYTES("CLUSTER"), BYTES("SLOTS")), .repeatable = true};
    RedisSending sending = {.command = &command, .slot = -1, .to = node};
    RedisNode **map = NEW_ARRAY(s, RedisNode *, REDIS_SLOTS);

    TRY(redis_exchange(s, redis, node, &sending, 1));
    TRY(redis_failed(s, sending.reply));
    for (size_t i = 0; i < sending.reply->count; i++)
        TRY(read_range(s, redis, node, &sending.reply->items[i], map));
    take_map(redis, map);
    return OK;
}

static fallible ask_some(Scope *s, Redis *redis)
{
    Error *e = OK;

    for (int i = 0; i < ASKED_MAX; i++) {
        SCOPE(tmp, s);
        RedisNode *node = redis_node_for(redis, -1);
        error_drop(e, "another server may know the map");
        e = ask(tmp, redis, node);
        redis_unpin(redis, node);
        if (!e)
            return OK;
    }
    return e;
}

static bool begin_refresh(Redis *redis)
{
    LOCKED (&redis->mutex) {
        bool due = redis->slots && redis->map_stale && !redis->map_busy &&
                   (!redis->map_at || clock_us() - redis->map_at >= MAP_EVERY_US);
        if (!due)
            return false;
        redis->map_busy = true;
        redis->map_stale = false;
        redis->map_at = clock_us();
    }
    return true;
}

void redis_map_refresh(Scope *s, Redis *redis)
{
    if (!begin_refresh(redis))
        return;
    Error *e = ask_some(s, redis);
    if (!e)
        drop_unmapped(redis);
    LOCKED (&redis->mutex) {
        redis->map_busy = false;
        redis->map_stale = redis->map_stale || e;
    }
    error_drop(e, "each MOVED teaches a slot, and the map is asked for again");
}

void redis_map_doubt(Redis *redis)
{
    LOCKED (&redis->mutex)
        redis->map_stale = true;
}
