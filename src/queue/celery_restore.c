/* Messages for another delivery, and entries of `unacked`. The text is cut and joined, never written
 * anew: another writer of JSON would change numbers, escapes and empty arrays of whoever sent it. */

#include "queue/celery_message.h"

#include <stdlib.h>

/* Where a value of JSON that is known to be valid stands. */
typedef struct Span {
    size_t from, to;
} Span;

static size_t skip_space(Bytes t, size_t at)
{
    while (at < t.size && strchr(" \t\r\n", t.data[at]) && t.data[at])
        at++;
    return at;
}

static size_t skip_string(Bytes t, size_t at)
{
    for (at++; at < t.size && t.data[at] != '"'; at++)
        if (t.data[at] == '\\')
            at++;
    return at + 1;
}

/* Behind the value that begins at at. */
static size_t skip_value(Bytes t, size_t at)
{
    size_t depth = 0;

    while (at < t.size) {
        char c = t.data[at];
        if (c == '"')
            at = skip_string(t, at);
        else
            at++;
        if (c == '{' || c == '[')
            depth++;
        if (depth && (c == '}' || c == ']'))
            depth--;
        if (depth)
            continue;
        if (c == '"' || c == '}' || c == ']')
            return at;
        if (at < t.size && strchr(",]} \t\r\n", t.data[at]))
            return at;
    }
    return t.size;
}

/* The value of a key of the object that begins at object. */
static bool find_member(Bytes t, size_t object, const char *key, Span *out)
{
    Bytes wanted = bytes_of(key);
    size_t at = skip_space(t, object + 1);

    while (at < t.size && t.data[at] == '"') {
        size_t end = skip_string(t, at);
        Bytes name = {t.data + at + 1, end - at - 2};
        size_t from = skip_space(t, skip_space(t, end) + 1); /* behind the colon */
        size_t to = skip_value(t, from);
        if (bytes_equal(name, wanted)) {
            *out = (Span){from, to};
            return true;
        }
        at = skip_space(t, to);
        if (at < t.size && t.data[at] == ',')
            at = skip_space(t, at + 1);
    }
    return false;
}

typedef struct Edit {
    Span old; /* of no length: text is inserted */
    const char *text;
} Edit;

typedef LIST_OF(Edit) EditList;

typedef struct Member {
    const char *key, *value; /* JSON */
} Member;

/* Members of an object get other values: in the place of the old one, or before the object's first. */
static void set_members(Scope *s, Bytes t, size_t object, const Member members[], EditList *edits)
{
    Buffer added = buffer_in(s);
    size_t first = skip_space(t, object + 1);
    bool empty = first < t.size && t.data[first] == '}';
    Span old;

    for (const Member *m = members; m->key; m++) {
        if (find_member(t, object, m->key, &old))
            *list_add(s, edits) = (Edit){old, m->value};
        else
            buffer_format(&added, "%s\"%s\": %s", added.size ? ", " : "", m->key, m->value);
    }
    if (!added.size)
        return;
    if (!empty)
        buffer_text(&added, ", ");
    *list_add(s, edits) = (Edit){{object + 1, object + 1}, buffer_string(&added)};
}

static int by_place(const void *a, const void *b)
{
    const Edit *left = a, *right = b;

    return (left->old.from > right->old.from) - (left->old.from < right->old.from);
}

static Bytes apply(Scope *s, Bytes t, EditList *edits)
{
    Buffer b = buffer_in(s);
    size_t at = 0;

    qsort(edits->items, edits->count, sizeof(Edit), by_place);
    EACH (Edit, edit, edits) {
        buffer_add(&b, t.data + at, edit->old.from - at);
        buffer_text(&b, edit->text);
        at = edit->old.to;
    }
    buffer_add(&b, t.data + at, t.size - at);
    return buffer_view(&b);
}

static bool is_object(Bytes t, Span at)
{
    return at.from < t.size && t.data[at.from] == '{';
}

/* What comes out is read again: keys in unusual spellings would not have been found. */
static bool came_out(Scope *s, Bytes restored, const char *tag, int64_t count)
{
    SCOPE(tmp, s);
    CeleryMessage m;

    celery_message_read(tmp, restored, &m);
    return m.redelivered && text_equal(m.tag, tag) && (!m.headers || m.delivery_count == count);
}

bool celery_message_restore(Scope *s, Bytes envelope, const char *tag, int64_t delivery_count,
                            Bytes *out)
{
    SCOPE(tmp, s);
    EditList edits = {0};
    CeleryMessage m;
    Span headers, properties, info;
    size_t top = skip_space(envelope, 0);

    celery_message_read(tmp, envelope, &m);
    if (!m.tag || !m.routing_key || !find_member(envelope, top, "properties", &properties) ||
        !find_member(envelope, properties.from, "delivery_info", &info) ||
        !is_object(envelope, info))
        return false;
    Buffer quoted = buffer_in(tmp);
    json_write_text(&quoted, tag);
    const Member again = {"redelivered", "true"};
    if (find_member(envelope, top, "headers", &headers) && is_object(envelope, headers))
        set_members(
            tmp, envelope, headers.from,
            (const Member[]){
                {"x-delivery-count", text(tmp, "%lld", (long long)delivery_count)}, again, {0}},
            &edits);
    set_members(tmp, envelope, info.from, (const Member[]){again, {0}}, &edits);
    set_members(tmp, envelope, properties.from,
                (const Member[]){{"delivery_tag", buffer_string(&quoted)}, {0}}, &edits);
    Bytes restored = apply(tmp, envelope, &edits);
    if (!came_out(tmp, restored, tag, delivery_count))
        return false;
    *out = bytes_copy(s, restored);
    return true;
}

bool celery_unacked_read(Scope *s, Bytes entry, CeleryUnacked *out)
{
    json_t *json;
    Error *e = json_parse(s, entry, &json);

    if (e || !json_is_array(json) || json_array_size(json) < 3 ||
        !json_is_object(json_array_get(json, 0)) || !json_is_string(json_array_get(json, 1)) ||
        !json_is_string(json_array_get(json, 2))) {
        error_drop(e, "false says it");
        return false;
    }
    size_t from = skip_space(entry, skip_space(entry, 0) + 1);
    *out = (CeleryUnacked){.envelope = {entry.data + from, skip_value(entry, from) - from},
                           .exchange = json_string_value(json_array_get(json, 1)),
                           .routing_key = json_string_value(json_array_get(json, 2))};
    return true;
}
