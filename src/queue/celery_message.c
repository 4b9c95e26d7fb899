/* Envelopes read into a struct. Stock workers exit on many of the faults noted here, or lose the message
 * without a word; each has its name instead. */

#include "queue/celery_message.h"

#include "queue/celery_body.h"

const Name celery_fault_names[] = {
    {CELERY_TOO_LARGE, "too_large"},
    {CELERY_NOT_JSON, "not_json"},
    {CELERY_NO_PROPERTIES, "no_properties"},
    {CELERY_NO_TAG, "no_tag"},
    {CELERY_NO_ADDRESS, "no_address"},
    {CELERY_UNKNOWN_FORM, "unknown_form"},
    {CELERY_NO_ID, "no_id"},
    {CELERY_CONTENT_TYPE, "content_type"},
    {CELERY_CONTENT_ENCODING, "content_encoding"},
    {CELERY_BODY_ENCODING, "body_encoding"},
    {CELERY_COMPRESSION, "compression"},
    {CELERY_NO_BODY, "no_body"},
    {CELERY_BODY_NOT_JSON, "body_not_json"},
    {CELERY_BODY_SHAPE, "body_shape"},
    {CELERY_BAD_FIELD, "bad_field"},
    {CELERY_BAD_TIME, "bad_time"},
    {CELERY_BAD_VALUE, "bad_value"},
    {0},
};

bool celery_fault(Scope *s, CeleryMessage *m, CeleryFault fault, const char *format, ...)
{
    va_list args;

    if (m->fault)
        return false;
    va_start(args, format);
    m->fault = fault;
    m->reason = text_v(s, format, args);
    va_end(args);
    return false;
}

/* Absent and null are one. */
static json_t *present(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : value;
}

static bool short_text(json_t *value, const char **out)
{
    if (!json_is_string(value) || !json_string_length(value) ||
        json_string_length(value) > CELERY_NAME_MAX)
        return false;
    *out = json_string_value(value);
    return true;
}

static void bad_field(Scope *s, CeleryMessage *m, const char *key, const char *wanted)
{
    (void)celery_fault(s, m, CELERY_BAD_FIELD, "%s is not %s", key, wanted);
}

/* ---- Fields that may be absent but not of another type ---- */

static void take_texts(Scope *s, json_t *from, CeleryMessage *m)
{
    const struct {
        const char *key;
        const char **out;
    } texts[] = {{"root_id", &m->root_id},      {"parent_id", &m->parent_id},
                 {"group", &m->group},          {"shadow", &m->shadow},
                 {"origin", &m->origin},        {"argsrepr", &m->argsrepr},
                 {"kwargsrepr", &m->kwargsrepr}};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        json_t *value = present(from, texts[i].key);
        if (value && !json_is_string(value))
            bad_field(s, m, texts[i].key, "a text");
        else
            *texts[i].out = json_string_value(value);
    }
}

static int64_t take_count(Scope *s, json_t *from, CeleryMessage *m, const char *key)
{
    json_t *value = present(from, key);

    if (value && !(json_is_integer(value) && json_integer_value(value) >= 0))
        bad_field(s, m, key, "a whole number");
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value) : 0;
}

/* Stock reads ISO 8601 only: a number of seconds is as wrong here as it is there. */
static Time take_time(Scope *s, json_t *from, CeleryMessage *m, const char *key)
{
    json_t *value = present(from, key);
    const char *t = json_string_value(value);
    Time found = {0};

    if (t && strlen(t) == strlen("2026-11-23"))
        t = text(s, "%sT00:00:00", t);
    if (value && (!t || !time_parse(t, &found)))
        (void)celery_fault(s, m, CELERY_BAD_TIME, "%s is not a time in ISO 8601", key);
    return found;
}

static OptReal limit_at(json_t *limits, size_t index)
{
    json_t *value = json_array_get(limits, index);

    return (OptReal){json_is_number(value) && json_number_value(value) > 0,
                     json_number_value(value)};
}

static void take_limits(Scope *s, json_t *from, CeleryMessage *m)
{
    json_t *limits = present(from, "timelimit");

    if (limits && (!json_is_array(limits) || json_array_size(limits) != 2))
        bad_field(s, m, "timelimit", "a pair of hard and soft seconds");
    for (size_t i = 0; i < json_array_size(limits); i++) {
        json_t *one = json_array_get(limits, i);
        if (!json_is_null(one) && !json_is_number(one))
            bad_field(s, m, "timelimit", "a pair of hard and soft seconds");
    }
    m->hard_s = limit_at(limits, 0);
    m->soft_s = limit_at(limits, 1);
}

/* The fields that protocol 2 has in its headers and protocol 1 in its body. */
static void take_fields(Scope *s, json_t *from, CeleryMessage *m)
{
    take_texts(s, from, m);
    m->retries = take_count(s, from, m, "retries");
    m->eta = take_time(s, from, m, "eta");
    m->expires = take_time(s, from, m, "expires");
    take_limits(s, from, m);
    m->group_index.set = present(from, "group_index") != NULL;
    m->group_index.value = take_count(s, from, m, "group_index");
}

/* ---- Parts ---- */

static void take_deliveries(Scope *s, json_t *envelope, CeleryMessage *m)
{
    m->redelivered = json_at_bool(envelope, "headers.redelivered", false) ||
                     json_at_bool(envelope, "properties.delivery_info.redelivered", false);
    m->delivery_count = take_count(s, m->headers, m, "x-delivery-count");
}

static void take_address(Scope *s, json_t *properties, CeleryMessage *m)
{
    json_t *to = json_object_get(properties, "delivery_info");
    json_t *exchange = json_object_get(to, "exchange");
    json_t *priority = present(properties, "priority");

    if (!short_text(json_object_get(properties, "delivery_tag"), &m->tag))
        (void)celery_fault(s, m, CELERY_NO_TAG, "properties.delivery_tag is not a short text");
    if (!json_is_string(exchange) || json_string_length(exchange) > CELERY_NAME_MAX ||
        !short_text(json_object_get(to, "routing_key"), &m->routing_key))
        (void)celery_fault(s, m, CELERY_NO_ADDRESS,
                           "properties.delivery_info has no exchange and routing key");
    m->exchange = json_string_value(exchange);
    m->reply_to = json_at_text(properties, "reply_to");
    if (priority && !json_is_number(priority))
        bad_field(s, m, "priority", "a number");
    double asked = json_number_value(priority);
    m->priority = asked <= 0                      ? 0
                  : asked >= CELERY_PRIORITY_LAST ? CELERY_PRIORITY_LAST
                                                  : (int64_t)asked;
}

static void take_headers(Scope *s, json_t *headers, CeleryMessage *m)
{
    if (!short_text(json_object_get(headers, "task"), &m->task))
        bad_field(s, m, "task", "the name of a task");
    if (!short_text(json_object_get(headers, "id"), &m->id))
        (void)celery_fault(s, m, CELERY_NO_ID, "headers.id is not a short text");
    take_fields(s, headers, m);
    m->ignore_result = json_is_true(json_object_get(headers, "ignore_result"));
}

static void take_arguments(Scope *s, json_t *args, json_t *kwargs, CeleryMessage *m)
{
    if (!json_is_array(args) || !json_is_object(kwargs)) {
        (void)celery_fault(s, m, CELERY_BODY_SHAPE, "the arguments are not an array and an object");
        return;
    }
    m->args = args;
    m->kwargs = kwargs;
    if (!celery_values_known(s, args) || !celery_values_known(s, kwargs))
        (void)celery_fault(s, m, CELERY_BAD_VALUE,
                           "an argument has a __type__ that cannot be read");
}

static json_t *take_follow_up(Scope *s, json_t *embed, CeleryMessage *m, const char *key)
{
    json_t *value = present(embed, key);
    bool chord = text_equal(key, "chord");

    if (!value || (chord ? json_is_object(value) : json_is_array(value)))
        return value;
    bad_field(s, m, key, chord ? "a signature" : "a list of signatures");
    return NULL;
}

static void take_embed(Scope *s, json_t *embed, CeleryMessage *m)
{
    if (!json_is_object(embed)) {
        if (!json_is_null(embed))
            (void)celery_fault(s, m, CELERY_BODY_SHAPE,
                               "what follows the arguments is not an object");
        return;
    }
    m->callbacks = take_follow_up(s, embed, m, "callbacks");
    m->errbacks = take_follow_up(s, embed, m, "errbacks");
    m->chain = take_follow_up(s, embed, m, "chain");
    m->chord = take_follow_up(s, embed, m, "chord");
}

static void take_body(Scope *s, json_t *body, CeleryMessage *m)
{
    if (!json_is_array(body) || json_array_size(body) < 3) {
        (void)celery_fault(s, m, CELERY_BODY_SHAPE, "the body is not [args, kwargs, embed]");
        return;
    }
    take_arguments(s, json_array_get(body, 0), json_array_get(body, 1), m);
    take_embed(s, json_array_get(body, 2), m);
}

/* Protocol 1: everything in the body, no headers. */
static void take_first_protocol(Scope *s, json_t *body, CeleryMessage *m)
{
    static const char *const times[] = {"eta", "expires"};
    json_t *no_kwargs = json_object_get(body, "kwargs") ? NULL : json_object();
    json_t *no_args = json_object_get(body, "args") ? NULL : json_array();

    if (no_kwargs)
        json_object_set_new(body, "kwargs", no_kwargs);
    if (no_args)
        json_object_set_new(body, "args", no_args);
    if (!short_text(json_object_get(body, "task"), &m->task)) {
        (void)celery_fault(s, m, CELERY_UNKNOWN_FORM, "the message names no task");
        return;
    }
    if (!short_text(json_object_get(body, "id"), &m->id))
        (void)celery_fault(s, m, CELERY_NO_ID, "the id is not a short text");
    take_fields(s, body, m);
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        const char *t = json_at_text(body, times[i]);
        if (t && json_is_false(json_object_get(body, "utc")) &&
            !strpbrk(t + strcspn(t, "T"), "Z+-"))
            (void)celery_fault(s, m, CELERY_BAD_TIME,
                               "%s is in a zone that the message does not name", times[i]);
    }
    if (!m->group)
        m->group = json_at_text(body, "taskset");
    take_arguments(s, json_object_get(body, "args"), json_object_get(body, "kwargs"), m);
    take_embed(s, body, m);
}

static bool parse_envelope(Scope *s, Bytes envelope, CeleryMessage *m, json_t **out)
{
    if (envelope.size > CELERY_MESSAGE_MAX)
        return celery_fault(s, m, CELERY_TOO_LARGE, "the message is over %d bytes",
                            CELERY_MESSAGE_MAX);
    Error *e = json_parse(s, envelope, out);
    if (!e && json_is_object(*out))
        return true;
    error_drop(e, "the fault says it, without data of the message");
    return celery_fault(s, m, CELERY_NOT_JSON, "the message is not a JSON object");
}

void celery_message_read(Scope *s, Bytes envelope, CeleryMessage *out)
{
    json_t *json, *body;

    *out = (CeleryMessage){0};
    if (!parse_envelope(s, envelope, out, &json))
        return;
    json_t *headers = json_object_get(json, "headers");
    json_t *properties = json_object_get(json, "properties");
    bool second = json_object_get(headers, "task") != NULL;
    out->headers = json_is_object(headers) ? headers : NULL;
    if (second)
        take_headers(s, headers, out);
    if (!json_is_object(properties))
        (void)celery_fault(s, out, CELERY_NO_PROPERTIES, "the message has no properties");
    take_address(s, properties, out);
    take_deliveries(s, json, out);
    if (!celery_body_decode(s, json, out, &body))
        return;
    if (second)
        take_body(s, body, out);
    else if (json_is_object(body))
        take_first_protocol(s, body, out);
    else
        (void)celery_fault(s, out, CELERY_UNKNOWN_FORM, "headers.task is missing");
}
