/* Events. */

#include "queue/events.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"
#include "base/json.h"

#define EXCHANGE "celeryev"

enum { LOADS = 3 };

CeleryNode *celery_node_open(Scope *s, const CeleryNodeOptions *options)
{
    CeleryNode *node = NEW(s, CeleryNode);

    node->redis = options->redis;
    node->keys = options->keys;
    node->keys.prefix = text_copy(s, options->keys.prefix);
    node->name = text_copy(s, options->name);
    atomic_init(&node->telling, options->telling);
    return node;
}

int64_t celery_clock_tick(CeleryNode *node)
{
    return atomic_fetch_add(&node->clock, 1) + 1;
}

void celery_clock_hear(CeleryNode *node, int64_t theirs)
{
    long long ours = atomic_load(&node->clock), next;

    do
        next = (theirs > ours && theirs < INT64_MAX / 2 ? theirs : ours) + 1;
    while (!atomic_compare_exchange_weak(&node->clock, &ours, next));
}

/* ---- Messages that are no tasks ---- */

static void put_properties(Scope *s, JsonWriter *w, const CeleryNote *note)
{
    json_key(w, "properties");
    json_open(w, '{');
    json_member_int(w, "delivery_mode", 1);
    json_key(w, "delivery_info");
    json_open(w, '{');
    json_member_text(w, "exchange", note->exchange);
    json_member_text(w, "routing_key", note->routing_key);
    json_close(w, '}');
    json_member_int(w, "priority", 0);
    json_member_text(w, "body_encoding", "base64");
    json_member_text(w, "delivery_tag", id_new(s));
    json_close(w, '}');
}

Bytes celery_note_write(Scope *s, const CeleryNote *note)
{
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    JsonWriter w = json_writer(b);
    json_open(&w, '{');
    json_member_text(&w, "body", base64(s, bytes_of(note->body)));
    json_member_text(&w, "content-encoding", "utf-8");
    json_member_text(&w, "content-type", "application/json");
    json_key(&w, "headers");
    json_put_raw(&w, note->headers);
    put_properties(s, &w, note);
    json_close(&w, '}');
    return buffer_view(b);
}

/* ---- Telling ---- */

static JsonWriter event_begin(Buffer *b, CeleryNode *node, const char *type)
{
    JsonWriter w = json_writer(b);

    json_open(&w, '{');
    json_member_text(&w, "type", type);
    json_member_text(&w, "hostname", node->name);
    json_member_int(&w, "utcoffset", 0);
    json_member_int(&w, "pid", getpid());
    json_member_int(&w, "clock", celery_clock_tick(node));
    json_member_real(&w, "timestamp", (double)time_now().us / US_PER_S);
    return w;
}

/* "task-received" → "task.received" */
static const char *routing_key(Scope *s, const char *type)
{
    TextList words = text_split(s, type, '-');

    return text_join(s, &words, ".");
}

static fallible event_send(Scope *s, CeleryNode *node, const char *type, Buffer *body)
{
    const char *key = routing_key(s, type);
    Buffer headers = buffer_in(s);
    JsonWriter w = json_writer(&headers);
    RedisReply *reply;

    json_open(&w, '{');
    json_member_text(&w, "hostname", node->name);
    json_close(&w, '}');
    const CeleryNote note = {buffer_string(&headers), buffer_string(body), EXCHANGE, key};
    const RedisCommand publish = {REDIS_ARGS(
        BYTES("PUBLISH"), celery_event_channel(s, &node->keys, key), celery_note_write(s, &note))};
    return redis_call(s, node->redis, &publish, &reply);
}

fallible celery_tell_worker(Scope *s, CeleryNode *node, const char *type, const CeleryPulse *pulse)
{
    SCOPE(tmp, s);
    Buffer body = buffer_in(tmp);
    JsonWriter w = event_begin(&body, node, type);
    double load[LOADS] = {0};

    (void)!getloadavg(load, LOADS); /* zeros where the system does not tell */
    json_member_real(&w, "freq", (double)CELERY_BEAT_US / US_PER_S);
    json_member_int(&w, "active", pulse->active);
    json_member_int(&w, "processed", pulse->processed);
    json_key(&w, "loadavg");
    json_open(&w, '[');
    for (int i = 0; i < LOADS; i++)
        json_put_real(&w, load[i]);
    json_close(&w, ']');
    json_member_text(&w, "sw_ident", "dursor");
    json_member_text(&w, "sw_ver", DURSOR_VERSION);
    json_member_text(&w, "sw_sys", "Linux");
    json_close(&w, '}');
    return event_send(tmp, node, type, &body);
}

static void put_time(Scope *s, JsonWriter *w, const char *key, Time t)
{
    json_member_text(w, key, time_set(t) ? time_text(s, t) : NULL);
}

static void put_message(Scope *s, JsonWriter *w, const CeleryMessage *m)
{
    json_member_text(w, "name", m->task);
    json_member_text(w, "args", m->argsrepr);
    json_member_text(w, "kwargs", m->kwargsrepr);
    json_member_text(w, "root_id", m->root_id);
    json_member_text(w, "parent_id", m->parent_id);
    json_member_int(w, "retries", m->retries);
    put_time(s, w, "eta", m->eta);
    put_time(s, w, "expires", m->expires);
}

fallible celery_tell_task(Scope *s, CeleryNode *node, const CeleryTaskEvent *event)
{
    SCOPE(tmp, s);
    Buffer body = buffer_in(tmp);

    if (!atomic_load(&node->telling))
        return OK;
    JsonWriter w = event_begin(&body, node, event->type);
    json_member_text(&w, "uuid", event->id);
    if (event->message)
        put_message(tmp, &w, event->message);
    if (text_equal(event->type, "task-succeeded")) {
        json_member_text(&w, "result", event->result);
        json_member_real(&w, "runtime", event->runtime_s);
    }
    if (event->exception) {
        json_member_text(&w, "exception", event->exception);
        json_member_text(&w, "traceback", event->traceback);
    }
    if (text_equal(event->type, "task-revoked")) {
        json_member_bool(&w, "terminated", event->terminated);
        json_member_bool(&w, "expired", event->expired);
        json_member_int(&w, "signum", event->signum);
    }
    if (text_equal(event->type, "task-rejected"))
        json_member_bool(&w, "requeue", event->requeue);
    json_close(&w, '}');
    return event_send(tmp, node, event->type, &body);
}
