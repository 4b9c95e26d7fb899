/* Sweeping: what was abandoned, what has become due. Each message is moved only while its score is the one
 * that was read, so that two sweepers, or a holder that renews just then, do no harm. */

#include "queue/celery_parts.h"

#include "base/id.h"

enum { LOOK_AT_MAX = 1000 /* entries of others between ours */ };

typedef struct Abandoned {
    const char *tag;
    Bytes score, entry;
    CeleryUnacked unacked;
    CeleryMessage message;
    const char *queue;
} Abandoned;

static fallible find_abandoned(Scope *s, Celery *c, RedisReply **out)
{
    const Bytes keys[] = {celery_unacked_index_key(s, &c->o.keys),
                          celery_unacked_key(s, &c->o.keys)};
    const Bytes args[] = {bytes_of(text(s, "%.6f", (double)c->o.visibility_us / US_PER_S)),
                          bytes_of(text(s, "%.6f", (double)c->o.foreign_us / US_PER_S)),
                          BYTES(CELERY_TOKEN_PREFIX), redis_number(s, CELERY_RESTORE_MAX),
                          redis_number(s, LOOK_AT_MAX)};
    RedisCommand command = redis_eval(s, &(RedisEval){.script = &c->scripts[SCRIPT_ABANDONED],
                                                      .keys = keys,
                                                      .key_count = COUNT_OF(keys),
                                                      .args = args,
                                                      .arg_count = COUNT_OF(args),
                                                      .repeatable = true});

    return redis_call(s, c->o.redis, &command, out);
}

/* A message of a named exchange goes to the queue that is bound by its key. When nothing is bound, the key
 * is taken for a queue rather than the message lost. */
static fallible find_queue(Scope *s, Celery *c, const CeleryUnacked *unacked, const char **out)
{
    RedisReply *reply;
    const char *key, *queue;

    *out = unacked->routing_key;
    if (!*unacked->exchange)
        return OK;
    const RedisCommand members = {
        REDIS_ARGS(BYTES("SMEMBERS"), celery_binding_key(s, &c->o.keys, unacked->exchange)),
        .key = 1, .repeatable = true};
    TRY(redis_call(s, c->o.redis, &members, &reply));
    for (size_t i = 0; i < reply->count; i++)
        if (celery_binding_read(s, reply->items[i].bytes, &key, &queue) &&
            text_equal(key, unacked->routing_key)) {
            *out = queue;
            return OK;
        }
    return OK;
}

static fallible move_dead(Scope *s, Celery *c, const Abandoned *a, CeleryReason why,
                          CeleryMove *out)
{
    const CeleryDeadLetter letter = {
        a->queue, why, a->unacked.envelope.data ? a->unacked.envelope : a->entry, &a->message};

    TRY(celery_dead_result(s, c, &letter));
    *out = (CeleryMove){.key = celery_dead_key(s, &c->o.keys, a->queue),
                        .command = "LPUSH",
                        .first = celery_dead_record(s, &letter)};
    return OK;
}

/* Where it goes: its list, or the dead letters. */
static fallible decide(Scope *s, Celery *c, Abandoned *a, CeleryMove *out, bool *dead)
{
    *dead = true;
    a->queue = "unacked";
    if (!celery_unacked_read(s, a->entry, &a->unacked))
        return move_dead(s, c, a, (CeleryReason){"not_json", "the entry cannot be read"}, out);
    TRY(find_queue(s, c, &a->unacked, &a->queue));
    celery_message_read(s, a->unacked.envelope, &a->message);
    if (a->message.fault)
        return move_dead(s, c, a, celery_reason(&a->message), out);
    int64_t deliveries = a->message.delivery_count + 1;
    if (deliveries >= c->o.deliveries_max)
        return move_dead(s, c, a,
                         (CeleryReason){"deliveries", text(s, "its worker was lost %lld times",
                                                           (long long)deliveries)},
                         out);
    if (!celery_message_restore(s, a->unacked.envelope, id_new(s), deliveries, &out->first))
        return move_dead(s, c, a, (CeleryReason){"no_restore", "it cannot be delivered again"},
                         out);
    out->key = celery_list_key(s, &c->o.keys, a->queue, celery_step(a->message.priority));
    out->command = "RPUSH";
    *dead = false;
    return OK;
}

Error *celery_restore(Scope *s, Celery *c, CeleryRestored *out)
{
    SCOPE(tmp, s);
    RedisReply *found, **replies;
    RedisCommand commands[CELERY_RESTORE_MAX];
    bool dead[CELERY_RESTORE_MAX];

    *out = (CeleryRestored){0};
    TRY_WHILE(find_abandoned(tmp, c, &found), "looking for abandoned messages");
    size_t count = found->count < CELERY_RESTORE_MAX ? found->count : CELERY_RESTORE_MAX;
    for (size_t i = 0; i < count; i++) {
        const RedisReply *item = &found->items[i];
        Abandoned a = {text_of(tmp, item->items[0].bytes), item->items[1].bytes,
                       item->items[2].bytes, .queue = NULL};
        CeleryMove *move = NEW(tmp, CeleryMove);
        CeleryLeave leave = {a.tag, a.score, move, 1};
        dead[i] = true;
        if (a.entry.size)
            TRY(decide(tmp, c, &a, move, &dead[i]));
        else
            leave.count = 0; /* a score without an entry: only to be taken away */
        commands[i] = celery_leave_command(tmp, c, &leave);
    }
    if (!count)
        return OK;
    TRY_WHILE(redis_pipeline(tmp, c->o.redis, commands, count, &replies), "restoring messages");
    for (size_t i = 0; i < count; i++) {
        TRY_WHILE(redis_failed(s, replies[i]), "restoring messages");
        out->restored += replies[i]->integer == 1 && !dead[i];
        out->buried += replies[i]->integer == 1 && dead[i];
    }
    out->more = count == CELERY_RESTORE_MAX;
    return OK;
}

Error *celery_due(Scope *s, Celery *c, const char *queue, OptInt *wait_us)
{
    SCOPE(tmp, s);
    Bytes keys[1 + CELERY_STEPS] = {celery_delayed_key(tmp, &c->o.keys, queue)};
    const Bytes limit = redis_number(tmp, CELERY_RESTORE_MAX);
    RedisReply *reply;

    for (size_t step = 0; step < CELERY_STEPS; step++)
        keys[1 + step] = celery_list_key(tmp, &c->o.keys, queue, step);
    RedisCommand due = redis_eval(tmp, &(RedisEval){.script = &c->scripts[SCRIPT_DUE],
                                                    .keys = keys,
                                                    .key_count = COUNT_OF(keys),
                                                    .args = &limit,
                                                    .arg_count = 1,
                                                    .repeatable = true});
    TRY_WHILE(redis_call(tmp, c->o.redis, &due, &reply), "looking for messages that are due");
    if (reply->count != 2)
        return fail(s, UPSTREAM, "Redis answered a look at what is due in another form");
    int64_t ms = reply->items[1].integer;
    *wait_us = (OptInt){ms >= 0, ms >= 0 ? ms * US_PER_MS : 0};
    return OK;
}
