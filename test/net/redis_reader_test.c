/* Replies out of bytes, in any pieces and within limits; commands into bytes; slots of keys. */

#include "net/redis_parts.h"
#include "test/test.h"

enum { LIMIT = 1000 };

static void show(Buffer *b, const RedisReply *r)
{
    static const char *const names[] = {
        [REDIS_NIL] = "nil",   [REDIS_STRING] = "$", [REDIS_STATUS] = "+",
        [REDIS_INTEGER] = ":", [REDIS_ARRAY] = "*",  [REDIS_FAILURE] = "-"};

    buffer_text(b, names[r->type]);
    if (r->type == REDIS_INTEGER)
        buffer_int(b, r->integer);
    buffer_bytes(b, r->bytes);
    for (size_t i = 0; i < r->count; i++) {
        buffer_char(b, i ? ' ' : '[');
        show(b, &r->items[i]);
    }
    if (r->count)
        buffer_char(b, ']');
}

/* The same bytes in pieces of every size must give the same replies. */
static fallible replies_of(Scope *s, Bytes bytes, const char **out)
{
    for (size_t size = bytes.size; size > 0; size--) {
        RedisReader *reader = redis_reader(s, LIMIT);
        Buffer b = buffer_in(s);
        RedisReply *reply;
        for (size_t at = 0; at < bytes.size; at += size) {
            size_t left = bytes.size - at;
            TRY(redis_feed(s, reader, (Bytes){bytes.data + at, left < size ? left : size}));
            for (;;) {
                TRY(redis_take(s, reader, &reply));
                if (!reply)
                    break;
                show(&b, reply);
                buffer_char(&b, ';');
            }
        }
        CHECK_EQ(redis_reader_holds(reader), 0);
        if (size < bytes.size)
            CHECK_TEXT(buffer_string(&b), *out);
        *out = buffer_string(&b);
    }
    return OK;
}

TEST(replies_of_every_kind_are_read_in_any_pieces)
{
    const char *got;

    TRY(replies_of(s, BYTES("+OK\r\n:-7\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n-ERR no\r\n"), &got));
    CHECK_TEXT(got, "+OK;:-7;nil;nil;*;$;-ERR no;");
    TRY(replies_of(s, BYTES("*3\r\n$1\r\na\r\n*2\r\n:1\r\n-ERR x\r\n$-1\r\n+next\r\n"), &got));
    CHECK_TEXT(got, "*[$a *[:1 -ERR x] nil];+next;");
    TRY(replies_of(s, BYTES("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), &got));
    CHECK_TEXT(got, "*[*[*[*[*[*[*[:1]]]]]]];");
    return OK;
}

/* UPSTREAM, whatever comes first: one reply or none. */
static fallible refused(Scope *s, Bytes bytes, const char **words)
{
    RedisReader *reader = redis_reader(s, LIMIT);
    RedisReply *reply;

    TRY(redis_feed(s, reader, bytes));
    Error *e = redis_take(s, reader, &reply);
    FAILS(UPSTREAM, e);
    *words = e->message;
    return OK;
}

TEST(what_is_no_reply_or_over_a_limit_is_refused)
{
    const char *words, *long_text = text(s, "$2000\r\n%01001d", 1);

    TRY(refused(s, BYTES("HTTP/1.1 400 Bad Request\r\n"), &words));
    CHECK_HAS(words, "does not speak Redis's protocol");
    TRY(refused(s, bytes_of(long_text), &words)); /* before all of it is there */
    CHECK_HAS(words, "larger than 1000 bytes");
    TRY(refused(s, BYTES("*300000\r\n"), &words));
    CHECK_HAS(words, "more than 262144 items");
    return OK;
}

TEST(arrays_within_arrays_count_together)
{
    Buffer b = buffer_in(s);
    RedisReader *reader = redis_reader(s, 64 << 20);
    RedisReply *reply;

    buffer_text(&b, "*2\r\n*200000\r\n");
    for (int i = 0; i < 200000; i++)
        buffer_text(&b, ":1\r\n");
    buffer_text(&b, "*200000\r\n");
    TRY(redis_feed(s, reader, buffer_view(&b)));
    FAILS(UPSTREAM, redis_take(s, reader, &reply));
    return OK;
}

TEST(a_command_holds_any_bytes)
{
    Buffer b = buffer_in(s);

    redis_format(&b, (Bytes[]){BYTES("SET"), BYTES("a\r\n"), BYTES("")}, 3);
    CHECK(bytes_equal(buffer_view(&b), BYTES("*3\r\n$3\r\nSET\r\n$3\r\na\r\n\r\n$0\r\n\r\n")));
    return OK;
}

/* From the specification of Redis Cluster, and CLUSTER KEYSLOT. */
TEST(keys_with_one_hash_tag_lie_in_one_slot)
{
    CHECK_EQ(redis_slot(BYTES("123456789")), 0x31c3);
    CHECK_EQ(redis_slot(BYTES("foo")), 12182);
    CHECK_EQ(redis_slot(BYTES("{user1000}.following")), redis_slot(BYTES("user1000")));
    CHECK_EQ(redis_slot(BYTES("foo{}{bar}")), 8363);
    CHECK_EQ(redis_slot(BYTES("foo{{bar}}zap")), redis_slot(BYTES("{bar")));
    CHECK_EQ(redis_slot(BYTES("foo{bar}{zap}")), redis_slot(BYTES("bar")));
    CHECK_EQ(redis_slot(BYTES("a{b")), redis_slot(BYTES("a{b")));
    CHECK_EQ(redis_slot(BYTES("")), 0);
    return OK;
}

TEST(error_replies_become_kinds_and_words_without_the_arguments)
{
    static const struct {
        const char *reply;
        ErrorKind kind;
        const char *words;
    } rows[] = {
        {"NOAUTH Authentication required.", DENIED, "wants a password"},
        {"WRONGPASS invalid username-password pair or user is disabled.", DENIED,
         "refuses the user"},
        {"NOPERM this user has no permissions to run the 'get' command", DENIED, "'get' command"},
        {"LOADING Redis is loading the dataset in memory", UNAVAILABLE, "still loading"},
        {"READONLY You can't write against a read only replica.", UNAVAILABLE, "replica"},
        {"CLUSTERDOWN The cluster is down", UNAVAILABLE, "cluster is down"},
        {"OOM command not allowed when used memory > 'maxmemory'.", UNAVAILABLE, "maxmemory"},
        {"CROSSSLOT Keys in request don't hash to the same slot", INVALID, "{dursor}:a"},
        {"WRONGTYPE Operation against a key", INVALID, "another kind"},
        {"ERR unknown command 'X', with args beginning with: 'secret'", UPSTREAM,
         "unknown command 'X'"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        RedisReply reply = {.type = REDIS_FAILURE, .bytes = bytes_of(rows[i].reply)};
        Error *e = redis_failed(s, &reply);
        CHECK(failed_as(e, rows[i].kind));
        CHECK_HAS(e->message, rows[i].words);
        CHECK(!strstr(e->message, "secret"));
    }
    return OK;
}
