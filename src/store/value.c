/* Members of structs as values of columns, and back. */

#include "store/value.h"

#include <math.h>

#include "base/json.h"

/* 4713 BC, where PostgreSQL's timestamps begin. */
#define TIME_LEAST_US (-210866803200000000LL)

/* A type with this one field, under a name that needs no escape: it lets JSON be read and written for
 * a member by itself, whatever its flags say about the whole object. */
typedef struct OneField {
    Field fields[2];
    Type type;
} OneField;

#define MEMBER_KEY "{\"m\":"

static void one_field(OneField *one, const Field *field)
{
    *one = (OneField){.fields = {*field}};
    one->fields[0].name = "m";
    one->fields[0].flags = 0;
    one->fields[0].least = one->fields[0].most = 0;
    one->type = (Type){.name = field->name, .fields = one->fields};
}

static Bytes member_json(Scope *s, const Field *field, const void *object)
{
    Buffer b = buffer_in(s);
    OneField one;

    one_field(&one, field);
    json_write(&b, &one.type, object);
    b.data[--b.size] = 0; /* its closing brace */
    return (Bytes){b.data + strlen(MEMBER_KEY), b.size - strlen(MEMBER_KEY)};
}

static fallible json_to_member(Scope *s, const Value *value, const Field *field, void *object)
{
    SCOPE(tmp, s);
    json_t *json;
    OneField one;

    one_field(&one, field);
    const char *wrapped = text(tmp, MEMBER_KEY "%.*s}", (int)value->bytes.size, value->bytes.data);
    TRY_WHILE(json_parse(tmp, bytes_of(wrapped), &json), "reading the column %s", field->name);
    Error *e = json_read_value(s, json, &one.type, object);
    if (e)
        return fail(s, BUG, "reading the column %s: %s", field->name, e->message);
    return OK;
}

/* "\u0000" behind an even number of backslashes. */
static bool has_escaped_nul(Bytes json)
{
    for (size_t i = 0; i + 1 < json.size; i++) {
        if (json.data[i] != '\\')
            continue;
        if (i + 6 <= json.size && memcmp(json.data + i, "\\u0000", 6) == 0)
            return true;
        i++;
    }
    return false;
}

static fallible checked_bytes(Scope *s, const Field *field, const Value *value)
{
    if (value->null)
        return OK;
    if (value->bytes.size > COLUMN_MAX)
        return fail(s, TOO_LARGE, "%s has %zu bytes, over %d", field->name, value->bytes.size,
                    COLUMN_MAX);
    if (value->kind == VALUE_BYTES)
        return OK;
    if (!utf8_valid(value->bytes))
        return fail(s, INVALID, "%s is not valid UTF-8", field->name);
    if (value->kind == VALUE_JSON && has_escaped_nul(value->bytes))
        return fail(s, INVALID, "%s holds a NUL character, which cannot be stored", field->name);
    return OK;
}

static Value text_value(const char *t)
{
    return (Value){.kind = VALUE_TEXT, .null = !t, .bytes = bytes_of(t)};
}

static Value json_value(const char *t)
{
    return (Value){.kind = VALUE_JSON, .null = !t, .bytes = bytes_of(t)};
}

static fallible enum_value(Scope *s, const Field *field, int number, Value *out)
{
    const char *name = number ? name_of(field->names, number) : NULL;

    if (number && !name)
        return fail(s, BUG, "%s has no value %d", field->name, number);
    *out = text_value(name);
    return OK;
}

static fallible time_value(Scope *s, const Field *field, Time t, Value *out)
{
    if (t.us < TIME_LEAST_US)
        return fail(s, INVALID, "%s is before 4713 BC", field->name);
    *out = (Value){.kind = VALUE_TIME, .null = !time_set(t), .number = t.us};
    return OK;
}

static fallible real_value(Scope *s, const Field *field, OptReal real, Value *out)
{
    if (real.set && !isfinite(real.value))
        return fail(s, INVALID, "%s is not a finite number", field->name);
    *out = (Value){.kind = VALUE_REAL, .null = !real.set, .real = real.value};
    return OK;
}

static fallible plain_value(Scope *s, const Field *field, const void *object, Value *out)
{
    switch (field->kind) {
    case FIELD_TEXT:
        *out = text_value(*CONST_MEMBER(const char *, object, field));
        return OK;
    case FIELD_BYTES:
        *out = (Value){.kind = VALUE_BYTES, .bytes = *CONST_MEMBER(Bytes, object, field)};
        out->null = !out->bytes.data;
        return OK;
    case FIELD_INT:
        *out = (Value){.kind = VALUE_INT, .number = *CONST_MEMBER(int64_t, object, field)};
        return OK;
    case FIELD_OPT_INT: {
        const OptInt *number = CONST_MEMBER(OptInt, object, field);
        *out = (Value){.kind = VALUE_INT, .null = !number->set, .number = number->value};
        return OK;
    }
    case FIELD_BOOL:
        *out = (Value){.kind = VALUE_BOOL, .number = *CONST_MEMBER(bool, object, field)};
        return OK;
    case FIELD_REAL:
        return real_value(s, field, (OptReal){true, *CONST_MEMBER(double, object, field)}, out);
    case FIELD_OPT_REAL:
        return real_value(s, field, *CONST_MEMBER(OptReal, object, field), out);
    case FIELD_TIME:
        return time_value(s, field, *CONST_MEMBER(Time, object, field), out);
    case FIELD_ENUM:
        return enum_value(s, field, *CONST_MEMBER(int, object, field), out);
    case FIELD_JSON:
        *out = json_value(CONST_MEMBER(Json, object, field)->text);
        return OK;
    case FIELD_TEXTS:
    case FIELD_ENUMS:
    case FIELD_OBJECT:
    case FIELD_LIST:
        *out = (Value){.kind = VALUE_JSON, .bytes = member_json(s, field, object)};
        return OK;
    }
    return fail(s, BUG, "%s is of no kind", field->name);
}

fallible value_of_field(Scope *s, const Field *field, const void *object, Value *out)
{
    TRY(plain_value(s, field, object, out));
    if (out->kind < VALUE_TEXT)
        return OK;
    return checked_bytes(s, field, out);
}

/* ---- From a column ---- */

static void clear_field(const Field *field, void *object)
{
    switch (field->kind) {
    case FIELD_BYTES:
        *MEMBER(Bytes, object, field) = (Bytes){0};
        return;
    case FIELD_OPT_INT:
        *MEMBER(OptInt, object, field) = (OptInt){0};
        return;
    case FIELD_OPT_REAL:
        *MEMBER(OptReal, object, field) = (OptReal){0};
        return;
    default:
        return; /* rows begin zeroed, and zero is absent */
    }
}

static fallible enum_to_field(Scope *s, const Value *value, const Field *field, void *object)
{
    const char *name = text_of(s, value->bytes);
    int number = name_find(field->names, name);

    if (!number)
        return fail(s, BUG, "the column %s holds \"%s\", which is none of its values", field->name,
                    name);
    *MEMBER(int, object, field) = number;
    return OK;
}

static fallible bytes_to_field(Scope *s, const Value *value, const Field *field, void *object)
{
    switch (field->kind) {
    case FIELD_TEXT:
        *MEMBER(const char *, object, field) = text_of(s, value->bytes);
        return OK;
    case FIELD_ENUM:
        return enum_to_field(s, value, field, object);
    case FIELD_JSON:
        MEMBER(Json, object, field)->text = text_of(s, value->bytes);
        return OK;
    default:
        return json_to_member(s, value, field, object);
    }
}

static void real_to_field(const Value *value, const Field *field, void *object)
{
    double real = value->kind == VALUE_INT ? (double)value->number : value->real;

    if (field->kind == FIELD_REAL)
        *MEMBER(double, object, field) = real;
    else
        *MEMBER(OptReal, object, field) = (OptReal){true, real};
}

static void number_to_field(const Value *value, const Field *field, void *object)
{
    switch (field->kind) {
    case FIELD_INT:
        *MEMBER(int64_t, object, field) = value->number;
        return;
    case FIELD_OPT_INT:
        *MEMBER(OptInt, object, field) = (OptInt){true, value->number};
        return;
    case FIELD_BOOL:
        *MEMBER(bool, object, field) = value->number != 0;
        return;
    case FIELD_TIME:
        MEMBER(Time, object, field)->us = value->number;
        return;
    default:
        return;
    }
}

/* SQLite has one kind for numbers, truth and time, and one for text and JSON. */
static bool fits(ValueKind kind, FieldKind field)
{
    switch (field) {
    case FIELD_INT:
    case FIELD_OPT_INT:
        return kind == VALUE_INT;
    case FIELD_REAL:
    case FIELD_OPT_REAL:
        return kind == VALUE_REAL || kind == VALUE_INT;
    case FIELD_BOOL:
        return kind == VALUE_BOOL || kind == VALUE_INT;
    case FIELD_TIME:
        return kind == VALUE_TIME || kind == VALUE_INT;
    case FIELD_BYTES:
        return kind == VALUE_BYTES;
    default:
        return kind == VALUE_TEXT || kind == VALUE_JSON;
    }
}

fallible value_to_field(Scope *s, const Value *value, const Field *field, void *object)
{
    if (value->null) {
        clear_field(field, object);
        return OK;
    }
    if (!fits(value->kind, field->kind))
        return fail(s, BUG, "the column %s is of another kind than its member", field->name);
    switch (value->kind) {
    case VALUE_TEXT:
    case VALUE_JSON:
        return bytes_to_field(s, value, field, object);
    case VALUE_BYTES:
        *MEMBER(Bytes, object, field) = bytes_copy(s, value->bytes);
        return OK;
    default:
        break;
    }
    if (field->kind == FIELD_REAL || field->kind == FIELD_OPT_REAL)
        real_to_field(value, field, object);
    else
        number_to_field(value, field, object);
    return OK;
}
