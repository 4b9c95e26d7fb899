/* Messages for tests. */

#include "test/queue/given_celery.h"

#include <zlib.h>

/* clang-format off */
const char stock_message[] =
    "{\"body\": \"W1sxLCAyXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d\","
    " \"content-encoding\": \"utf-8\", \"content-type\": \"application/json\","
    " \"headers\": {\"lang\": \"py\", \"task\": \"app.agent_add\", \"id\": \"10e2f4ee-a3af-47e7-90cd-353fa78fc631\","
    " \"shadow\": null, \"eta\": null, \"expires\": null, \"group\": null, \"group_index\": null, \"retries\": 0,"
    " \"timelimit\": [null, null], \"root_id\": \"10e2f4ee-a3af-47e7-90cd-353fa78fc631\", \"parent_id\": null,"
    " \"argsrepr\": \"(1, 2)\", \"kwargsrepr\": \"{}\", \"origin\": \"gen24128@vm\", \"ignore_result\": false,"
    " \"replaced_task_nesting\": 0, \"stamped_headers\": null, \"stamps\": {}},"
    " \"properties\": {\"correlation_id\": \"10e2f4ee-a3af-47e7-90cd-353fa78fc631\","
    " \"reply_to\": \"87ba0fe8-d092-3c48-a5b1-8893cd3e09e8\", \"delivery_mode\": 2,"
    " \"delivery_info\": {\"exchange\": \"\", \"routing_key\": \"agent\"}, \"priority\": 0,"
    " \"body_encoding\": \"base64\", \"delivery_tag\": \"ee1338f9-8fcd-4f91-9288-04d86eb67f0f\"}}";
/* clang-format on */

static json_t *parsed(Scope *s, Bytes bytes)
{
    json_t *json = NULL;

    error_drop(json_parse(s, bytes, &json), "the samples are JSON");
    return json;
}

/* Follows the path to its last key. */
static json_t *parent_of(Scope *s, json_t *json, const char *path, const char **last)
{
    TextList keys = text_split(s, path, '.');

    for (size_t i = 0; i + 1 < keys.count; i++)
        json = json_object_get(json, keys.items[i]);
    *last = keys.items[keys.count - 1];
    return json;
}

Bytes stock_without(Scope *s, const char *path)
{
    json_t *json = parsed(s, bytes_of(stock_message));
    const char *key;

    json_t *parent = parent_of(s, json, path, &key);

    json_object_del(parent, key);
    return bytes_of(json_dump(s, json));
}

Bytes stock_with(Scope *s, const char *path, const char *value)
{
    json_t *json = parsed(s, bytes_of(stock_message));
    const char *key;

    json_t *parent = parent_of(s, json, path, &key);

    json_object_set(parent, key, parsed(s, bytes_of(value)));
    return bytes_of(json_dump(s, json));
}

const char *stock_text(Scope *s, Bytes envelope, const char *key, const char *value)
{
    json_t *json = parsed(s, envelope);

    json_object_set_new(json, key, json_string(value));
    return json_dump(s, json);
}

Bytes stock_with_body(Scope *s, const char *body)
{
    return bytes_of(stock_text(s, bytes_of(stock_message), "body", base64(s, bytes_of(body))));
}

Bytes first_protocol(Scope *s, const char *body)
{
    json_t *json = parsed(s, stock_with_body(s, body));

    json_object_set_new(json, "headers", json_object());
    return bytes_of(json_dump(s, json));
}

const char *deflated_zeros(Scope *s, size_t count)
{
    uLongf size = compressBound(count);
    Bytef *zeros = scope_alloc(s, count), *packed = scope_alloc(s, size);

    return compress(packed, &size, zeros, count) == Z_OK
               ? base64(s, (Bytes){(const char *)packed, size})
               : "";
}

const char *keys_of(Scope *s, Bytes envelope)
{
    json_t *json = parsed(s, envelope), *value;
    Buffer b = buffer_in(s);
    const char *key, *inner;
    json_t *ignored;

    json_object_foreach(json, key, value)
    {
        buffer_format(&b, " %s", key);
        json_object_foreach(value, inner, ignored) buffer_format(&b, " %s.%s", key, inner);
    }
    return buffer_string(&b);
}
