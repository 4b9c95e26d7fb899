/* What a subscriber says to a server, and what it is told. */

#include "net/redis_listen.h"

static void add_topics(Scope *s, Buffer *b, const char *command, const TextList *topics)
{
    Bytes *args = NEW_ARRAY(s, Bytes, topics->count + 1);

    args[0] = bytes_of(command);
    for (size_t i = 0; i < topics->count; i++)
        args[i + 1] = bytes_of(topics->items[i]);
    if (topics->count)
        redis_format(b, args, topics->count + 1);
}

static fallible send_topics(Scope *s, const RedisTopics *topics, RedisConnection *c)
{
    Buffer b = buffer_in(s);
    size_t sent;

    add_topics(s, &b, "SUBSCRIBE", &topics->channels);
    add_topics(s, &b, "PSUBSCRIBE", &topics->patterns);
    return redis_send(s, c, buffer_view(&b), &sent);
}

Error *redis_hear_topics(Scope *s, RedisSubscriber *sub, RedisConnection *c, bool deliver)
{
    size_t wanted = sub->topics.channels.count + sub->topics.patterns.count;

    TRY(send_topics(s, &sub->topics, c));
    while (wanted) {
        RedisReply *reply;
        RedisMessage message;
        TRY(redis_receive(s, c, sub->redis->options.answer_us, &reply));
        TRY(redis_failed(s, reply));
        if (!redis_is_message(s, reply, &message))
            wanted--;
        else if (deliver)
            redis_delivers(sub, &message);
    }
    return OK;
}

Error *redis_send_word(Scope *s, RedisConnection *c, const char *command, const char *mark)
{
    Buffer b = buffer_in(s);
    size_t sent;

    redis_format(&b, (Bytes[]){bytes_of(command), bytes_of(mark)}, 2);
    return redis_send(s, c, buffer_view(&b), &sent);
}

bool redis_is_word(const RedisReply *reply, size_t at, const char *word)
{
    return reply->type == REDIS_ARRAY && reply->count > at &&
           bytes_equal(reply->items[at].bytes, bytes_of(word));
}

bool redis_is_message(Scope *s, const RedisReply *reply, RedisMessage *out)
{
    bool by_pattern = redis_is_word(reply, 0, "pmessage") && reply->count == 4;

    if (!by_pattern && !(redis_is_word(reply, 0, "message") && reply->count == 3))
        return false;
    const RedisReply *last = &reply->items[reply->count - 1];
    *out = (RedisMessage){.channel = text_of(s, last[-1].bytes), .payload = last->bytes};
    if (by_pattern)
        out->pattern = text_of(s, reply->items[1].bytes);
    return !text_starts(out->channel, REDIS_MARK); /* a pattern may fit it */
}
