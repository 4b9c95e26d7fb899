/* hiredis reads; what it reads is built here, in a scope and counted. */

#include "net/redis_reader.h"

#include <hiredis/read.h>

struct RedisReader {
    redisReader *native;
    redisReplyObjectFunctions make;
    size_t reply_max;
    size_t fed;      /* since the last whole reply */
    Scope *s;        /* of the reply that is being read */
    size_t items;    /* of all its arrays */
    bool items_over; /* the reason for which make.createArray refused */
};

/* ---- hiredis's makers: each gives a reply its place, NULL ends the reading ---- */

static RedisReply *place(const redisReadTask *task)
{
    RedisReader *reader = task->privdata;

    if (!task->parent)
        return NEW(reader->s, RedisReply);
    RedisReply *parent = task->parent->obj;
    return &parent->items[task->idx];
}

static void *make_string(const redisReadTask *task, char *data, size_t size)
{
    const RedisReader *reader = task->privdata;
    RedisReply *reply = place(task);

    reply->type = task->type == REDIS_REPLY_ERROR    ? REDIS_FAILURE
                  : task->type == REDIS_REPLY_STATUS ? REDIS_STATUS
                                                     : REDIS_STRING;
    reply->bytes = bytes_copy(reader->s, (Bytes){data, size});
    return reply;
}

static void *make_array(const redisReadTask *task, int count)
{
    RedisReader *reader = task->privdata;

    if (count < 0 || (size_t)count > REDIS_ITEMS_MAX - reader->items) {
        reader->items_over = true;
        return NULL;
    }
    RedisReply *reply = place(task);
    reader->items += (size_t)count;
    reply->type = REDIS_ARRAY;
    reply->count = (size_t)count;
    reply->items = NEW_ARRAY(reader->s, RedisReply, (size_t)count);
    return reply;
}

static void *make_integer(const redisReadTask *task, long long value)
{
    RedisReply *reply = place(task);

    reply->type = REDIS_INTEGER;
    reply->integer = value;
    return reply;
}

static void *make_nil(const redisReadTask *task)
{
    RedisReply *reply = place(task);

    reply->type = REDIS_NIL;
    return reply;
}

/* The scope has it. */
static void forget(void *reply)
{
    (void)reply;
}

/* ---- The reader ---- */

static void reader_close(void *native)
{
    redisReaderFree(native);
}

RedisReader *redis_reader(Scope *s, size_t reply_max)
{
    RedisReader *reader = NEW(s, RedisReader);

    reader->make = (redisReplyObjectFunctions){.createString = make_string,
                                               .createArray = make_array,
                                               .createInteger = make_integer,
                                               .createNil = make_nil,
                                               .freeObject = forget};
    reader->reply_max = reply_max;
    reader->native = redisReaderCreateWithFunctions(&reader->make);
    reader->native->privdata = reader;
    scope_undo(s, reader_close, reader->native);
    return reader;
}

static fallible over(Scope *s, const RedisReader *reader)
{
    return fail(s, UPSTREAM, "the server's answer is larger than %zu bytes", reader->reply_max);
}

Error *redis_feed(Scope *s, RedisReader *reader, Bytes bytes)
{
    if (redisReaderFeed(reader->native, bytes.data, bytes.size) != REDIS_OK)
        return fail(s, BUG, "no memory for a server's answer");
    reader->fed += bytes.size;
    return OK;
}

Error *redis_take(Scope *s, RedisReader *reader, RedisReply **out)
{
    void *reply = NULL;

    reader->s = s;
    if (redisReaderGetReply(reader->native, &reply) != REDIS_OK) {
        if (reader->items_over)
            return fail(s, UPSTREAM, "the server's answer has more than %d items", REDIS_ITEMS_MAX);
        return fail(s, UPSTREAM, "the server does not speak Redis's protocol: %s",
                    text_clean(s, bytes_of(reader->native->errstr), NULL));
    }
    size_t left =
        reader->native->len - reader->native->pos; /* of later replies, if this is whole */
    if ((reply ? reader->fed - left : reader->fed) > reader->reply_max)
        return over(s, reader);
    if (reply) {
        reader->fed = left;
        reader->items = 0;
    }
    *out = reply;
    return OK;
}

size_t redis_reader_holds(const RedisReader *reader)
{
    return reader->fed;
}

/* ---- Writing ---- */

void redis_format(Buffer *b, const Bytes *args, size_t count)
{
    buffer_char(b, '*');
    buffer_int(b, (int64_t)count);
    buffer_text(b, "\r\n");
    for (size_t i = 0; i < count; i++) {
        buffer_char(b, '$');
        buffer_int(b, (int64_t)args[i].size);
        buffer_text(b, "\r\n");
        buffer_bytes(b, args[i]);
        buffer_text(b, "\r\n");
    }
}
