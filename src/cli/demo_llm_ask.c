/* What the four protocols share. */

#include "cli/demo_llm_ask.h"

enum { PIECE = 24 }; /* bytes of a text that one event carries */

/* ---- Reading ---- */

void ask_text(DemoAsk *ask, const char *t)
{
    if (!t)
        return;
    buffer_text(&ask->texts, t);
    buffer_char(&ask->texts, '\n');
}

void ask_content(DemoAsk *ask, json_t *content)
{
    size_t index;
    json_t *part;

    ask_text(ask, json_string_value(content));
    json_array_foreach(content, index, part) ask_text(ask, json_at_text(part, "text"));
}

static fallible settled(DemoAsk *ask)
{
    if (ask->open.count)
        return fail(ask->s, INVALID, "no result was sent for the tool call %s", ask->open.items[0]);
    return OK;
}

Error *ask_answer(DemoAsk *ask)
{
    ask->answers++;
    return settled(ask);
}

Error *ask_call(DemoAsk *ask, const char *id, bool first_of_turn)
{
    if (texts_have(&ask->open, id))
        return fail(ask->s, INVALID, "the id of the tool call %s is there twice", id);
    ask->turns += first_of_turn;
    texts_add(ask->s, &ask->open, id);
    return OK;
}

Error *ask_result(DemoAsk *ask, const char *id)
{
    for (size_t i = 0; i < ask->open.count; i++) {
        if (!text_equal(ask->open.items[i], id))
            continue;
        ask->open.items[i] = ask->open.items[--ask->open.count];
        return OK;
    }
    return fail(ask->s, INVALID, "a result was sent for the tool call %s, which was not made", id);
}

Error *ask_user(DemoAsk *ask)
{
    ask->turns = 0;
    return settled(ask);
}

Error *ask_end(DemoAsk *ask)
{
    return settled(ask);
}

Error *ask_member(DemoAsk *ask, json_t *object, const char *key, const char **out)
{
    const char *value = json_string_value(json_object_get(object, key));

    if (text_empty(value))
        return fail(ask->s, INVALID, "%s: a text is required", key);
    *out = value;
    return OK;
}

Error *ask_limit(DemoAsk *ask, json_t *body, const char *key)
{
    json_t *value = json_object_get(body, key);

    if (value && !json_is_null(value) && json_integer_value(value) < 1)
        return fail(ask->s, INVALID, "%s: must be a whole number of at least 1", key);
    return OK;
}

/* ---- Writing ---- */

static bool inside_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

TextList demo_pieces(Scope *s, const char *t)
{
    TextList pieces = {0};
    size_t size = t ? strlen(t) : 0;

    for (size_t at = 0; at < size;) {
        size_t to = at + PIECE < size ? at + PIECE : size;
        while (to < size && inside_character(t[to]))
            to++;
        *list_add(s, &pieces) = text_of(s, (Bytes){t + at, to - at});
        at = to;
    }
    return pieces;
}

const char *demo_custom_input(Scope *s, const DemoTool *tool)
{
    json_t *value;

    if (tool->input.text[0] != '"')
        return NULL;
    Error *e = json_parse(s, bytes_of(text(s, "[%s]", tool->input.text)), &value);
    error_drop(e, "it was JSON when the script was read");
    return e ? NULL : json_at_text(value, "0");
}

const char *demo_arguments(Scope *s, const DemoTool *tool)
{
    return tool->input.text[0] == '"' ? text(s, "{\"input\":%s}", tool->input.text)
                                      : tool->input.text;
}

const char *demo_call_id(Scope *s, const DemoReply *reply, size_t number)
{
    return text(s, "call_%s_%zu", reply->id, number);
}

void demo_frame(Scope *s, DemoFrameList *out, const char *event, Buffer *data)
{
    *list_add(s, out) = (DemoFrame){event, text_of(s, buffer_view(data))};
    buffer_clear(data);
}

const char *demo_bearer(Scope *s, const HttpRequest *rq)
{
    const char *value = header_get(&rq->headers, "Authorization");

    return value && text_starts(value, "Bearer ") ? text_trim(s, value + strlen("Bearer ")) : NULL;
}

void json_put_pair(JsonWriter *w, const char *key, const char *t)
{
    json_key(w, key);
    json_put_text(w, t);
}

void json_put_number(JsonWriter *w, const char *key, int64_t value)
{
    json_key(w, key);
    json_put_int(w, value);
}
