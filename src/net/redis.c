/* Opening and closing a client. */

#include "net/redis_parts.h"

enum { CONNECTIONS_MAX = REDIS_IDLE_MAX };

static void redis_close(void *what)
{
    Redis *redis = what;

    for (size_t i = 0; i < redis->node_count; i++) {
        redis_drop_idle(redis, redis->nodes[i]);
        scope_close(redis->nodes[i]->home);
    }
    scope_close(redis->logins.home);
    scope_close(redis->home);
}

static bool is_name(const char *name)
{
    for (; *name; name++)
        if (*name < '!' || *name > '~')
            return false;
    return true;
}

static RedisOptions settle(Scope *home, const RedisOptions *given)
{
    RedisOptions o = *given;

    o.url = NULL; /* it holds the password */
    o.name = text_copy(home, given->name ? given->name : "dursor");
    o.connections = o.connections ? o.connections : REDIS_CONNECTIONS;
    if (o.connections > CONNECTIONS_MAX)
        o.connections = CONNECTIONS_MAX;
    o.reply_max = o.reply_max ? o.reply_max : REDIS_REPLY_MAX;
    o.connect_us = o.connect_us ? o.connect_us : REDIS_CONNECT_US;
    o.answer_us = o.answer_us ? o.answer_us : REDIS_ANSWER_US;
    return o;
}

static fallible check(Scope *s, const RedisOptions *options, const RedisAddress *address)
{
    if (address->user && !address->password && !options->token)
        return fail(
            s, INVALID,
            "the address of Redis has a user without a password, as in redis://USER:PASSWORD@HOST");
    if (options->name && !is_name(options->name))
        return fail(s, INVALID, "the name shown to Redis may hold visible ASCII only");
    return OK;
}

Error *redis_open(Scope *s, const RedisOptions *options, Redis **out)
{
    RedisAddress checked;

    TRY(redis_address(s, options->url, &checked));
    TRY(check(s, options, &checked));
    Scope *home = unit_open(NULL, "redis");
    Redis *redis = NEW(home, Redis);
    redis->home = home;
    redis->options = settle(home, options);
    scope_undo(s, redis_close, redis);
    TRY(error_move(s, redis_address(home, options->url, &redis->address)));
    TRY(redis_node_at(s, redis, &redis->address.target, &redis->seed)); /* pinned for ever */
    *out = redis;
    return OK;
}

const char *redis_shown(const Redis *redis)
{
    return redis->address.shown;
}
