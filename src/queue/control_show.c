/* JSON of what is shown. */

#include "queue/control_show.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/json.h"

typedef struct Show {
    Buffer *b;
    JsonWriter w;
} Show;

static Show show_begin(Scope *s, char bracket)
{
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    Show show = {b, json_writer(b)};
    json_open(&show.w, bracket);
    return show;
}

static const char *show_end(Show *show, char bracket)
{
    json_close(&show->w, bracket);
    return buffer_string(show->b);
}

static void put_request(JsonWriter *w, const char *node, const ControlRequest *r)
{
    json_open(w, '{');
    json_member_text(w, "id", r->id);
    json_member_text(w, "name", r->task);
    json_member_raw(w, "args", r->args ? r->args : "[]");
    json_member_raw(w, "kwargs", r->kwargs ? r->kwargs : "{}");
    json_member_text(w, "type", r->task);
    json_member_text(w, "hostname", node);
    json_member_real(w, "time_start", (double)r->started_at.us / US_PER_S);
    json_member_bool(w, "acknowledged", false);
    json_key(w, "delivery_info");
    json_open(w, '{');
    json_member_text(w, "exchange", "");
    json_member_text(w, "routing_key", r->queue);
    json_member_int(w, "priority", r->priority);
    json_member_bool(w, "redelivered", r->redelivered);
    json_close(w, '}');
    json_member_int(w, "worker_pid", getpid());
    json_close(w, '}');
}

const char *control_show_requests(Scope *s, const char *node, const ControlRequestList *requests)
{
    Show show = show_begin(s, '[');

    EACH (const ControlRequest, request, requests)
        put_request(&show.w, node, request);
    return show_end(&show, ']');
}

static bool is_asked(const char *id, json_t *ids)
{
    json_t *one;
    size_t i;

    json_array_foreach(ids, i, one)
    {
        if (text_equal(json_string_value(one), id))
            return true;
    }
    return false;
}

const char *control_show_asked(Scope *s, const char *node, const ControlRequestList *requests,
                               json_t *ids)
{
    Show show = show_begin(s, '{');

    EACH (const ControlRequest, request, requests) {
        if (!is_asked(request->id, ids))
            continue;
        json_key(&show.w, request->id);
        json_open(&show.w, '[');
        json_put_text(&show.w, "active");
        put_request(&show.w, node, request);
        json_close(&show.w, ']');
    }
    return show_end(&show, '}');
}

const char *control_show_names(Scope *s, const TextList *names)
{
    Show show = show_begin(s, '[');

    EACH (const char *, name, names)
        json_put_text(&show.w, *name);
    return show_end(&show, ']');
}

/* A queue and its exchange, with the fields of kombu's that monitors show. */
static void put_queue(JsonWriter *w, const char *name)
{
    static const char *const absent[] = {
        "queue_arguments",  "binding_arguments", "consumer_arguments", "alias",
        "no_declare",       "expires",           "message_ttl",        "max_length",
        "max_length_bytes", "max_priority"};

    json_open(w, '{');
    json_member_text(w, "name", name);
    json_key(w, "exchange");
    json_open(w, '{');
    json_member_text(w, "name", name);
    json_member_text(w, "type", "direct");
    json_member_bool(w, "durable", true);
    json_member_bool(w, "auto_delete", false);
    json_close(w, '}');
    json_member_text(w, "routing_key", name);
    json_member_bool(w, "durable", true);
    json_member_bool(w, "exclusive", false);
    json_member_bool(w, "auto_delete", false);
    json_member_bool(w, "no_ack", false);
    json_member_raw(w, "bindings", "[]");
    for (size_t i = 0; i < COUNT_OF(absent); i++)
        json_member_raw(w, absent[i], "null");
    json_close(w, '}');
}

const char *control_show_queues(Scope *s, const TextList *queues)
{
    Show show = show_begin(s, '[');

    EACH (const char *, name, queues)
        put_queue(&show.w, *name);
    return show_end(&show, ']');
}

static void put_pool(JsonWriter *w, const ControlView *view)
{
    json_key(w, "pool");
    json_open(w, '{');
    json_member_text(w, "implementation", "dursor:threads");
    json_member_int(w, "max-concurrency", view->concurrency);
    json_key(w, "processes");
    json_open(w, '[');
    json_put_int(w, getpid());
    json_close(w, ']');
    json_member_text(w, "max-tasks-per-child", "N/A");
    json_member_bool(w, "put-guarded-by-semaphore", true);
    json_member_raw(w, "timeouts", "[0,0]");
    json_member_raw(w, "writes", "{}");
    json_close(w, '}');
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / US_PER_S;
}

static void put_usage(JsonWriter *w)
{
    struct rusage usage = {0};

    (void)!getrusage(RUSAGE_SELF, &usage); /* zeros where the system does not tell */
    json_key(w, "rusage");
    json_open(w, '{');
    json_member_real(w, "utime", seconds(usage.ru_utime));
    json_member_real(w, "stime", seconds(usage.ru_stime));
    json_member_int(w, "maxrss", usage.ru_maxrss);
    json_close(w, '}');
}

const char *control_show_stats(Scope *s, int64_t clock, const ControlView *view)
{
    Show show = show_begin(s, '{');
    JsonWriter *w = &show.w;

    json_key(w, "total");
    json_open(w, '{');
    EACH (const ControlTotal, total, &view->totals)
        json_member_int(w, total->task, total->count);
    json_close(w, '}');
    json_member_int(w, "pid", getpid());
    json_member_text(w, "clock", text(s, "%lld", (long long)clock));
    json_member_int(w, "uptime", view->uptime_s);
    put_pool(w, view);
    json_key(w, "broker");
    json_open(w, '{');
    json_member_text(w, "transport", "redis");
    json_close(w, '}');
    json_member_int(w, "prefetch_count", view->concurrency);
    put_usage(w);
    return show_end(&show, '}');
}

/* Stock counts the age of what it remembers by CLOCK_MONOTONIC, and takes only a float. */
const char *control_show_revoked(Scope *s, const RedisReply *ids, int64_t clock)
{
    Show show = show_begin(s, '{');
    double now = (double)clock_us() / US_PER_S;

    json_key(&show.w, "revoked");
    json_open(&show.w, '{');
    for (size_t i = 0; i < ids->count; i++)
        json_member_real(&show.w, text_clean(s, ids->items[i].bytes, NULL), now);
    json_close(&show.w, '}');
    json_member_int(&show.w, "clock", clock);
    return show_end(&show, '}');
}
