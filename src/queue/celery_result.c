/* Payloads of results. The keys stand in the order of celery 5.6. */

#include "queue/celery_result.h"

static const struct {
    const char *status;
    bool ready, failed;
} states[] = {
    {CELERY_STARTED, false, false}, {CELERY_SUCCESS, true, false}, {CELERY_FAILURE, true, true},
    {CELERY_RETRY, false, true},    {CELERY_REVOKED, true, true},
};

bool celery_ready(const char *status)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i].status, status))
            return states[i].ready;
    return false;
}

bool celery_failed(const char *status)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i].status, status))
            return states[i].failed;
    return false;
}

CeleryException celery_exception(Scope *s, const char *module, const char *type, const char *said)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '[');
    json_put_text(&w, said);
    json_close(&w, ']');
    return (CeleryException){type, module, {buffer_string(&b)}};
}

Json celery_started_by(Scope *s, int64_t pid, const char *hostname)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "pid");
    json_put_int(&w, pid);
    json_key(&w, "hostname");
    json_put_text(&w, hostname);
    json_close(&w, '}');
    return (Json){buffer_string(&b)};
}

/* ---- Writing ---- */

static void put_json(JsonWriter *w, const char *key, Json json, const char *absent)
{
    json_key(w, key);
    json_put_raw(w, json.text ? json.text : absent);
}

static void put_exception(JsonWriter *w, const CeleryException *e)
{
    json_open(w, '{');
    json_member_text(w, "exc_type", e->type ? e->type : "Exception");
    put_json(w, "exc_message", e->message, "[]");
    json_member_text(w, "exc_module", e->module);
    json_close(w, '}');
}

/* With +00:00: Python before 3.11 reads no Z. */
static const char *done_at(Scope *s, Time t)
{
    const char *iso = time_text(s, t);

    return time_set(t) ? text(s, "%.*s+00:00", (int)strlen(iso) - 1, iso) : NULL;
}

static void put_extended(JsonWriter *w, const CeleryResult *r)
{
    json_member_text(w, "name", r->name);
    put_json(w, "args", r->args, "[]");
    put_json(w, "kwargs", r->kwargs, "{}");
    json_member_text(w, "worker", r->worker);
    json_key(w, "retries");
    json_put_int(w, r->retries);
    json_member_text(w, "queue", r->queue);
}

void celery_result_write(Buffer *b, const CeleryResult *r)
{
    JsonWriter w = json_writer(b);

    json_open(&w, '{');
    json_member_text(&w, "status", r->status);
    json_key(&w, "result");
    if (celery_failed(r->status) && (r->exception.type || celery_ready(r->status)))
        put_exception(&w, &r->exception);
    else
        json_put_raw(&w, r->result.text ? r->result.text : "null");
    json_member_text(&w, "traceback", r->traceback);
    put_json(&w, "children", r->children, "[]");
    json_member_text(&w, "date_done", done_at(b->s, r->date_done));
    if (r->group_id)
        json_member_text(&w, "group_id", r->group_id);
    if (r->parent_id)
        json_member_text(&w, "parent_id", r->parent_id);
    if (r->name)
        put_extended(&w, r);
    json_member_text(&w, "task_id", r->task_id);
    json_close(&w, '}');
}

/* ---- Reading ---- */

/* A retry without a cause has null. */
static fallible read_exception(Scope *s, json_t *value, CeleryException *out)
{
    json_t *message = json_object_get(value, "exc_message");
    const char *type = json_at_text(value, "exc_type");

    if (json_is_null(value))
        return OK;
    if (!type)
        return fail(s, INVALID, "the result of a failed task has no exc_type");
    *out = (CeleryException){.type = text_copy(s, type),
                             .module = text_copy(s, json_at_text(value, "exc_module"))};
    if (json_is_string(message))
        out->message = celery_exception(s, NULL, type, json_string_value(message)).message;
    else if (json_is_array(message))
        out->message.text = json_dump(s, message);
    return OK;
}

static void read_rest(Scope *s, json_t *json, CeleryResult *out)
{
    const struct {
        const char *key;
        const char **out;
    } texts[] = {{"traceback", &out->traceback}, {"group_id", &out->group_id},
                 {"parent_id", &out->parent_id}, {"name", &out->name},
                 {"worker", &out->worker},       {"queue", &out->queue}};
    const struct {
        const char *key;
        Json *out;
    } values[] = {{"children", &out->children}, {"args", &out->args}, {"kwargs", &out->kwargs}};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *texts[i].out = text_copy(s, json_at_text(json, texts[i].key));
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        json_t *value = json_object_get(json, values[i].key);
        if (value && !json_is_null(value))
            values[i].out->text = json_dump(s, value);
    }
    out->retries = json_at_int(json, "retries", 0);
    if (!time_parse(json_at_text(json, "date_done"), &out->date_done))
        out->date_done = (Time){0};
}

Error *celery_result_read(Scope *s, Bytes payload, CeleryResult *out)
{
    SCOPE(tmp, s);
    json_t *json;
    CeleryResult found = {0};

    if (payload.size > CELERY_RESULT_MAX)
        return fail(s, TOO_LARGE, "a result of %zu bytes, over %d", payload.size,
                    CELERY_RESULT_MAX);
    TRY_WHILE(json_parse(tmp, payload, &json), "reading the result of a task");
    const char *status = json_at_text(json, "status"), *id = json_at_text(json, "task_id");
    json_t *result = json_object_get(json, "result");
    if (text_empty(status) || text_empty(id) || !result)
        return fail(s, INVALID, "the result of a task has no status, task_id or result");
    found.status = text_copy(s, status);
    found.task_id = text_copy(s, id);
    if (celery_failed(status))
        TRY(read_exception(s, result, &found.exception));
    else
        found.result.text = json_dump(s, result);
    read_rest(s, json, &found);
    *out = found;
    return OK;
}
