/* One write to one server, and the replies to it. What is not answered when the connection breaks is sent
 * again only if nothing of it was written, or if all of it may be executed twice. */

#include "net/redis_parts.h"

enum { TRIES_MAX = 2 };

typedef struct Exchange {
    Redis *redis;
    RedisNode *node;
    RedisSending *all;
    size_t count;
    bool blocks;
    bool wrote; /* bytes of what has no reply yet */
} Exchange;

static bool is_ours(const Exchange *x, const RedisSending *sending)
{
    return sending->to == x->node && !sending->reply;
}

/* ---- What is sent ---- */

static void add_script(Scope *s, Buffer *b, const RedisCommand *command)
{
    Bytes *args = NEW_ARRAY(s, Bytes, command->count);

    memcpy(args, command->args, sizeof *args * command->count);
    args[0] = BYTES("EVAL");
    args[1] = bytes_of(command->script->text);
    redis_format(b, args, command->count);
}

static void add_all(Scope *s, const Exchange *x, Buffer *b)
{
    for (size_t i = 0; i < x->count; i++) {
        const RedisSending *sending = &x->all[i];
        if (!is_ours(x, sending))
            continue;
        if (sending->asking)
            redis_format(b, (Bytes[]){BYTES("ASKING")}, 1);
        if (sending->whole_script)
            add_script(s, b, sending->command);
        else
            redis_format(b, sending->command->args, sending->command->count);
    }
}

static bool all_repeatable(const Exchange *x)
{
    for (size_t i = 0; i < x->count; i++)
        if (is_ours(x, &x->all[i]) && !x->all[i].command->repeatable)
            return false;
    return true;
}

/* ---- What comes back ---- */

static int64_t wait_of(const Redis *redis, const RedisCommand *command)
{
    int64_t us = redis->options.answer_us;

    return command->block_us > INT64_MAX - us ? INT64_MAX : command->block_us + us;
}

static fallible read_one(Scope *s, const Exchange *x, RedisConnection *c, RedisSending *sending)
{
    int64_t wait_us = wait_of(x->redis, sending->command);
    RedisReply *reply;

    if (sending->asking)
        TRY(redis_receive(s, c, wait_us, &reply)); /* OK, or the next says what is wrong */
    return redis_receive(s, c, wait_us, &sending->reply);
}

/* *replica: the server takes no writes, so that its connections are worth nothing. */
static fallible talk(Scope *s, Exchange *x, RedisConnection *c, bool *replica)
{
    SCOPE(tmp, s);
    Buffer b = buffer_in(tmp);
    size_t sent;

    add_all(tmp, x, &b);
    Error *e = redis_send(tmp, c, buffer_view(&b), &sent);
    x->wrote = sent > 0;
    TRY(e);
    for (size_t i = 0; i < x->count; i++) {
        RedisSending *sending = &x->all[i];
        if (!is_ours(x, sending))
            continue;
        TRY(read_one(s, x, c, sending));
        *replica = *replica || redis_is_failure(sending->reply, "READONLY");
    }
    return OK;
}

static fallible lend_and_talk(Scope *s, Exchange *x)
{
    RedisConnection *c;
    bool replica = false;

    x->wrote = false;
    TRY(redis_lend(s, x->redis, x->node, x->blocks, &c));
    Error *e = talk(s, x, c, &replica);
    redis_give(x->redis, c, x->blocks, !e && !replica);
    if (replica)
        redis_drop_idle(x->redis, x->node);
    return e;
}

Error *redis_exchange(Scope *s, Redis *redis, RedisNode *node, RedisSending *all, size_t count)
{
    Exchange x = {.redis = redis, .node = node, .all = all, .count = count};

    for (size_t i = 0; i < count; i++)
        x.blocks = x.blocks || (is_ours(&x, &all[i]) && all[i].command->block_us);
    for (int tries = 1;; tries++) {
        Error *e = lend_and_talk(s, &x);
        bool again = failed_as(e, UNAVAILABLE) && tries < TRIES_MAX;
        if (!e)
            return OK;
        if (x.wrote && !all_repeatable(&x))
            return failed_as(e, UNAVAILABLE) ? error_coded(e, REDIS_UNSURE) : e;
        if (!again)
            return e;
        error_drop(e, "nothing was executed, or it may be executed twice");
    }
}
