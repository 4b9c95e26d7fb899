/* Structs as JSON, straight into a buffer. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

/* The escape of a byte below space, a quote or a backslash. */
static void escape(Buffer *b, unsigned char c)
{
    static const char short_names[] = "btn_fr"; /* \b \t \n - \f \r are 8 to 13 */

    if (c == '"' || c == '\\')
        buffer_format(b, "\\%c", c);
    else if (c >= 8 && c <= 13 && c != 11)
        buffer_format(b, "\\%c", short_names[c - 8]);
    else
        buffer_format(b, "\\u%04x", c);
}

/* Whether any of eight bytes may need an escape: below space, a quote, or a backslash. */
static bool may_escape(const char *eight)
{
    const uint64_t ones = 0x0101010101010101, tops = ones << 7;
    uint64_t word;

    memcpy(&word, eight, sizeof word);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    return (((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) |
            ((backslash - ones) & ~backslash)) &
           tops;
}

void json_write_bytes(Buffer *b, Bytes utf8)
{
    size_t from = 0;

    buffer_char(b, '"');
    for (size_t i = 0; i < utf8.size; i++) {
        while (i + 8 <= utf8.size && !may_escape(utf8.data + i))
            i += 8;
        if (i == utf8.size)
            break;
        unsigned char c = (unsigned char)utf8.data[i];
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buffer_add(b, utf8.data + from, i - from);
        escape(b, c);
        from = i + 1;
    }
    buffer_add(b, utf8.data + from, utf8.size - from);
    buffer_char(b, '"');
}

void json_write_text(Buffer *b, const char *t)
{
    if (t)
        json_write_bytes(b, bytes_of(t));
    else
        buffer_text(b, "null");
}

/* The shortest digits that read back as the same number. */
/* Prices and the like, quickly: a number of at most 15 digits that ends by the sixth decimal place has no
 * shorter form. */
static bool write_short_real(Buffer *b, double value)
{
    const double scale = 1e6, least = 1e-4, most = 1e8;

    if (!(value >= least && value <= most))
        return false;
    int64_t scaled = (int64_t)(value * scale + 0.5), unit = (int64_t)scale, rest = scaled % unit;
    if ((double)scaled / scale != value)
        return false;
    buffer_int(b, scaled / unit);
    buffer_char(b, '.');
    do {
        unit /= 10;
        buffer_char(b, (char)('0' + rest / unit));
        rest %= unit;
    } while (rest);
    return true;
}

void json_write_real(Buffer *b, double value)
{
    char digits[40];

    if (write_short_real(b, value))
        return;

    if (!isfinite(value)) {
        buffer_text(b, "null");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    buffer_text(b, digits);
    if (!strpbrk(digits, ".e"))
        buffer_text(b, ".0");
}

static void write_optional_text(Buffer *b, const char *t, bool quoted)
{
    if (!t)
        buffer_text(b, "null");
    else if (quoted)
        json_write_text(b, t);
    else
        buffer_text(b, t);
}

static void write_texts(Buffer *b, const TextList *texts)
{
    buffer_char(b, '[');
    EACH (const char *, t, texts) {
        if (t != texts->items)
            buffer_char(b, ',');
        json_write_text(b, *t);
    }
    buffer_char(b, ']');
}

static void write_enums(Buffer *b, const IntList *values, const Name *names)
{
    buffer_char(b, '[');
    EACH (int, value, values) {
        if (value != values->items)
            buffer_char(b, ',');
        json_write_text(b, name_of(names, *value));
    }
    buffer_char(b, ']');
}

static void write_field(Buffer *b, const Field *f, const void *object)
{
    switch (f->kind) {
    case FIELD_BYTES: {
        const Bytes *bytes = CONST_MEMBER(Bytes, object, f);
        json_write_text(b, bytes->data ? base64(b->s, *bytes) : NULL);
        return;
    }
    case FIELD_REAL:
        json_write_real(b, *CONST_MEMBER(double, object, f));
        return;
    case FIELD_OPT_REAL:
        json_write_real(b, CONST_MEMBER(OptReal, object, f)->set
                               ? CONST_MEMBER(OptReal, object, f)->value
                               : NAN);
        return;
    case FIELD_INT:
        buffer_int(b, *CONST_MEMBER(int64_t, object, f));
        return;
    case FIELD_BOOL:
    case FIELD_OPT_INT:
    case FIELD_JSON:
        write_optional_text(b, field_to_text(b->s, f, object), false);
        return;
    case FIELD_TEXT:
    case FIELD_TIME:
    case FIELD_ENUM:
        write_optional_text(b, field_to_text(b->s, f, object), true);
        return;
    case FIELD_TEXTS:
        write_texts(b, CONST_MEMBER(TextList, object, f));
        return;
    case FIELD_ENUMS:
        write_enums(b, CONST_MEMBER(IntList, object, f), f->names);
        return;
    case FIELD_OBJECT:
        json_write(b, f->type, CONST_MEMBER(void, object, f));
        return;
    case FIELD_LIST:
        json_write_list(b, f->type, CONST_MEMBER(void, object, f));
        return;
    }
}

static void write_members(Buffer *b, const Type *type, const void *object, bool *comma)
{
    for (const Field *f = type->fields; f->name; f++) {
        if (f->flags & (SECRET | NO_JSON))
            continue;
        if (f->flags & FLAT) {
            write_members(b, f->type, CONST_MEMBER(char, object, f), comma);
            continue;
        }
        if (*comma)
            buffer_char(b, ',');
        *comma = true;
        json_write_text(b, f->name);
        buffer_char(b, ':');
        write_field(b, f, object);
    }
}

void json_write(Buffer *b, const Type *type, const void *object)
{
    bool comma = false;

    buffer_char(b, '{');
    write_members(b, type, object, &comma);
    buffer_char(b, '}');
}

void json_write_list(Buffer *b, const Type *type, const void *any)
{
    const List *list = any;

    buffer_char(b, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buffer_char(b, ',');
        json_write(b, type, (const char *)list->items + i * type->size);
    }
    buffer_char(b, ']');
}

const char *json_text(Scope *s, const Type *type, const void *object)
{
    Buffer b = buffer_in(s);

    json_write(&b, type, object);
    return buffer_string(&b);
}

JsonWriter json_writer(Buffer *b)
{
    return (JsonWriter){.b = b};
}

static void separate(JsonWriter *w)
{
    if (w->comma)
        buffer_char(w->b, ',');
    w->comma = true;
}

void json_open(JsonWriter *w, char bracket)
{
    separate(w);
    buffer_char(w->b, bracket);
    w->comma = false;
}

void json_close(JsonWriter *w, char bracket)
{
    buffer_char(w->b, bracket);
    w->comma = true;
}

void json_key(JsonWriter *w, const char *key)
{
    separate(w);
    json_write_text(w->b, key);
    buffer_char(w->b, ':');
    w->comma = false;
}

void json_put_text(JsonWriter *w, const char *t)
{
    separate(w);
    json_write_text(w->b, t);
}

void json_put_bytes(JsonWriter *w, Bytes utf8)
{
    separate(w);
    json_write_bytes(w->b, utf8);
}

void json_put_int(JsonWriter *w, int64_t value)
{
    separate(w);
    buffer_int(w->b, value);
}

void json_put_real(JsonWriter *w, double value)
{
    separate(w);
    json_write_real(w->b, value);
}

void json_put_bool(JsonWriter *w, bool value)
{
    separate(w);
    buffer_text(w->b, value ? "true" : "false");
}

void json_put_null(JsonWriter *w)
{
    separate(w);
    buffer_text(w->b, "null");
}

void json_put_raw(JsonWriter *w, const char *json)
{
    separate(w);
    buffer_text(w->b, json ? json : "null");
}

Json json_of_params(Scope *s, const ErrorParam *params)
{
    if (!params)
        return (Json){0};
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    json_open(&w, '{');
    for (const ErrorParam *p = params; p; p = p->next) {
        json_key(&w, p->name);
        json_put_text(&w, text_head(s, text_clean(s, bytes_of(p->value), NULL), PARAM_TEXT_MAX));
    }
    json_close(&w, '}');
    return (Json){buffer_string(&b)};
}

/* ---- Members ---- */

void json_member_text(JsonWriter *w, const char *key, const char *t)
{
    json_key(w, key);
    json_put_text(w, t);
}

void json_member_int(JsonWriter *w, const char *key, int64_t value)
{
    json_key(w, key);
    json_put_int(w, value);
}

void json_member_bool(JsonWriter *w, const char *key, bool value)
{
    json_key(w, key);
    json_put_bool(w, value);
}

void json_member_real(JsonWriter *w, const char *key, double value)
{
    json_key(w, key);
    json_put_real(w, value);
}

void json_member_raw(JsonWriter *w, const char *key, const char *json)
{
    json_key(w, key);
    json_put_raw(w, json);
}
