/* Envelopes of our own: every field that stock 5.6 sends, in its order. Bodies go as base64, since a 5.2
 * worker exits on plain ones. */

#include "queue/celery_message.h"

#include "base/id.h"

static fallible check_name(Scope *s, const char *what, const char *name)
{
    if (text_empty(name) || strlen(name) > CELERY_NAME_MAX || !utf8_valid(bytes_of(name)))
        return fail(s, INVALID, "the %s of a message has from 1 to %d bytes of UTF-8", what,
                    CELERY_NAME_MAX);
    return OK;
}

/* The arguments as text, checked: an array or an object, and nothing tagged that is not meant. */
static fallible check_arguments(Scope *s, const CeleryCall *call, Json json, char bracket)
{
    json_t *value;

    if (!json.text)
        return OK;
    TRY_WHILE(json_parse(s, bytes_of(json.text), &value), "reading arguments");
    if (bracket == '[' ? !json_is_array(value) : !json_is_object(value))
        return fail(s, INVALID, "positional arguments are an array, named ones an object");
    if (call->typed ? !celery_values_known(s, value) : !celery_values_plain(value))
        return fail(s, INVALID,
                    "arguments hold an object of __type__ and __value__, which Celery "
                    "would take for a value of another type");
    return OK;
}

static fallible check(Scope *s, const CeleryCall *call)
{
    SCOPE(tmp, s);

    TRY(check_name(s, "id", call->id));
    TRY(check_name(s, "task", call->task));
    TRY(check_name(s, "queue", call->queue));
    TRY(check_arguments(tmp, call, call->args, '['));
    TRY(check_arguments(tmp, call, call->kwargs, '{'));
    if (call->priority < 0 || call->priority > CELERY_PRIORITY_LAST)
        return fail(s, INVALID, "a priority is from 0 (first) to %d", CELERY_PRIORITY_LAST);
    return OK;
}

static void put_json(JsonWriter *w, const char *key, Json json, const char *absent)
{
    json_key(w, key);
    json_put_raw(w, json.text ? json.text : absent);
}

static void put_time(JsonWriter *w, const char *key, Time t)
{
    const char *iso = time_set(t) ? time_text(w->b->s, t) : NULL;

    /* Python before 3.11 reads no Z. */
    json_member_text(w, key, iso ? text(w->b->s, "%.*s+00:00", (int)strlen(iso) - 1, iso) : NULL);
}

static void put_limit(JsonWriter *w, OptReal limit)
{
    if (limit.set)
        json_put_real(w, limit.value);
    else
        json_put_null(w);
}

static const char *body_of(Scope *s, const CeleryCall *call)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '[');
    json_put_raw(&w, call->args.text ? call->args.text : "[]");
    json_put_raw(&w, call->kwargs.text ? call->kwargs.text : "{}");
    json_open(&w, '{');
    put_json(&w, "callbacks", call->callbacks, "null");
    put_json(&w, "errbacks", call->errbacks, "null");
    put_json(&w, "chain", call->chain, "null");
    put_json(&w, "chord", call->chord, "null");
    json_close(&w, '}');
    json_close(&w, ']');
    return base64(s, buffer_view(&b));
}

static const char *shown(Scope *s, const char *repr, Json json, const char *absent)
{
    return text_head(s, repr ? repr : json.text ? json.text : absent, CELERY_REPR_MAX);
}

static void put_headers(JsonWriter *w, const CeleryCall *call)
{
    Scope *s = w->b->s;

    json_open(w, '{');
    json_member_text(w, "lang", "c");
    json_member_text(w, "task", call->task);
    json_member_text(w, "id", call->id);
    json_member_text(w, "shadow", NULL);
    put_time(w, "eta", call->eta);
    put_time(w, "expires", call->expires);
    json_member_text(w, "group", call->group);
    json_key(w, "group_index");
    if (call->group_index.set)
        json_put_int(w, call->group_index.value);
    else
        json_put_null(w);
    json_member_int(w, "retries", call->retries);
    json_key(w, "timelimit");
    json_open(w, '[');
    put_limit(w, call->hard_s);
    put_limit(w, call->soft_s);
    json_close(w, ']');
    json_member_text(w, "root_id", call->root_id ? call->root_id : call->id);
    json_member_text(w, "parent_id", call->parent_id);
    json_member_text(w, "argsrepr", shown(s, call->argsrepr, call->args, "[]"));
    json_member_text(w, "kwargsrepr", shown(s, call->kwargsrepr, call->kwargs, "{}"));
    json_member_text(w, "origin", call->origin);
    json_key(w, "ignore_result");
    json_put_bool(w, call->ignore_result);
    json_member_int(w, "replaced_task_nesting", 0);
    json_member_text(w, "stamped_headers", NULL);
    put_json(w, "stamps", (Json){NULL}, "{}");
    if (call->traceparent)
        json_member_text(w, "traceparent", call->traceparent);
    json_close(w, '}');
}

/* The anonymous exchange: the routing key is the queue. */
static void put_properties(JsonWriter *w, const CeleryCall *call)
{
    json_open(w, '{');
    json_member_text(w, "correlation_id", call->id);
    json_member_text(w, "reply_to", call->reply_to ? call->reply_to : call->id);
    json_member_int(w, "delivery_mode", 2);
    json_key(w, "delivery_info");
    json_open(w, '{');
    json_member_text(w, "exchange", "");
    json_member_text(w, "routing_key", call->queue);
    json_close(w, '}');
    json_member_int(w, "priority", call->priority);
    json_member_text(w, "body_encoding", "base64");
    json_member_text(w, "delivery_tag", id_new(w->b->s));
    json_close(w, '}');
}

Error *celery_message_write(Scope *s, const CeleryCall *call, Bytes *out)
{
    TRY(check(s, call));
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_member_text(&w, "body", body_of(s, call));
    json_member_text(&w, "content-encoding", "utf-8");
    json_member_text(&w, "content-type", "application/json");
    json_key(&w, "headers");
    put_headers(&w, call);
    json_key(&w, "properties");
    put_properties(&w, call);
    json_close(&w, '}');
    if (b.size > CELERY_MESSAGE_MAX)
        return fail(s, TOO_LARGE, "a message of %zu bytes, over %d", b.size, CELERY_MESSAGE_MAX);
    *out = buffer_view(&b);
    return OK;
}
