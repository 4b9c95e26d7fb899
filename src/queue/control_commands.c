/* The commands. */

#include "base/json.h"
#include "queue/control.h"
#include "queue/control_show.h"

typedef struct Obeying {
    const Controlled *c;
    const ControlOrder *order;
} Obeying;

static const char *says(Scope *s, const char *word, const char *said)
{
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    JsonWriter w = json_writer(b);
    json_open(&w, '{');
    json_key(&w, word);
    json_put_text(&w, said);
    json_close(&w, '}');
    return buffer_string(b);
}

static fallible look(Scope *s, const Obeying *o, ControlView *view)
{
    return o->c->worker->look(s, o->c->worker->self, view);
}

static const char *argument(const Obeying *o, const char *name)
{
    return json_at_text(o->order->arguments, name);
}

/* ---- Looking ---- */

static fallible ping(Scope *s, const Obeying *o, const char **answer)
{
    (void)o;
    *answer = says(s, "ok", "pong");
    return OK;
}

static fallible active(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    *answer = control_show_requests(s, o->c->node->name, &view.active);
    return OK;
}

/* What waits, waits in the database and in Redis: a worker takes no more than it works on. */
static fallible nothing(Scope *s, const Obeying *o, const char **answer)
{
    (void)s, (void)o;
    *answer = "[]";
    return OK;
}

static fallible query_task(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    *answer = control_show_asked(s, o->c->node->name, &view.active,
                                 json_object_get(o->order->arguments, "ids"));
    return OK;
}

static fallible registered(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    *answer = control_show_names(s, &view.tasks);
    return OK;
}

static fallible active_queues(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    *answer = control_show_queues(s, &view.queues);
    return OK;
}

static fallible stats(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    *answer = control_show_stats(s, atomic_load(&o->c->node->clock), &view);
    return OK;
}

static fallible conf(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    *answer = view.conf.text ? view.conf.text : "{}";
    return OK;
}

static fallible report(Scope *s, const Obeying *o, const char **answer)
{
    (void)o;
    *answer = says(s, "ok", "software -> dursor:" DURSOR_VERSION "\nbroker transport:redis\n");
    return OK;
}

static fallible clock_now(Scope *s, const Obeying *o, const char **answer)
{
    *answer = text(s, "{\"clock\":%lld}", (long long)atomic_load(&o->c->node->clock));
    return OK;
}

static fallible revoked_read(Scope *s, const Obeying *o, RedisReply **out)
{
    const RedisCommand range = {REDIS_ARGS(BYTES("ZREVRANGE"),
                                           celery_revoked_key(s, &o->c->node->keys), BYTES("0"),
                                           redis_number(s, CONTROL_REVOKED_MAX - 1)),
                                .key = 1, .repeatable = true};

    return redis_call(s, o->c->node->redis, &range, out);
}

static fallible revoked(Scope *s, const Obeying *o, const char **answer)
{
    RedisReply *ids;
    TextList names = {0};

    TRY(revoked_read(s, o, &ids));
    for (size_t i = 0; i < ids->count; i++)
        texts_add(s, &names, text_clean(s, ids->items[i].bytes, NULL));
    *answer = control_show_names(s, &names);
    return OK;
}

/* A stock worker that starts beside us takes over what was revoked. Its own question it hears as well. */
static fallible hello(Scope *s, const Obeying *o, const char **answer)
{
    RedisReply *ids;

    if (text_equal(argument(o, "from_node"), o->c->node->name))
        return OK;
    TRY(revoked_read(s, o, &ids));
    *answer = control_show_revoked(s, ids, celery_clock_tick(o->c->node));
    return OK;
}

/* ---- Acting ---- */

static fallible ids_of(Scope *s, const Obeying *o, TextList *out)
{
    json_t *ids = json_object_get(o->order->arguments, "task_id"), *id;
    size_t i;

    if (json_is_string(ids))
        texts_add(s, out, json_string_value(ids));
    json_array_foreach(ids, i, id)
    {
        if (json_is_string(id) && out->count < CONTROL_IDS_MAX)
            texts_add(s, out, json_string_value(id));
    }
    return out->count ? OK : fail(s, INVALID, "task_id is an id, or a list of ids");
}

static fallible end_work(Scope *s, const Obeying *o, const TextList *ids, const char **answer)
{
    const ControlWorker *worker = o->c->worker;
    TextList ended = {0};

    EACH (const char *, id, ids)
        if (worker->terminate(worker->self, *id))
            texts_add(s, &ended, *id);
    *answer = says(s, "ok",
                   ended.count ? text(s, "terminate: %s", text_join(s, &ended, ", "))
                               : "terminate: tasks unknown");
    return OK;
}

/* Remembered first: whoever takes the message from now on drops it. */
static fallible revoke_ids(Scope *s, const Obeying *o, TextList *ids)
{
    TRY(ids_of(s, o, ids));
    EACH (const char *, id, ids)
        TRY(celery_revoke(s, o->c->celery, *id));
    return OK;
}

static fallible revoke(Scope *s, const Obeying *o, const char **answer)
{
    TextList ids = {0};

    TRY(revoke_ids(s, o, &ids));
    if (json_at_bool(o->order->arguments, "terminate", false))
        return end_work(s, o, &ids, answer);
    *answer = says(s, "ok", text(s, "tasks %s flagged as revoked", text_join(s, &ids, ", ")));
    return OK;
}

static fallible terminate(Scope *s, const Obeying *o, const char **answer)
{
    TextList ids = {0};

    TRY(revoke_ids(s, o, &ids));
    return end_work(s, o, &ids, answer);
}

static fallible consume(Scope *s, const Obeying *o, bool on)
{
    const char *queue = argument(o, "queue");

    if (text_empty(queue) || strlen(queue) > CELERY_NAME_MAX)
        return fail(s, INVALID, "queue is a name of at most %d bytes", CELERY_NAME_MAX);
    return o->c->worker->consume(s, o->c->worker->self, queue, on);
}

static fallible add_consumer(Scope *s, const Obeying *o, const char **answer)
{
    TRY(consume(s, o, true));
    *answer = says(s, "ok", text(s, "add consumer %s", argument(o, "queue")));
    return OK;
}

static fallible cancel_consumer(Scope *s, const Obeying *o, const char **answer)
{
    TRY(consume(s, o, false));
    *answer = says(s, "ok", text(s, "no longer consuming from %s", argument(o, "queue")));
    return OK;
}

static fallible pool_grow(Scope *s, const Obeying *o, const char **answer)
{
    TRY(o->c->worker->resize(s, o->c->worker->self, json_at_int(o->order->arguments, "n", 1)));
    *answer = says(s, "ok", "pool will grow");
    return OK;
}

static fallible pool_shrink(Scope *s, const Obeying *o, const char **answer)
{
    TRY(o->c->worker->resize(s, o->c->worker->self, -json_at_int(o->order->arguments, "n", 1)));
    *answer = says(s, "ok", "pool will shrink");
    return OK;
}

static fallible refused(Scope *s, const Obeying *o, const char **answer)
{
    (void)answer;
    return fail(s, UNSUPPORTED,
                "%s is not done here: dursor's settings say how much runs at once, and for "
                "how long",
                o->order->method);
}

static fallible enable_events(Scope *s, const Obeying *o, const char **answer)
{
    bool was = atomic_exchange(&o->c->node->telling, true);

    *answer = says(s, "ok", was ? "task events already enabled" : "task events enabled");
    return OK;
}

static fallible disable_events(Scope *s, const Obeying *o, const char **answer)
{
    bool was = atomic_exchange(&o->c->node->telling, false);

    *answer = says(s, "ok", was ? "task events disabled" : "task events already disabled");
    return OK;
}

static fallible heartbeat(Scope *s, const Obeying *o, const char **answer)
{
    ControlView view = {0};

    TRY(look(s, o, &view));
    const CeleryPulse pulse = {(int64_t)view.active.count, view.processed};
    *answer = "null";
    return celery_tell_worker(s, o->c->node, "worker-heartbeat", &pulse);
}

static fallible shut_down(Scope *s, const Obeying *o, const char **answer)
{
    (void)s, (void)answer;
    o->c->worker->shut_down(o->c->worker->self);
    return OK;
}

/* Of gossip, which we do not take part in. */
static fallible ignored(Scope *s, const Obeying *o, const char **answer)
{
    (void)s, (void)o, (void)answer;
    return OK;
}

static const struct {
    const char *method;
    Error *(*obey)(Scope *s, const Obeying *o, const char **answer);
} commands[] = {
    {"ping", ping},
    {"active", active},
    {"reserved", nothing},
    {"scheduled", nothing},
    {"query_task", query_task},
    {"registered", registered},
    {"active_queues", active_queues},
    {"stats", stats},
    {"conf", conf},
    {"report", report},
    {"clock", clock_now},
    {"revoked", revoked},
    {"hello", hello},
    {"revoke", revoke},
    {"terminate", terminate},
    {"add_consumer", add_consumer},
    {"cancel_consumer", cancel_consumer},
    {"pool_grow", pool_grow},
    {"pool_shrink", pool_shrink},
    {"autoscale", refused},
    {"rate_limit", refused},
    {"time_limit", refused},
    {"enable_events", enable_events},
    {"disable_events", disable_events},
    {"heartbeat", heartbeat},
    {"shutdown", shut_down},
    {"election", ignored},
};

fallible control_obey(Scope *s, const Controlled *c, const ControlOrder *order, const char **answer)
{
    const Obeying o = {c, order};

    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (!text_equal(commands[i].method, order->method))
            continue;
        Error *e = commands[i].obey(s, &o, answer);
        TRY(scope_check(s));
        if (e)
            *answer = says(s, "error", e->message);
        return OK;
    }
    *answer = says(s, "error", text(s, "KeyError('%s')", text_head(s, order->method, 80)));
    return OK;
}
