/* JSON values into structs, by their tables. All faults of an input are collected before it fails, in
 * the form FastAPI made known: type, loc, msg. */

#include "base/json.h"

enum { ISSUES_MAX = 100 };

/* Where in the document the reader stands: a list from the innermost step out. */
typedef struct Place {
    const struct Place *outer;
    const char *key;
    size_t index;
} Place;

typedef struct Reader {
    Scope *s;
    const Issue **end;
    const Issue *issues;
    size_t count;
} Reader;

static void place_write(JsonWriter *w, const Place *at)
{
    if (!at)
        return;
    place_write(w, at->outer);
    if (at->key)
        json_put_text(w, at->key);
    else
        json_put_int(w, (int64_t)at->index);
}

static void issue_add(Reader *r, const Place *at, const Issue *said)
{
    if (r->count++ >= ISSUES_MAX)
        return;
    Scope *home = scope_unit(r->s);
    Buffer loc = buffer_in(home);
    JsonWriter w = json_writer(&loc);
    json_open(&w, '[');
    place_write(&w, at);
    json_close(&w, ']');
    Issue *found = NEW(home, Issue);
    *found = (Issue){said->type, buffer_string(&loc), text_copy(home, said->msg),
                     text_copy(home, said->ctx), NULL};
    *r->end = found;
    r->end = &found->next;
}

static void issue(Reader *r, const Place *at, const char *type, const char *msg)
{
    issue_add(r, at, &(Issue){.type = type, .msg = msg});
}

/* A bound that is not kept: msg says it with the number. */
static void issue_bound(Reader *r, const Place *at, const char *type, const char *msg,
                        int64_t limit)
{
    issue_add(r, at,
              &(Issue){.type = type,
                       .msg = msg,
                       .ctx = text(r->s, "{\"limit\":\"%lld\"}", (long long)limit)});
}

static void read_object(Reader *r, json_t *value, const Type *type, void *out, const Place *at);

static const char *text_value(Reader *r, json_t *value)
{
    return text_of(r->s, (Bytes){json_string_value(value), json_string_length(value)});
}

static void read_text(Reader *r, json_t *value, const Field *f, void *out, const Place *at)
{
    if (!json_is_string(value)) {
        issue(r, at, "string_type", "Input should be a valid string");
        return;
    }
    int64_t size = (int64_t)json_string_length(value);
    if (f->most && size > f->most)
        issue_bound(r, at, "string_too_long",
                    text(r->s, "String should have at most %lld bytes", (long long)f->most),
                    f->most);
    else if (f->least && size < f->least)
        issue_bound(r, at, "string_too_short",
                    text(r->s, "String should have at least %lld bytes", (long long)f->least),
                    f->least);
    else
        *MEMBER(const char *, out, f) = text_value(r, value);
}

static bool whole_number(json_t *value, int64_t *out)
{
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    double real = json_real_value(value);
    if (!json_is_real(value) || real > 9e15 || real < -9e15 || real != (double)(int64_t)real)
        return false;
    *out = (int64_t)real;
    return true;
}

static bool read_int(Reader *r, json_t *value, const Field *f, int64_t *out, const Place *at)
{
    int64_t number;

    if (!whole_number(value, &number)) {
        issue(r, at, "int_type", "Input should be a valid integer");
        return false;
    }
    if ((f->least || f->most) && (number < f->least || number > f->most)) {
        long long least = f->least, most = f->most;
        issue_add(
            r, at,
            &(Issue){.type = "out_of_range",
                     .msg = text(r->s, "Input should be from %lld to %lld", least, most),
                     .ctx = text(r->s, "{\"least\":\"%lld\",\"most\":\"%lld\"}", least, most)});
        return false;
    }
    *out = number;
    return true;
}

static bool read_real(Reader *r, json_t *value, double *out, const Place *at)
{
    if (!json_is_number(value)) {
        issue(r, at, "float_type", "Input should be a valid number");
        return false;
    }
    *out = json_number_value(value);
    return true;
}

static void read_bool(Reader *r, json_t *value, bool *out, const Place *at)
{
    if (json_is_boolean(value))
        *out = json_boolean_value(value);
    else
        issue(r, at, "bool_type", "Input should be a valid boolean");
}

static void read_time(Reader *r, json_t *value, Time *out, const Place *at)
{
    if (!json_is_string(value) || !time_parse(json_string_value(value), out))
        issue(r, at, "datetime_type", "Input should be a valid datetime");
}

static void read_bytes(Reader *r, json_t *value, Bytes *out, const Place *at)
{
    if (!json_is_string(value) || !base64_decode(r->s, json_string_value(value), out))
        issue(r, at, "bytes_type", "Input should be base64");
}

static int read_enum(Reader *r, json_t *value, const Field *f, const Place *at)
{
    int found = json_is_string(value) ? name_find(f->names, json_string_value(value)) : 0;

    if (!found) {
        Buffer b = buffer_in(r->s);
        for (const Name *n = f->names; n->name; n++)
            buffer_format(&b, "%s'%s'",
                          n == f->names ? "Input should be "
                          : n[1].name   ? ", "
                                        : " or ",
                          n->name);
        issue(r, at, "enum", buffer_string(&b));
    }
    return found;
}

static void read_item(Reader *r, json_t *item, const Field *f, List *list, const Place *at)
{
    if (f->kind == FIELD_LIST) {
        read_object(r, item, f->type, list_add_sized(r->s, list, f->type->size), at);
    } else if (f->kind == FIELD_ENUMS) {
        *(int *)list_add_sized(r->s, list, sizeof(int)) = read_enum(r, item, f, at);
    } else if (json_is_string(item)) {
        *(const char **)list_add_sized(r->s, list, sizeof(char *)) = text_value(r, item);
    } else {
        issue(r, at, "string_type", "Input should be a valid string");
    }
}

static void read_list(Reader *r, json_t *value, const Field *f, void *out, const Place *at)
{
    if (!json_is_array(value)) {
        issue(r, at, "list_type", "Input should be a valid list");
        return;
    }
    if (f->most && (int64_t)json_array_size(value) > f->most) {
        issue_bound(r, at, "too_long",
                    text(r->s, "List should have at most %lld items", (long long)f->most), f->most);
        return;
    }
    if ((int64_t)json_array_size(value) < f->least) {
        issue_bound(r, at, "too_short",
                    text(r->s, "List should have at least %lld items", (long long)f->least),
                    f->least);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        Place place = {at, NULL, i};
        read_item(r, json_array_get(value, i), f, MEMBER(List, out, f), &place);
    }
}

static void read_field(Reader *r, json_t *value, const Field *f, void *out, const Place *at)
{
    switch (f->kind) {
    case FIELD_TEXT:
        read_text(r, value, f, out, at);
        return;
    case FIELD_BYTES:
        read_bytes(r, value, MEMBER(Bytes, out, f), at);
        return;
    case FIELD_INT:
        (void)read_int(r, value, f, MEMBER(int64_t, out, f), at);
        return;
    case FIELD_OPT_INT:
        MEMBER(OptInt, out, f)->set = read_int(r, value, f, &MEMBER(OptInt, out, f)->value, at);
        return;
    case FIELD_REAL:
        (void)read_real(r, value, MEMBER(double, out, f), at);
        return;
    case FIELD_OPT_REAL:
        MEMBER(OptReal, out, f)->set = read_real(r, value, &MEMBER(OptReal, out, f)->value, at);
        return;
    case FIELD_BOOL:
        read_bool(r, value, MEMBER(bool, out, f), at);
        return;
    case FIELD_TIME:
        read_time(r, value, MEMBER(Time, out, f), at);
        return;
    case FIELD_JSON:
        MEMBER(Json, out, f)->text = json_dump(r->s, value);
        return;
    case FIELD_ENUM:
        *MEMBER(int, out, f) = read_enum(r, value, f, at);
        return;
    case FIELD_OBJECT:
        read_object(r, value, f->type, MEMBER(void, out, f), at);
        return;
    case FIELD_TEXTS:
    case FIELD_ENUMS:
    case FIELD_LIST:
        read_list(r, value, f, out, at);
        return;
    }
}

static void read_object(Reader *r, json_t *value, const Type *type, void *out, const Place *at)
{
    if (!json_is_object(value)) {
        issue(r, at, "model_type", "Input should be a valid object");
        return;
    }
    type_presets(r->s, type, out);
    for (const Field *f = type->fields; f->name; f++) {
        json_t *member = json_object_get(value, f->name);
        Place place = {at, f->name, 0};
        if (f->flags & NO_JSON)
            continue;
        if (f->flags & FLAT) {
            read_object(r, value, f->type, MEMBER(char, out, f), at);
            continue;
        }
        if (member && !json_is_null(member))
            read_field(r, member, f, out, &place);
        else if (f->flags & REQUIRED && !f->preset)
            issue(r, &place, member ? "type_error" : "missing",
                  member ? "Input should not be null" : "Field required");
    }
}

Error *json_read_value(Scope *s, json_t *value, const Type *type, void *out)
{
    Reader r = {.s = s};
    Place body = {NULL, "body", 0};

    r.end = &r.issues;
    read_object(&r, value, type, out, &body);
    if (!r.count)
        return OK;
    Error *e = fail(s, MALFORMED, "%s: %s", r.issues->loc, r.issues->msg);
    e->issues = r.issues;
    return e;
}

Error *json_read(Scope *s, Bytes bytes, const Type *type, void *out)
{
    json_t *value;
    Error *e = json_parse(s, bytes, &value);

    if (failed_as(e, INVALID)) {
        Issue *invalid = NEW(scope_unit(s), Issue);
        *invalid = (Issue){"json_invalid", "[\"body\"]", e->message, NULL, NULL};
        e->kind = MALFORMED;
        e->issues = invalid;
    }
    TRY(e);
    return json_read_value(s, value, type, out);
}
