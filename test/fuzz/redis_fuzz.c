/* Replies of a server: the first byte cuts the rest into pieces, and the pieces must not matter. What is read
 * stays within its limits, and a subscriber makes of it messages or nothing. */

#include "net/redis_listen.h"
#include "test/fuzz/fuzz.h"

enum { REPLY_MAX = 4096, DEPTH_MAX = REDIS_DEPTH_MAX + 1 };

static size_t show(Buffer *b, const RedisReply *r, int depth)
{
    size_t items = r->count;

    FUZZ_CHECK(depth <= DEPTH_MAX && r->type >= REDIS_NIL && r->type <= REDIS_FAILURE);
    FUZZ_CHECK(r->bytes.size <= REPLY_MAX && (!r->bytes.data || !r->bytes.data[r->bytes.size]));
    buffer_format(b, "%d %lld %zu ", r->type, (long long)r->integer, r->count);
    buffer_bytes(b, r->bytes);
    for (size_t i = 0; i < r->count; i++)
        items += show(b, &r->items[i], depth + 1);
    return items;
}

static void use(Scope *s, const RedisReply *reply)
{
    RedisMessage message = {0};
    Error *e = redis_failed(s, reply);

    FUZZ_CHECK(!e == (reply->type != REDIS_FAILURE));
    FUZZ_CHECK(!e || utf8_valid(bytes_of(e->message)));
    if (redis_is_message(s, reply, &message))
        FUZZ_CHECK(message.channel);
}

static const char *replies_of(Scope *s, Bytes bytes, size_t piece)
{
    RedisReader *reader = redis_reader(s, REPLY_MAX);
    Buffer b = buffer_in(s);

    for (size_t at = 0; at < bytes.size; at += piece) {
        size_t left = bytes.size - at;
        Error *e = redis_feed(s, reader, (Bytes){bytes.data + at, left < piece ? left : piece});
        for (RedisReply *reply = NULL; !e;) {
            e = redis_take(s, reader, &reply);
            if (e || !reply)
                break;
            FUZZ_CHECK(show(&b, reply, 1) <= REDIS_ITEMS_MAX);
            use(s, reply);
        }
        if (e)
            return NULL; /* a limit is noticed sooner in small pieces */
    }
    return hex(s, buffer_view(&b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");

    if (size < 2)
        return 0;
    Bytes bytes = {(const char *)data + 1, size - 1};
    const char *whole = replies_of(s, bytes, bytes.size),
               *pieces = replies_of(s, bytes, (size_t)data[0] + 1);
    FUZZ_CHECK(!whole || !pieces || text_equal(whole, pieces));
    return 0;
}
