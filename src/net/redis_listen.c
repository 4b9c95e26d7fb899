/* The thread of a subscriber. */

#include "net/redis_listen.h"

enum { PING_AFTER = 3 }; /* times as long a silence as an answer may take: is the server there? */

typedef struct Ear {
    RedisSubscriber *sub;
    RedisConnection *c;
    int64_t renew_at; /* when its token should be a newer one */
    int64_t heard_at;
    bool pinged; /* since then */
} Ear;

/* ---- Hearing ---- */

static fallible renew(Scope *s, Ear *ear)
{
    RedisLogin login;

    TRY(redis_login(s, ear->sub->redis, &login));
    ear->renew_at = login.renew_at;
    return login.number == ear->c->login ? OK : redis_hand_over(s, ear->sub, &ear->c);
}

/* The old connection goes on while there is no new one. */
static fallible renew_or_go_on(Scope *s, Ear *ear)
{
    Error *e = renew(s, ear);

    if (failed_as(e, CANCELLED))
        return e;
    if (e)
        ear->renew_at = clock_us() + US_PER_S;
    error_drop(e, "the old connection is good until its end, and this is tried again");
    return OK;
}

static fallible ping(Scope *s, Ear *ear)
{
    Buffer b = buffer_in(s);
    size_t sent;

    redis_format(&b, (Bytes[]){BYTES("PING")}, 1);
    ear->pinged = true;
    return redis_send(s, ear->c, buffer_view(&b), &sent);
}

static int64_t silence_ends(const Ear *ear)
{
    int64_t answer_us = ear->sub->redis->options.answer_us;

    return ear->heard_at + answer_us * (ear->pinged ? PING_AFTER + 1 : PING_AFTER);
}

static int64_t wait_of(const Ear *ear)
{
    int64_t until = silence_ends(ear) < ear->renew_at ? silence_ends(ear) : ear->renew_at;
    int64_t us = until - clock_us();

    return us > 0 ? us : 0;
}

static fallible hear_one(Scope *s, Ear *ear)
{
    RedisReply *reply = NULL;
    RedisMessage message;

    while (!reply) {
        TRY(redis_hear(s, ear->c, wait_of(ear), &reply));
        if (reply)
            break;
        if (clock_us() >= ear->renew_at)
            TRY(renew_or_go_on(s, ear));
        else if (ear->pinged && clock_us() >= silence_ends(ear))
            return fail(s, UNAVAILABLE, "%s has fallen silent", ear->c->node->shown);
        else if (clock_us() >= silence_ends(ear))
            TRY(ping(s, ear));
    }
    ear->heard_at = clock_us();
    ear->pinged = false;
    if (redis_is_message(s, reply, &message))
        redis_delivers(ear->sub, &message);
    return redis_failed(s, reply);
}

/* ---- One connection after the other ---- */

static fallible connect_and_hear(Scope *s, Ear *ear, RedisNode *node, bool *stood)
{
    Redis *redis = ear->sub->redis;
    RedisLogin login;

    TRY(redis_login(s, redis, &login));
    Error *e = redis_connect(s, redis, node, &ear->c);
    redis_note(redis, node, e);
    TRY(e);
    ear->renew_at = login.renew_at;
    TRY(redis_hear_topics(s, ear->sub, ear->c, true));
    ear->heard_at = clock_us();
    redis_stands(ear->sub);
    *stood = true;
    for (;;) {
        SCOPE(turn, s);
        TRY(hear_one(turn, ear));
    }
}

static fallible life(Scope *s, RedisSubscriber *sub, bool *stood)
{
    SCOPE(tmp, s);
    Ear ear = {.sub = sub};
    RedisNode *node = redis_node_for(sub->redis, -1);

    Error *e = connect_and_hear(tmp, &ear, node, stood);
    redis_disconnect(ear.c);
    redis_unpin(sub->redis, node);
    return e;
}

Error *redis_listen(Scope *s, void *subscriber)
{
    RedisSubscriber *sub = subscriber;

    for (int64_t failures = 1;; failures++) {
        UNIT(u, scope_cancel(s), "redis-hears"); /* errors live as long as their unit */
        bool stood = false;
        Error *e = life(u, sub, &stood);
        TRY(scope_check(s));
        redis_falls(sub, e);
        failures = stood ? 1 : failures;
        TRY(scope_sleep(s, redis_backoff(failures)));
    }
}
