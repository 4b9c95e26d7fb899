/* Hearing commands and answering them; the heart that beats beside. */

#include "queue/control.h"

#include <fnmatch.h>
#include <poll.h>

#include "base/log.h"
#include "net/redis_subscriber.h"
#include "sys/thread.h"

#define PIDBOX       "celery.pidbox"
#define REPLIES      "reply.celery.pidbox"
#define LEAVE_US     (1 * US_PER_S)
#define SUBSCRIBE_US (2 * US_PER_S)

/* ---- Reading ---- */

static bool read_destination(Scope *s, json_t *body, ControlOrder *order)
{
    json_t *names = json_object_get(body, "destination"), *name;
    size_t i;

    order->pattern = json_at_text(body, "pattern");
    order->everybody = !json_is_array(names) && !order->pattern;
    if (order->pattern && !text_equal(json_at_text(body, "matcher"), "glob"))
        return false; /* regular expressions of strangers are not run */
    if (!json_is_array(names))
        return json_is_null(names) || !names;
    json_array_foreach(names, i, name)
    {
        if (json_is_string(name))
            texts_add(s, &order->destination, json_string_value(name));
    }
    return true;
}

bool control_read(Scope *s, Bytes envelope, ControlOrder *out)
{
    json_t *whole, *body;
    Bytes decoded;

    *out = (ControlOrder){0};
    if (envelope.size > CONTROL_MESSAGE_MAX || json_parse(s, envelope, &whole))
        return false;
    const char *packed = json_at_text(whole, "body");
    if (!packed || !base64_decode(s, packed, &decoded) || json_parse(s, decoded, &body))
        return false;
    out->method = json_at_text(body, "method");
    out->ticket = json_at_text(body, "ticket");
    out->reply_exchange = json_at_text(body, "reply_to.exchange");
    out->reply_key = json_at_text(body, "reply_to.routing_key");
    out->clock = json_at_int(whole, "headers.clock", 0);
    out->arguments = json_object_get(body, "arguments");
    return out->method && read_destination(s, body, out);
}

static bool is_modest(const char *pattern)
{
    int stars = 0;

    for (const char *c = pattern; *c; c++)
        stars += *c == '*';
    return stars <= CONTROL_STARS_MAX && strlen(pattern) <= CELERY_NAME_MAX;
}

bool control_concerns(const ControlOrder *order, const char *node)
{
    if (order->pattern)
        return is_modest(order->pattern) && fnmatch(order->pattern, node, 0) == 0;
    return order->everybody || texts_have(&order->destination, node);
}

/* ---- Answering ---- */

/* Somebody waits as long as their binding stands. */
static const char answer_script[] =
    "if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return 0 end "
    "redis.call('LPUSH', KEYS[2], ARGV[2]) redis.call('EXPIRE', KEYS[2], ARGV[3]) return 1";

static const char *answer_headers(Scope *s, CeleryNode *node, const ControlOrder *order)
{
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    JsonWriter w = json_writer(b);
    json_open(&w, '{');
    json_key(&w, "ticket");
    json_put_text(&w, order->ticket);
    json_key(&w, "clock");
    json_put_int(&w, celery_clock_tick(node));
    json_close(&w, '}');
    return buffer_string(b);
}

static const char *answer_body(Scope *s, const CeleryNode *node, const char *answer)
{
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    JsonWriter w = json_writer(b);
    json_open(&w, '{');
    json_key(&w, node->name);
    json_put_raw(&w, answer);
    json_close(&w, '}');
    return buffer_string(b);
}

static fallible reply(Scope *s, CeleryNode *node, const ControlOrder *order, const char *answer)
{
    const RedisScript script = redis_script(answer_script);
    const char *queue = text(s, "%s." REPLIES, order->reply_key);
    const CeleryNote note = {answer_headers(s, node, order), answer_body(s, node, answer), REPLIES,
                             order->reply_key};
    const Bytes keys[] = {celery_binding_key(s, &node->keys, REPLIES),
                          celery_reply_key(s, &node->keys, order->reply_key)};
    const Bytes args[] = {bytes_of(celery_binding_member(s, order->reply_key, queue)),
                          celery_note_write(s, &note), redis_number(s, CONTROL_REPLY_TTL_S)};
    const RedisEval eval = {.script = &script,
                            .keys = keys,
                            .key_count = COUNT_OF(keys),
                            .args = args,
                            .arg_count = COUNT_OF(args)};
    const RedisCommand command = redis_eval(s, &eval);
    RedisReply *pushed;

    return redis_call(s, node->redis, &command, &pushed);
}

static fallible heard(Scope *s, const Controlled *c, Bytes payload)
{
    ControlOrder order;
    const char *answer = NULL;

    if (!control_read(s, payload, &order))
        return OK;
    celery_clock_hear(c->node, order.clock);
    if (!control_concerns(&order, c->node->name))
        return OK;
    TRY(control_obey(s, c, &order, &answer));
    if (!answer || !order.reply_key || !text_equal(order.reply_exchange, REPLIES) ||
        strlen(order.reply_key) > CELERY_NAME_MAX)
        return OK;
    return reply(s, c->node, &order, answer);
}

/* ---- The node ---- */

static Bytes own_binding(Scope *s, const CeleryNode *node)
{
    return bytes_of(celery_binding_member(s, "", text(s, "%s." PIDBOX, node->name)));
}

static fallible bind(Scope *s, const CeleryNode *node, const char *command)
{
    const RedisCommand bind = {REDIS_ARGS(bytes_of(command),
                                          celery_binding_key(s, &node->keys, PIDBOX),
                                          own_binding(s, node)),
                               .key = 1, .repeatable = true};
    RedisReply *answer;

    return redis_call(s, node->redis, &bind, &answer);
}

static fallible tell(Scope *s, const Controlled *c, const char *type)
{
    ControlView view = {0};

    TRY(c->worker->look(s, c->worker->self, &view));
    const CeleryPulse pulse = {(int64_t)view.active.count, view.processed};
    return celery_tell_worker(s, c->node, type, &pulse);
}

static void node_leave(void *what)
{
    const Controlled *c = what;
    UNIT(u, NULL, "celery node");

    scope_limit(u, LEAVE_US);
    error_drop(bind(u, c->node, "SREM"), "a binding too many costs nothing");
    error_drop(tell(u, c, "worker-offline"), "monitors notice it by themselves");
}

/* Said when it begins and when it is over, not every time. */
static void note(Scope *s, const Error *e, bool *away)
{
    if (!e == !*away)
        return;
    *away = e != NULL;
    if (e)
        log_warning(s, "this worker cannot be seen or controlled: %s", e->message);
    else
        log_info(s, "this worker can be seen and controlled again");
}

typedef struct Beat {
    int64_t at;  /* clock_us of the next */
    bool online; /* it has been said */
    bool away;
} Beat;

static fallible beat(Scope *s, const Controlled *c, Beat *b)
{
    if (!b->online)
        TRY(bind(s, c->node, "SADD"));
    TRY(tell(s, c, b->online ? "worker-heartbeat" : "worker-online"));
    b->online = true;
    return OK;
}

static fallible turn(Scope *s, const Controlled *c, RedisSubscriber *subscriber, Beat *b)
{
    struct pollfd fd = {.fd = redis_subscriber_fd(subscriber), .events = POLLIN};
    int64_t left = b->at - clock_us();
    int ready;

    TRY(scope_poll(s, &fd, 1, left > 0 ? left : 0, &ready));
    RedisHeard news = redis_heard(s, subscriber);
    if (news.missed)
        b->online = false; /* and so were we: monitors hear it anew */
    EACH (RedisMessage, message, &news.messages) {
        Error *e = heard(s, c, message->payload);
        TRY(scope_check(s));
        log_failure(s, e);
    }
    if (clock_us() < b->at && b->online)
        return OK;
    Error *e = beat(s, c, b);
    TRY(scope_check(s));
    note(s, e, &b->away);
    b->at = clock_us() + CELERY_BEAT_US;
    return OK;
}

static Error *node_run(Scope *s, void *what)
{
    const Controlled *c = what;
    RedisSubscriber *subscriber;
    RedisTopics topics = {0};
    Beat b = {0};

    texts_add(s, &topics.channels, text_of(s, celery_control_channel(s, &c->node->keys)));
    TRY(redis_subscribe(s, c->node->redis, &topics, &subscriber));
    {
        SCOPE(first, s); /* who is told that we are online may ask at once */
        scope_limit(first, SUBSCRIBE_US);
        error_drop(redis_subscribed(first, subscriber), "it goes on trying by itself");
    }
    for (;;) {
        UNIT(u, scope_cancel(s), "celery node");
        TRY(scope_check(s));
        Error *e = turn(u, c, subscriber, &b);
        if (e)
            return error_move(s, e);
    }
}

fallible control_open(Scope *s, const Controlled *c)
{
    TRY(thread_start(s, "celery-node", node_run, (void *)(uintptr_t)c, NULL));
    scope_undo(s, node_leave, (void *)(uintptr_t)c);
    return OK;
}
