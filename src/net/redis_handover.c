/* Replacing the connection of a subscriber whose token ends. Both are subscribed for a while and get the same
 * messages in the same order, since both are of one server; a mark that is published to both tells where the
 * old one's messages end for us and the new one's begin. */

#include "base/id.h"
#include "net/redis_listen.h"

enum { MARK_BYTES = 8 };

typedef struct Handover {
    RedisSubscriber *sub;
    RedisConnection *old, *new;
    const char *mark;
    int64_t until; /* of clock_us */
} Handover;

/* Up to that word about the mark: "subscribe" or "message". What the old one hears before is delivered;
 * the new one hears the same. All is read in s: a reply may be left half read. */
static fallible hear_until(Scope *s, const Handover *h, RedisConnection *c, const char *word)
{
    for (;;) {
        int64_t left = h->until - clock_us();
        RedisReply *reply;
        RedisMessage message;
        TRY(redis_hear(s, c, left > 0 ? left : 0, &reply));
        if (!reply)
            return fail(s, UNAVAILABLE, "%s does not give its own messages back", c->node->shown);
        TRY(redis_failed(s, reply));
        if (redis_is_word(reply, 0, word) && redis_is_word(reply, 1, h->mark))
            return OK;
        if (c == h->old && redis_is_message(s, reply, &message))
            redis_delivers(h->sub, &message);
    }
}

static fallible publish(Scope *s, const Handover *h)
{
    RedisCommand command = {REDIS_ARGS(BYTES("PUBLISH"), bytes_of(h->mark), BYTES("")),
                            .repeatable = true};
    RedisReply *reply;

    return redis_call(s, h->sub->redis, &command, &reply);
}

static fallible find_the_place(Scope *s, const Handover *h)
{
    TRY(redis_send_word(s, h->new, "SUBSCRIBE", h->mark));
    TRY(hear_until(s, h, h->new, "subscribe"));
    TRY(redis_send_word(s, h->old, "SUBSCRIBE", h->mark));
    TRY(hear_until(s, h, h->old, "subscribe"));
    TRY(publish(s, h));
    TRY(hear_until(s, h, h->old, "message"));
    TRY(hear_until(s, h, h->new, "message"));
    return redis_send_word(s, h->new, "UNSUBSCRIBE", h->mark);
}

static fallible begin_new(Scope *s, RedisSubscriber *sub, RedisNode *node, RedisConnection **out)
{
    RedisConnection *c;

    TRY(redis_connect(s, sub->redis, node, &c));
    Error *e = redis_hear_topics(s, sub, c, false); /* the old one hears the same */
    if (e)
        redis_disconnect(c);
    else
        *out = c;
    return e;
}

Error *redis_hand_over(Scope *s, RedisSubscriber *sub, RedisConnection **c)
{
    Handover h = {.sub = sub,
                  .old = *c,
                  .mark = text(s, REDIS_MARK "%s", random_hex(s, MARK_BYTES)),
                  .until = clock_us() + sub->redis->options.answer_us};

    TRY(begin_new(s, sub, (*c)->node, &h.new));
    Error *e = find_the_place(s, &h);
    if (e)
        redis_misses(sub);
    error_drop(e, "the new connection stands, and that something may be missed was said");
    redis_disconnect(h.old);
    *c = h.new;
    return OK;
}
