/* The servers that are known: one, or those of a cluster. A place that nobody uses and that owns no slots
 * is given to another server when it is needed. */

#include "net/redis_parts.h"

#include <arpa/inet.h>

/* ---- With the mutex held ---- */

static bool is_at(const RedisNode *node, const WireTarget *target)
{
    return text_equal(node->target.host, target->host) && node->target.port == target->port &&
           text_equal(node->target.path, target->path);
}

static void settle(RedisNode *node, const WireTarget *target)
{
    Scope *home = unit_open(NULL, "redis node");

    scope_close(node->home);
    node->home = home;
    node->target = (WireTarget){.host = text_copy(home, target->host),
                                .port = target->port,
                                .path = text_copy(home, target->path),
                                .tls_name = text_copy(home, target->tls_name)};
    node->shown = wire_target_shown(home, target);
    node->failures = node->retry_at = 0;
}

static bool is_free(const Redis *redis, const RedisNode *node)
{
    return !node->pins && !node->mapped && !node->idle_count && node != redis->seed;
}

static RedisNode *free_node(Redis *redis)
{
    if (redis->node_count < REDIS_NODES_MAX)
        return redis->nodes[redis->node_count++] = NEW(redis->home, RedisNode);
    for (size_t i = 0; i < redis->node_count; i++)
        if (is_free(redis, redis->nodes[i]))
            return redis->nodes[i];
    return NULL;
}

static RedisNode *node_at(Redis *redis, const WireTarget *target)
{
    for (size_t i = 0; i < redis->node_count; i++)
        if (is_at(redis->nodes[i], target))
            return redis->nodes[i];
    RedisNode *node = free_node(redis);
    if (node)
        settle(node, target);
    return node;
}

static bool seems_there(const RedisNode *node)
{
    return !node->failures || clock_us() >= node->retry_at;
}

/* The one of the address, unless it is away and another of the cluster is not. */
static RedisNode *any_node(const Redis *redis)
{
    if (seems_there(redis->seed) || !redis->slots)
        return redis->seed;
    for (size_t i = 0; i < redis->node_count; i++)
        if (redis->nodes[i]->mapped && seems_there(redis->nodes[i]))
            return redis->nodes[i];
    return redis->seed;
}

/* ---- Without it ---- */

void redis_pin(Redis *redis, RedisNode *node)
{
    LOCKED (&redis->mutex)
        node->pins++;
}

void redis_unpin(Redis *redis, RedisNode *node)
{
    LOCKED (&redis->mutex)
        node->pins--;
}

RedisNode *redis_node_for(Redis *redis, int slot)
{
    RedisNode *node = NULL;

    LOCKED (&redis->mutex) {
        node = slot >= 0 && redis->slots ? redis->slots[slot] : NULL;
        if (!node)
            node = any_node(redis);
        node->pins++;
    }
    return node;
}

Error *redis_node_at(Scope *s, Redis *redis, const WireTarget *target, RedisNode **out)
{
    LOCKED (&redis->mutex) {
        RedisNode *node = node_at(redis, target);
        if (!node)
            return fail(s, LIMITED,
                        "the cluster has more than the %d servers this program can serve",
                        REDIS_NODES_MAX);
        node->pins++;
        *out = node;
    }
    return OK;
}

static bool is_address(const char *host)
{
    struct in6_addr address;

    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* Clusters name their servers by addresses, while certificates have names: a server that is known by its
 * address only must prove the name that the user gave. */
static const char *name_to_prove(const Redis *redis, const char *host)
{
    const char *given = redis->address.target.host;

    return is_address(host) && given && !is_address(given) ? given : NULL;
}

Error *redis_node_of(Scope *s, Redis *redis, const RedisNode *asked, WireTarget target,
                     RedisNode **out)
{
    if (text_empty(target.host))
        target.host = asked->target.host;
    if (text_empty(target.host) || target.port < 1 || target.port > 65535)
        return fail(s, UPSTREAM, "%s: the cluster names a server that has no address",
                    asked->shown);
    target.tls_name = name_to_prove(redis, target.host);
    return redis_node_at(s, redis, &target, out);
}

Error *redis_node_named(Scope *s, Redis *redis, const RedisNode *asked, const char *name,
                        RedisNode **out)
{
    const char *colon = strrchr(name, ':');
    int64_t port = 0;

    if (!colon || !text_integer(colon + 1, 1, 65535, &port))
        return fail(s, UPSTREAM, "%s: the cluster names a server without a port", asked->shown);
    WireTarget target = {.host = text_of(s, (Bytes){name, (size_t)(colon - name)}),
                         .port = (int)port};
    return redis_node_of(s, redis, asked, target, out);
}
