/* Calls and pipelines: each command finds its server, and goes where a cluster sends it. */

#include "net/redis_parts.h"

#define PAUSE_FIRST_US                                                                             \
    (20 * US_PER_MS) /* before what a server refuses for a moment is sent again */

typedef struct Call {
    Redis *redis;
    RedisSending *all;
    size_t count;
} Call;

/* ---- Where ---- */

static void send_to(const Call *call, RedisSending *sending, RedisNode *node)
{
    if (sending->to)
        redis_unpin(call->redis, sending->to);
    sending->to = node;
}

static void unpin_all(void *what)
{
    const Call *call = what;

    for (size_t i = 0; i < call->count; i++)
        send_to(call, &call->all[i], NULL);
}

static void route(const Call *call)
{
    for (size_t i = 0; i < call->count; i++)
        if (!call->all[i].reply && !call->all[i].to)
            send_to(call, &call->all[i], redis_node_for(call->redis, call->all[i].slot));
}

/* ---- One round ---- */

static RedisNode *next_node(const Call *call)
{
    for (size_t i = 0; i < call->count; i++)
        if (!call->all[i].reply)
            return call->all[i].to;
    return NULL;
}

/* A server of a cluster that is away may have lost its slots to another. */
static bool has_moved(Scope *s, const Call *call, const RedisNode *node, const Error *e)
{
    bool moved = false;

    if (!failed_as(e, UNAVAILABLE) || text_equal(e->code, REDIS_UNSURE))
        return false;
    redis_map_doubt(call->redis);
    redis_map_refresh(s, call->redis);
    for (size_t i = 0; i < call->count; i++) {
        if (call->all[i].to != node || call->all[i].reply)
            continue;
        send_to(call, &call->all[i], redis_node_for(call->redis, call->all[i].slot));
        moved = moved || call->all[i].to != node;
    }
    return moved;
}

static fallible send_round(Scope *s, const Call *call)
{
    int detours = 0;

    for (RedisNode *node; (node = next_node(call));) {
        Error *e = redis_exchange(s, call->redis, node, call->all, call->count);
        if (e && (detours++ == REDIS_ROUNDS_MAX || !has_moved(s, call, node, e)))
            return e;
        error_drop(e, "another server owns the slots now");
    }
    return OK;
}

/* ---- What to send again ---- */

/* "MOVED 3999 127.0.0.1:6381" and "ASK 3999 127.0.0.1:6381" */
static fallible follow(Scope *s, const Call *call, RedisSending *sending)
{
    bool moved = redis_is_failure(sending->reply, "MOVED ");
    const char *words = text_of(s, sending->reply->bytes);
    TextList parts = text_split(s, words, ' ');
    int64_t slot;
    RedisNode *node;

    if (parts.count < 3 || !text_integer(parts.items[1], 0, REDIS_SLOTS - 1, &slot))
        return fail(s, UPSTREAM, "%s: cannot be followed to where it sends us", sending->to->shown);
    TRY(redis_node_named(s, call->redis, sending->to, parts.items[2], &node));
    if (moved)
        redis_slot_moved(call->redis, (int)slot, node);
    send_to(call, sending, node);
    sending->asking = !moved;
    sending->reply = NULL;
    return OK;
}

static bool is_refused_for_now(const RedisReply *reply)
{
    return redis_is_failure(reply, "TRYAGAIN ") || redis_is_failure(reply, "CLUSTERDOWN ") ||
           redis_is_failure(reply, "READONLY ");
}

/* *again: there is something; *pause: after a moment. */
static fallible judge(Scope *s, const Call *call, RedisSending *sending, bool *again, bool *pause)
{
    const RedisReply *reply = sending->reply;

    if (redis_is_failure(reply, "MOVED ") || redis_is_failure(reply, "ASK ")) {
        TRY(follow(s, call, sending));
        *again = true;
    } else if (is_refused_for_now(reply)) {
        /* TRYAGAIN may come from where ASK has sent us: there it is tried again. */
        if (!sending->asking)
            send_to(call, sending, NULL);
        sending->reply = NULL;
        *again = *pause = true;
    } else if (redis_is_failure(reply, "NOSCRIPT") && sending->command->script &&
               !sending->whole_script) {
        sending->whole_script = true;
        sending->reply = NULL;
        *again = true;
    }
    return OK;
}

static fallible run(Scope *s, const Call *call)
{
    for (int round = 1;; round++) {
        bool again = false, pause = false;
        route(call);
        TRY(send_round(s, call));
        for (size_t i = 0; i < call->count && round < REDIS_ROUNDS_MAX; i++)
            TRY(judge(s, call, &call->all[i], &again, &pause));
        if (!again)
            return OK;
        redis_map_refresh(s, call->redis);
        if (pause)
            TRY(scope_sleep(s, PAUSE_FIRST_US << round));
    }
}

/* ---- What callers see ---- */

static fallible check(Scope *s, const RedisCommand *commands, size_t count)
{
    size_t bytes = 0;

    if (!count || count > REDIS_PIPELINE_MAX)
        return fail(s, INVALID, "Redis: %zu commands at once; 1 to %d are possible", count,
                    REDIS_PIPELINE_MAX);
    for (size_t i = 0; i < count; i++) {
        const RedisCommand *c = &commands[i];
        if (!c->count || c->count > REDIS_ARGUMENTS_MAX || c->key >= c->count)
            return fail(s, INVALID, "Redis: a command of %zu arguments; 1 to %d are possible",
                        c->count, REDIS_ARGUMENTS_MAX);
        for (size_t a = 0; a < c->count && bytes <= REDIS_SENT_MAX; a++)
            bytes += c->args[a].size < REDIS_SENT_MAX ? c->args[a].size : REDIS_SENT_MAX + 1;
    }
    if (bytes > REDIS_SENT_MAX)
        return fail(s, INVALID, "Redis: more than %d bytes to send at once", REDIS_SENT_MAX);
    return OK;
}

Error *redis_pipeline(Scope *s, Redis *redis, const RedisCommand *commands, size_t count,
                      RedisReply ***out)
{
    SCOPE(tmp, s);

    TRY(check(s, commands, count));
    Call call = {.redis = redis, .all = NEW_ARRAY(tmp, RedisSending, count), .count = count};
    for (size_t i = 0; i < count; i++)
        call.all[i] = (RedisSending){.command = &commands[i], .slot = redis_slot_of(&commands[i])};
    Error *e = run(s, &call);
    unpin_all(&call);
    TRY(e);
    RedisReply **replies = NEW_ARRAY(s, RedisReply *, count);
    for (size_t i = 0; i < count; i++)
        replies[i] = call.all[i].reply;
    *out = replies;
    return OK;
}

Error *redis_call(Scope *s, Redis *redis, const RedisCommand *command, RedisReply **out)
{
    RedisReply **replies;

    TRY(redis_pipeline(s, redis, command, 1, &replies));
    TRY(redis_failed(s, replies[0]));
    *out = replies[0];
    return OK;
}
