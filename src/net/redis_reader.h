/* Replies out of the bytes of a server (RESP2), by hiredis's reader, within limits. */
#pragma once

#include "net/redis.h"

typedef struct RedisReader RedisReader;

/* The reader is closed with s. reply_max in bytes. */
RedisReader *redis_reader(Scope *s, size_t reply_max);
/* Bytes as they come; kept until replies are taken. UPSTREAM when an unfinished reply is over its limit. */
fallible redis_feed(Scope *s, RedisReader *reader, Bytes bytes);
/* The next whole reply, in s; NULL when more bytes are needed. s must be the same until it is whole. After a
 * failure (UPSTREAM: no RESP, or over a limit) the reader is good for nothing. */
fallible redis_take(Scope *s, RedisReader *reader, RedisReply **out);
/* Bytes that were fed and not taken as whole replies. */
size_t redis_reader_holds(const RedisReader *reader);

/* A command as RESP. */
void redis_format(Buffer *b, const Bytes *args, size_t count);
