/* Opening, sending, revoking and results. */

#include "queue/celery_parts.h"

Celery *celery_open(Scope *s, const CeleryOptions *options)
{
    Celery *c = NEW(s, Celery);
    CeleryOptions *o = &c->o;

    *o = *options;
    o->results = o->results ? o->results : o->redis;
    o->keys.prefix = text_copy(s, o->keys.prefix ? o->keys.prefix : "");
    o->visibility_us = o->visibility_us ? o->visibility_us : CELERY_VISIBILITY_US;
    o->foreign_us = o->foreign_us ? o->foreign_us : CELERY_FOREIGN_US;
    o->deliveries_max = o->deliveries_max ? o->deliveries_max : CELERY_DELIVERIES;
    o->result_ttl_s = o->result_ttl_s ? o->result_ttl_s : CELERY_RESULT_TTL_S;
    for (size_t i = 0; i < SCRIPT_COUNT; i++)
        c->scripts[i] = redis_script(celery_script_texts[i]);
    return c;
}

/* ---- Sending ---- */

static RedisCommand command(Scope *s, const Bytes args[], size_t count)
{
    return (RedisCommand){
        .args = scope_copy(s, args, count * sizeof(Bytes)), .count = count, .key = 1};
}

static void add_binding(Scope *s, Celery *c, const char *queue, TextList *bound, RedisCommand *out)
{
    const Bytes args[] = {BYTES("SADD"), celery_binding_key(s, &c->o.keys, queue),
                          bytes_of(celery_binding_member(s, queue, queue))};

    texts_add(s, bound, queue);
    *out = command(s, args, COUNT_OF(args));
}

Error *celery_send(Scope *s, Celery *c, const CeleryCall *calls, size_t count)
{
    SCOPE(tmp, s);
    RedisCommand *commands = NEW_ARRAY(tmp, RedisCommand, 2 * count);
    RedisReply **replies;
    TextList bound = {0};
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        const CeleryCall *call = &calls[i];
        Bytes envelope;
        TRY(celery_message_write(tmp, call, &envelope));
        Bytes list = celery_list_key(tmp, &c->o.keys, call->queue, celery_step(call->priority));
        if (!texts_have(&bound, call->queue))
            add_binding(tmp, c, call->queue, &bound, &commands[used++]);
        commands[used++] = command(tmp, (const Bytes[]){BYTES("LPUSH"), list, envelope}, 3);
    }
    if (!count)
        return OK;
    TRY_WHILE(redis_pipeline(tmp, c->o.redis, commands, used, &replies), "sending to a queue");
    for (size_t i = 0; i < used; i++)
        TRY_WHILE(redis_failed(s, replies[i]), "sending to a queue");
    return OK;
}

/* ---- Revoking ---- */

Error *celery_revoke(Scope *s, Celery *c, const char *id)
{
    SCOPE(tmp, s);
    Bytes key = celery_revoked_key(tmp, &c->o.keys);
    RedisReply **replies;

    if (text_empty(id) || strlen(id) > CELERY_NAME_MAX)
        return fail(s, INVALID, "the id of a task has from 1 to %d bytes", CELERY_NAME_MAX);
    int64_t now = time_now().us / US_PER_S; /* a second more or less of a week does not matter */
    const RedisCommand commands[] = {
        {REDIS_ARGS(BYTES("ZADD"), key, redis_number(tmp, now + CELERY_REVOKED_TTL_S),
                    bytes_of(id)),
         .key = 1, .repeatable = true},
        {REDIS_ARGS(BYTES("ZREMRANGEBYSCORE"), key, BYTES("-inf"), redis_number(tmp, now)),
         .key = 1, .repeatable = true},
    };
    TRY_WHILE(redis_pipeline(tmp, c->o.redis, commands, COUNT_OF(commands), &replies),
              "revoking a task");
    return redis_failed(s, replies[0]);
}

/* ---- Results ---- */

Error *celery_result_store(Scope *s, Celery *c, const CeleryResult *result, bool *stored)
{
    SCOPE(tmp, s);
    Buffer payload = buffer_in(tmp);
    Bytes key = celery_result_key(tmp, &c->o.keys, result->task_id);
    RedisReply *reply;

    celery_result_write(&payload, result);
    if (payload.size > CELERY_RESULT_MAX)
        return fail(s, TOO_LARGE, "a result of %zu bytes, over %d", payload.size,
                    CELERY_RESULT_MAX);
    const Bytes args[] = {buffer_view(&payload),
                          redis_number(tmp, c->o.result_ttl_s > 0 ? c->o.result_ttl_s : 0)};
    RedisCommand store = redis_eval(tmp, &(RedisEval){.script = &c->scripts[SCRIPT_STORE],
                                                      .keys = &key,
                                                      .key_count = 1,
                                                      .args = args,
                                                      .arg_count = COUNT_OF(args),
                                                      .repeatable = true});
    TRY_WHILE(redis_call(tmp, c->o.results, &store, &reply), "storing the result of a task");
    *stored = reply->integer == 1;
    return OK;
}

Error *celery_result_get(Scope *s, Celery *c, const char *id, CeleryResult *out)
{
    SCOPE(tmp, s);
    RedisReply *reply;
    const RedisCommand get = {REDIS_ARGS(BYTES("GET"), celery_result_key(tmp, &c->o.keys, id)),
                              .key = 1, .repeatable = true};

    TRY_WHILE(redis_call(tmp, c->o.results, &get, &reply), "reading the result of a task");
    if (reply->type != REDIS_STRING)
        return fail(s, MISSING, "no result of the task");
    return celery_result_read(s, reply->bytes, out);
}
