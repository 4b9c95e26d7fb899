/* One connection: made, authenticated, written to, read from. */

#include "net/redis_parts.h"

enum {
    PIECE = 16 << 10,
    BYTES_PER_US = 1 /* a megabyte a second, which any way to a server carries */
};

#define WRITE_US (5 * US_PER_S)

/* ---- Bytes ---- */

Error *redis_send(Scope *s, RedisConnection *c, Bytes bytes, size_t *sent)
{
    SCOPE(tmp, s);

    *sent = 0;
    scope_limit(tmp, WRITE_US + (int64_t)bytes.size / BYTES_PER_US);
    Error *e = wire_write(tmp, c->wire, bytes, sent);
    if (redis_ran_out(s, e))
        return fail(s, UNAVAILABLE, "%s does not take what is sent to it", c->node->shown);
    return e;
}

/* What is left of the time, which grows with what has come: a large reply takes longer. */
static fallible read_more(Scope *s, RedisConnection *c, int64_t until)
{
    SCOPE(tmp, s);
    char piece[PIECE];
    size_t got;
    int64_t left = until - clock_us() + (int64_t)redis_reader_holds(c->reader) / BYTES_PER_US;

    scope_limit(tmp, left > 0 ? left : 0);
    TRY(wire_read(tmp, c->wire, piece, sizeof piece, &got));
    return redis_feed(s, c->reader, (Bytes){piece, got});
}

Error *redis_hear(Scope *s, RedisConnection *c, int64_t wait_us, RedisReply **out)
{
    int64_t now = clock_us(), until = wait_us > INT64_MAX / 2 - now ? INT64_MAX / 2 : now + wait_us;

    for (;;) {
        TRY_WHILE(redis_take(s, c->reader, out), "%s", c->node->shown);
        if (*out)
            return OK;
        Error *e = read_more(s, c, until);
        if (redis_ran_out(s, e)) {
            error_drop(e, "the caller's time goes on");
            return OK;
        }
        TRY(e);
    }
}

Error *redis_receive(Scope *s, RedisConnection *c, int64_t wait_us, RedisReply **out)
{
    TRY(redis_hear(s, c, wait_us, out));
    if (*out)
        return OK;
    return fail(s, UNAVAILABLE, "%s: no answer within %lld ms", c->node->shown,
                (long long)(wait_us / US_PER_MS));
}

/* ---- The first words ---- */

static void add_login(Buffer *b, const RedisLogin *login)
{
    if (login->user)
        redis_format(b, (Bytes[]){BYTES("AUTH"), bytes_of(login->user), bytes_of(login->secret)},
                     3);
    else
        redis_format(b, (Bytes[]){BYTES("AUTH"), bytes_of(login->secret)}, 2);
}

static fallible hear_login(Scope *s, Redis *redis, RedisConnection *c, const RedisLogin *login)
{
    RedisReply *reply;

    TRY(redis_receive(s, c, redis->options.answer_us, &reply));
    Error *e = redis_failed(s, reply);
    if (failed_as(e, DENIED))
        redis_login_refused(redis, login->number);
    TRY_WHILE(e, "%s", c->node->shown);
    c->login = login->number;
    return OK;
}

static fallible hear_database(Scope *s, const Redis *redis, RedisConnection *c)
{
    RedisReply *reply;

    TRY(redis_receive(s, c, redis->options.answer_us, &reply));
    TRY_WHILE(redis_failed(s, reply), "%s", c->node->shown);
    return OK;
}

/* The name is for people only: a server without that command, or a user who may not, does without. */
static fallible hear_name(Scope *s, const Redis *redis, RedisConnection *c)
{
    RedisReply *reply;

    TRY(redis_receive(s, c, redis->options.answer_us, &reply));
    if (redis_is_failure(reply, "NOPERM") || redis_is_failure(reply, "ERR unknown"))
        return OK;
    TRY_WHILE(redis_failed(s, reply), "%s", c->node->shown);
    return OK;
}

/* All in one write. */
static fallible greet(Scope *s, Redis *redis, RedisConnection *c)
{
    const char *name = redis->options.name;
    Buffer b = buffer_in(s);
    RedisLogin login;
    size_t sent;

    TRY(redis_login(s, redis, &login));
    if (login.secret)
        add_login(&b, &login);
    if (redis->address.database)
        redis_format(&b, (Bytes[]){BYTES("SELECT"), redis_number(s, redis->address.database)}, 2);
    redis_format(&b, (Bytes[]){BYTES("CLIENT"), BYTES("SETNAME"), bytes_of(name)}, 3);
    TRY(redis_send(s, c, buffer_view(&b), &sent));
    if (login.secret)
        TRY(hear_login(s, redis, c, &login));
    if (redis->address.database)
        TRY(hear_database(s, redis, c));
    return hear_name(s, redis, c);
}

Error *redis_authenticate(Scope *s, Redis *redis, RedisConnection *c, const RedisLogin *login)
{
    SCOPE(tmp, s);
    Buffer b = buffer_in(tmp);
    size_t sent;

    add_login(&b, login);
    TRY(redis_send(tmp, c, buffer_view(&b), &sent));
    return hear_login(tmp, redis, c, login);
}

/* ---- Making and ending ---- */

static fallible tls_for(Scope *s, Redis *redis, const WireTls **out)
{
    *out = NULL;
    if (!redis->address.secure)
        return OK;
    LOCKED (&redis->tls_mutex) {
        if (!redis->tls)
            TRY(error_move(s, wire_tls_open(redis->home, &redis->address.tls, &redis->tls)));
        *out = redis->tls;
    }
    return OK;
}

static fallible connect_to(Scope *s, Redis *redis, RedisConnection *c)
{
    WireTarget target = c->node->target;

    target.connect_us = redis->options.connect_us;
    TRY(tls_for(s, redis, &target.tls));
    TRY(wire_open(s, &target, &c->wire));
    return greet(s, redis, c);
}

Error *redis_connect(Scope *s, Redis *redis, RedisNode *node, RedisConnection **out)
{
    Scope *home = unit_open(NULL, "redis connection");
    RedisConnection *c = NEW(home, RedisConnection);
    SCOPE(tmp, s);

    *c = (RedisConnection){
        .home = home, .reader = redis_reader(home, redis->options.reply_max), .node = node};
    Error *e = connect_to(tmp, redis, c);
    if (e)
        redis_disconnect(c);
    else
        *out = c;
    return e;
}

void redis_disconnect(RedisConnection *c)
{
    if (!c)
        return;
    wire_close(c->wire);
    scope_close(c->home);
}
