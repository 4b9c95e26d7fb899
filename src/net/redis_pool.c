/* Connections lent to one call at a time: the one given back last first, so that others grow old and go. */

#include <stdio.h>

#include "base/id.h"
#include "net/redis_parts.h"

#define BACKOFF_FIRST_US (50 * US_PER_MS)
#define BACKOFF_MAX_US   (5 * US_PER_S)
#define IDLE_US          (60 * US_PER_S) /* of the oldest, when there is another */

/* ---- Failures ---- */

int64_t redis_backoff(int64_t failures)
{
    int64_t us = BACKOFF_FIRST_US;
    uint8_t spread;

    for (int64_t i = 1; i < failures && us < BACKOFF_MAX_US; i++)
        us *= 2;
    random_bytes(&spread, sizeof spread);
    return (us < BACKOFF_MAX_US ? us : BACKOFF_MAX_US) * (128 + spread / 2) / 256;
}

/* With the mutex held. Many who fail together count as one. */
static void note_failure(RedisNode *node, const Error *e)
{
    if (clock_us() < node->retry_at)
        return;
    node->failures++;
    node->retry_at = clock_us() + redis_backoff(node->failures);
    node->kind = e->kind;
    snprintf(node->message, sizeof node->message, "%s", e->message);
}

void redis_note(Redis *redis, RedisNode *node, const Error *e)
{
    if (failed_as(e, CANCELLED) || failed_as(e, TIMEOUT))
        return; /* says nothing about the server */
    LOCKED (&redis->mutex) {
        if (e)
            note_failure(node, e);
        else
            node->failures = node->retry_at = 0;
    }
}

static fallible check_backoff(Scope *s, Redis *redis, const RedisNode *node)
{
    LOCKED (&redis->mutex) {
        int64_t wait = node->failures ? node->retry_at - clock_us() : 0;
        if (wait > 0)
            return error_retry_after(fail(s, node->kind, "%s", node->message), wait);
    }
    return OK;
}

/* ---- Idle ones ---- */

static RedisConnection *take_idle(Redis *redis, RedisNode *node)
{
    RedisConnection *c = NULL;

    LOCKED (&redis->mutex)
        c = node->idle_count ? node->idle[--node->idle_count] : NULL;
    return c;
}

void redis_drop_idle(Redis *redis, RedisNode *node)
{
    for (RedisConnection *c; (c = take_idle(redis, node));)
        redis_disconnect(c);
}

/* A server that has closed, or says something unasked, is not what an idle connection is for. */
static RedisConnection *take_sound(Redis *redis, RedisNode *node)
{
    RedisConnection *c;

    while ((c = take_idle(redis, node)) && !wire_idle(c->wire))
        redis_disconnect(c);
    return c;
}

/* Gives one that is to go: the one that has waited longest, the first of the row, when it is tired. */
static RedisConnection *keep_idle(Redis *redis, RedisNode *node, RedisConnection *c)
{
    RedisConnection *oldest = NULL;

    c->idle_since = clock_us();
    LOCKED (&redis->mutex) {
        bool full = node->idle_count == REDIS_IDLE_MAX;
        bool tired = node->idle_count && clock_us() - node->idle[0]->idle_since > IDLE_US;
        if (full || tired) {
            oldest = node->idle[0];
            memmove(node->idle, node->idle + 1, sizeof c * --node->idle_count);
        }
        node->idle[node->idle_count++] = c;
    }
    return oldest;
}

/* ---- Lending ---- */

static fallible connect_new(Scope *s, Redis *redis, RedisNode *node, RedisConnection **out)
{
    TRY(check_backoff(s, redis, node));
    Error *e = redis_connect(s, redis, node, out);
    redis_note(redis, node, e);
    return e;
}

/* Says anew who we are where the login has changed, before the old one ends. */
static fallible prove(Scope *s, Redis *redis, RedisConnection *c)
{
    SCOPE(tmp, s);
    RedisLogin login;

    TRY(redis_login(tmp, redis, &login));
    return login.number == c->login ? OK : redis_authenticate(tmp, redis, c, &login);
}

static fallible find_or_make(Scope *s, Redis *redis, RedisNode *node, RedisConnection **out)
{
    *out = take_sound(redis, node);
    return *out ? OK : connect_new(s, redis, node, out);
}

static fallible take_turn(Scope *s, Redis *redis, RedisNode *node)
{
    LOCKED (&redis->mutex) {
        while (node->lent >= redis->options.connections)
            TRY_WHILE(condition_wait(s, &node->given, &redis->mutex),
                      "waiting for a connection to %s", node->shown);
        node->lent++;
    }
    return OK;
}

static void give_turn(Redis *redis, RedisNode *node)
{
    LOCKED (&redis->mutex) {
        node->lent--;
        condition_wake(&node->given);
    }
}

Error *redis_lend(Scope *s, Redis *redis, RedisNode *node, bool blocks, RedisConnection **out)
{
    RedisConnection *c = NULL;

    if (!blocks)
        TRY(take_turn(s, redis, node));
    Error *e = find_or_make(s, redis, node, &c);
    if (!e)
        e = prove(s, redis, c);
    if (!e) {
        *out = c;
        return OK;
    }
    redis_disconnect(c);
    if (!blocks)
        give_turn(redis, node);
    return e;
}

void redis_give(Redis *redis, RedisConnection *c, bool blocks, bool whole)
{
    RedisNode *node = c->node;
    bool keep = whole && !redis_reader_holds(c->reader);

    redis_disconnect(keep ? keep_idle(redis, node, c) : c);
    if (!blocks)
        give_turn(redis, node);
}
