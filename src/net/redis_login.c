/* User and password, or tokens that are renewed well before they end. One thread asks for a token at a
 * time; the others go on with the old one while it is good. */

#include "base/id.h"
#include "net/redis_parts.h"
#include "sys/crypto.h"

/* Servers drop who has not said anew who he is some minutes before the end (Azure: three). */
#define MARGIN_US       (5 * US_PER_MIN)
#define MARGIN_EXTRA_US US_PER_MIN     /* at most, so that many processes do not ask at once */
#define ASK_AGAIN_US    (5 * US_PER_S) /* after a failure, while the old one is good */

/* Microseconds before the end; short lives are renewed after two thirds. */
static int64_t margin(int64_t lives_us)
{
    uint8_t spread;

    random_bytes(&spread, sizeof spread);
    int64_t us = MARGIN_US + MARGIN_EXTRA_US * spread / 256;
    return us < lives_us / 3 ? us : lives_us / 3;
}

/* ---- With the mutex held ---- */

static bool is_good(const RedisLogins *l)
{
    return l->number && clock_us() < l->ends_at;
}

static bool is_due(const RedisLogins *l)
{
    return clock_us() >= l->renew_at || !is_good(l);
}

static void take(RedisLogins *l, const RedisToken *token)
{
    int64_t now = clock_us();

    scope_close(l->home);
    l->home = unit_open(NULL, "token");
    l->token = (RedisToken){.user = text_copy(l->home, token->user),
                            .secret = secret_copy(l->home, bytes_of(token->secret)).data};
    l->number++;
    l->ends_at = token->lives_us > 0 ? now + token->lives_us : INT64_MAX;
    l->renew_at = token->lives_us > 0 ? l->ends_at - margin(token->lives_us) : INT64_MAX;
}

static void show(Scope *s, const Redis *redis, RedisLogin *out)
{
    const RedisLogins *l = &redis->logins;
    const char *user = l->token.user ? l->token.user : redis->address.user;

    *out = (RedisLogin){.user = text_copy(s, user),
                        .secret = secret_copy(s, bytes_of(l->token.secret)).data,
                        .number = l->number,
                        .renew_at = l->renew_at};
}

/* ---- Asking ---- */

static fallible ask(Scope *s, Redis *redis, RedisToken *out)
{
    const RedisOptions *o = &redis->options;

    TRY_WHILE(o->token(s, o->token_from, out), "getting a token for Redis");
    if (!text_empty(out->secret))
        return OK;
    return fail(s, UPSTREAM, "getting a token for Redis: the token is empty");
}

/* What was asked for, or why not, is noted; the old token may do for a while. */
static fallible note(Redis *redis, const RedisToken *token, Error *e)
{
    RedisLogins *l = &redis->logins;

    LOCKED (&l->mutex) {
        l->busy = false;
        condition_wake_all(&l->changed);
        if (!e)
            take(l, token);
        else
            l->renew_at = clock_us() + ASK_AGAIN_US;
        if (e && !is_good(l))
            return e;
    }
    error_drop(e, "the old token is still good");
    return OK;
}

static fallible renew(Scope *s, Redis *redis)
{
    RedisToken token = {0};

    Error *e = ask(s, redis, &token);
    return note(redis, &token, e);
}

/* Whether this thread is the one to ask. */
static fallible is_my_turn(Scope *s, RedisLogins *l, bool *out)
{
    *out = false;
    LOCKED (&l->mutex) {
        while (l->busy && !is_good(l))
            TRY(condition_wait(s, &l->changed, &l->mutex));
        *out = !l->busy && is_due(l);
        l->busy = l->busy || *out;
    }
    return OK;
}

Error *redis_login(Scope *s, Redis *redis, RedisLogin *out)
{
    RedisLogins *l = &redis->logins;
    bool mine;

    if (!redis->options.token) {
        *out = (RedisLogin){.user = redis->address.user,
                            .secret = redis->address.password,
                            .number = redis->address.password ? 1 : 0,
                            .renew_at = INT64_MAX};
        return OK;
    }
    TRY(is_my_turn(s, l, &mine));
    if (mine) {
        SCOPE(tmp, s);
        TRY(renew(tmp, redis));
    }
    LOCKED (&l->mutex)
        show(s, redis, out);
    return OK;
}

void redis_login_refused(Redis *redis, int64_t number)
{
    RedisLogins *l = &redis->logins;

    LOCKED (&l->mutex) {
        if (l->number == number)
            l->renew_at = 0;
    }
}
