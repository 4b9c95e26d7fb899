/* JSON text to jansson values, and look-ups in them. */

#include "base/json.h"

#include <stdlib.h>

static void release(void *value)
{
    json_decref(value);
}

/* jansson has a depth limit of 2,048 of its own; ours is checked before so that the text of the error
 * names it. Brackets in strings are skipped. */
size_t json_depth(Bytes bytes)
{
    size_t depth = 0, most = 0;
    bool quoted = false;

    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.data[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            most = ++depth > most ? depth : most;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return most;
}

Error *json_parse(Scope *s, Bytes bytes, json_t **out)
{
    json_error_t error;

    if (bytes.size > JSON_TEXT_MAX)
        return fail(s, TOO_LARGE, "JSON of %zu bytes, over %d", bytes.size, JSON_TEXT_MAX);
    if (json_depth(bytes) > JSON_DEPTH_MAX)
        return fail_code(s, INVALID, "json_invalid", "JSON is nested deeper than %d",
                         JSON_DEPTH_MAX);
    json_t *value = json_loadb(bytes.data ? bytes.data : "", bytes.size,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!value)
        return fail_code(s, INVALID, "json_invalid", "not JSON at line %d, column %d: %s",
                         error.line, error.column, text_clean(s, bytes_of(error.text), NULL));
    scope_undo(s, release, value);
    *out = value;
    return OK;
}

json_t *json_at(json_t *value, const char *path)
{
    char key[64];

    while (value && *path) {
        size_t size = strcspn(path, ".");
        if (size >= sizeof key)
            return NULL;
        memcpy(key, path, size);
        key[size] = 0;
        int64_t index;
        if (json_is_array(value))
            value = text_integer(key, 0, INT32_MAX, &index) ? json_array_get(value, (size_t)index)
                                                            : NULL;
        else
            value = json_object_get(value, key);
        path += size + (path[size] == '.');
    }
    return value;
}

const char *json_at_text(json_t *value, const char *path)
{
    return json_string_value(json_at(value, path));
}

int64_t json_at_int(json_t *value, const char *path, int64_t absent)
{
    json_t *found = json_at(value, path);

    return json_is_integer(found) ? json_integer_value(found) : absent;
}

bool json_at_bool(json_t *value, const char *path, bool absent)
{
    json_t *found = json_at(value, path);

    return json_is_boolean(found) ? json_boolean_value(found) : absent;
}

static int into_buffer(const char *data, size_t size, void *buffer)
{
    buffer_add(buffer, data, size);
    return 0;
}

const char *json_dump(Scope *s, json_t *value)
{
    Buffer b = buffer_in(s);

    json_dump_callback(value, into_buffer, &b, JSON_COMPACT | JSON_ENCODE_ANY);
    return buffer_string(&b);
}
