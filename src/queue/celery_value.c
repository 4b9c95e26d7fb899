/* Tagged values. The types and their forms are those of kombu's utils/json.py. */

#include "queue/celery_value.h"

enum { UUID_DIGITS = 32, VALUE_TEXT_MAX = 4096 };

static const Name kind_names[] = {
    {CELERY_DATETIME, "datetime"}, {CELERY_DATE, "date"},
    {CELERY_TIME, "time"},         {CELERY_DECIMAL, "decimal"},
    {CELERY_UUID, "uuid"},         {CELERY_BYTES, "bytes"},
    {CELERY_BASE64, "base64"},     {0},
};

bool celery_value_tagged(const json_t *value)
{
    return json_is_object(value) && json_object_size(value) == 2 &&
           json_object_get(value, "__type__") && json_object_get(value, "__value__");
}

static bool is_decimal(const char *t)
{
    static const char *const words[] = {"NaN", "-NaN", "sNaN", "Infinity", "-Infinity"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal(t, words[i]))
            return true;
    return strspn(t, "0123456789+-.eE") == strlen(t) && strpbrk(t, "0123456789");
}

static bool fits(Scope *s, CeleryValueKind kind, const char *t)
{
    Time ignored;

    switch (kind) {
    case CELERY_DATETIME:
        return time_parse(t, &ignored);
    case CELERY_DATE:
        return strlen(t) == strlen("2026-11-23") && time_parse(text(s, "%sT00:00:00", t), &ignored);
    case CELERY_TIME:
        return time_parse(text(s, "2000-01-01T%s", t), &ignored);
    case CELERY_DECIMAL:
        return is_decimal(t);
    case CELERY_UUID:
    case CELERY_BYTES:
    case CELERY_BASE64:
        break;
    }
    return false;
}

static bool read_uuid(Scope *s, json_t *value, const char **out)
{
    const char *t = json_at_text(value, "hex");
    Bytes bytes;

    if (!t || strlen(t) != UUID_DIGITS || !hex_decode(s, t, &bytes))
        return false;
    *out = text(s, "%.8s-%.4s-%.4s-%.4s-%.12s", t, t + 8, t + 12, t + 16, t + 20);
    return true;
}

bool celery_value_read(Scope *s, json_t *value, CeleryValue *out)
{
    const char *type = celery_value_tagged(value) ? json_at_text(value, "__type__") : NULL;
    CeleryValue found = {.kind = type ? (CeleryValueKind)name_find(kind_names, type) : 0};
    json_t *inner = json_object_get(value, "__value__");
    const char *t = json_string_value(inner);

    if (!found.kind)
        return false;
    if (found.kind == CELERY_UUID) {
        if (!read_uuid(s, inner, &found.text))
            return false;
    } else if (!t) {
        return false;
    } else if (found.kind == CELERY_BYTES) {
        found.bytes = (Bytes){t, json_string_length(inner)};
    } else if (found.kind == CELERY_BASE64) {
        if (!base64_decode(s, t, &found.bytes))
            return false;
    } else {
        if (strlen(t) > VALUE_TEXT_MAX || !fits(s, found.kind, t))
            return false;
        found.text = t;
    }
    *out = found;
    return true;
}

static void write_uuid(JsonWriter *w, const char *t)
{
    Buffer digits = buffer_in(w->b->s);

    for (; *t; t++)
        if (*t != '-')
            buffer_char(&digits, *t);
    json_open(w, '{');
    json_key(w, "hex");
    json_put_text(w, buffer_string(&digits));
    json_close(w, '}');
}

void celery_value_write(Buffer *b, const CeleryValue *value)
{
    JsonWriter w = json_writer(b);
    CeleryValueKind kind = value->kind;

    if (kind == CELERY_BYTES || kind == CELERY_BASE64)
        kind = utf8_valid(value->bytes) ? CELERY_BYTES : CELERY_BASE64;
    json_open(&w, '{');
    json_key(&w, "__type__");
    json_put_text(&w, name_of(kind_names, kind));
    json_key(&w, "__value__");
    if (kind == CELERY_UUID)
        write_uuid(&w, value->text);
    else if (kind == CELERY_BASE64)
        json_put_text(&w, base64(b->s, value->bytes));
    else if (kind == CELERY_BYTES)
        json_put_bytes(&w, value->bytes);
    else
        json_put_text(&w, value->text);
    json_close(&w, '}');
}

/* The depth is bounded by JSON_DEPTH_MAX. With s NULL anything tagged is refused. */
static bool all_within(Scope *s, json_t *value)
{
    CeleryValue ignored;
    const char *key;
    json_t *item;
    size_t i;

    if (celery_value_tagged(value))
        return s && celery_value_read(s, value, &ignored);
    json_object_foreach(value, key, item) if (!all_within(s, item)) return false;
    json_array_foreach(value, i, item) if (!all_within(s, item)) return false;
    return true;
}

bool celery_values_plain(json_t *value)
{
    return all_within(NULL, value);
}

bool celery_values_known(Scope *s, json_t *value)
{
    SCOPE(tmp, s);

    return all_within(tmp, value);
}
