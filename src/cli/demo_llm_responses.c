/* OpenAI Responses: POST {base}/responses. Its events are typed and numbered; there is no [DONE]. */

#include "cli/demo_llm_ask.h"

/* ---- Reading ---- */

typedef struct Items {
    bool in_turn; /* the item before was a call, too */
} Items;

static fallible read_call(DemoAsk *ask, json_t *item, Items *items)
{
    const char *id, *name;
    bool first = !items->in_turn;

    TRY(ask_member(ask, item, "call_id", &id));
    TRY(ask_member(ask, item, "name", &name));
    if (first)
        TRY(ask_answer(ask));
    items->in_turn = true;
    return ask_call(ask, id, first);
}

static fallible read_output(DemoAsk *ask, json_t *item)
{
    const char *id;

    TRY(ask_member(ask, item, "call_id", &id));
    if (!json_object_get(item, "output"))
        return fail(ask->s, INVALID, "output: required");
    ask_content(ask, json_object_get(item, "output"));
    return ask_result(ask, id);
}

static fallible read_message(DemoAsk *ask, json_t *item)
{
    const char *role;

    TRY(ask_member(ask, item, "role", &role));
    ask_content(ask, json_object_get(item, "content"));
    if (text_equal(role, "assistant"))
        return ask_answer(ask);
    if (text_equal(role, "user"))
        return ask_user(ask);
    if (!text_equal(role, "system") && !text_equal(role, "developer"))
        return fail(ask->s, INVALID, "role: '%s' is none of system, developer, user, assistant",
                    role);
    return OK;
}

static fallible read_item(DemoAsk *ask, json_t *item, Items *items)
{
    const char *type = json_at_text(item, "type");

    if (!json_is_object(item))
        return fail(ask->s, INVALID, "an object is required");
    if (text_equal(type, "function_call") || text_equal(type, "custom_tool_call"))
        return read_call(ask, item, items);
    if (text_equal(type, "reasoning"))
        return OK;
    items->in_turn = false;
    if (text_equal(type, "function_call_output") || text_equal(type, "custom_tool_call_output"))
        return read_output(ask, item);
    if (text_equal(type, "additional_tools"))
        ask->has_tools = true;
    else if (!type || text_equal(type, "message"))
        return read_message(ask, item);
    return OK;
}

static fallible read_input(DemoAsk *ask, json_t *input)
{
    Items items = {0};
    size_t index;
    json_t *item;

    if (!text_empty(json_string_value(input))) {
        ask_text(ask, json_string_value(input));
        return ask_user(ask);
    }
    if (!json_array_size(input))
        return fail(ask->s, INVALID, "input: a text or a list of items is required");
    json_array_foreach(input, index, item)
        TRY_WHILE(read_item(ask, item, &items), "input[%zu]", index);
    return OK;
}

static fallible responses_read(DemoAsk *ask, json_t *body)
{
    TRY(ask_member(ask, body, "model", &ask->model));
    TRY(ask_limit(ask, body, "max_output_tokens"));
    ask_text(ask, json_at_text(body, "instructions"));
    ask->has_tools = json_array_size(json_object_get(body, "tools")) > 0;
    TRY(read_input(ask, json_object_get(body, "input")));
    ask->stream = json_at_bool(body, "stream", false);
    return ask_end(ask);
}

/* ---- Writing: the response object ---- */

static const char *status_of(const DemoStep *step)
{
    return step->stop == DEMO_STOP_LENGTH || step->stop == DEMO_STOP_FILTER ? "incomplete"
                                                                            : "completed";
}

static void put_usage(JsonWriter *w, const DemoReply *reply)
{
    int64_t input = reply->input + reply->cache_read + reply->cache_write;

    json_key(w, "usage");
    json_open(w, '{');
    json_put_number(w, "input_tokens", input);
    json_key(w, "input_tokens_details");
    json_open(w, '{');
    json_put_number(w, "cached_tokens", reply->cache_read);
    json_close(w, '}');
    json_put_number(w, "output_tokens", reply->output);
    json_key(w, "output_tokens_details");
    json_put_raw(w, "{\"reasoning_tokens\":0}");
    json_put_number(w, "total_tokens", input + reply->output);
    json_close(w, '}');
}

/* output: JSON of the items so far. */
static void put_response(JsonWriter *w, const DemoReply *reply, const char *status,
                         const char *output)
{
    bool ended = !text_equal(status, "in_progress");

    json_open(w, '{');
    json_put_pair(w, "id", text(reply->ask->s, "resp_%s", reply->id));
    json_put_pair(w, "object", "response");
    json_put_number(w, "created_at", reply->created);
    json_put_pair(w, "status", status);
    json_put_pair(w, "model", reply->ask->model);
    json_put_pair(w, "error", NULL);
    json_key(w, "incomplete_details");
    if (text_equal(status, "incomplete"))
        json_put_raw(w, reply->step->stop == DEMO_STOP_LENGTH ? "{\"reason\":\"max_output_tokens\"}"
                                                              : "{\"reason\":\"content_filter\"}");
    else
        json_put_null(w);
    json_key(w, "output");
    json_put_raw(w, output);
    if (ended)
        put_usage(w, reply);
    json_close(w, '}');
}

/* ---- Items ---- */

static const char *message_item(Scope *s, const DemoReply *reply, const char *content,
                                const char *status)
{
    return text(s,
                "{\"id\":\"msg_%s\",\"type\":\"message\",\"role\":\"assistant\",\"status\":\"%s\","
                "\"content\":[%s]}",
                reply->id, status, content);
}

static const char *text_part(Scope *s, const char *t)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_put_pair(&w, "type", "output_text");
    json_put_pair(&w, "text", t);
    json_key(&w, "annotations");
    json_put_raw(&w, "[]");
    json_close(&w, '}');
    return buffer_string(&b);
}

typedef struct CallForm {
    const char *type, *member, *event; /* of the item; its argument; its deltas */
    const char *argument;
} CallForm;

static CallForm form_of(Scope *s, const DemoTool *tool)
{
    const char *custom = demo_custom_input(s, tool);

    if (custom)
        return (CallForm){"custom_tool_call", "input", "response.custom_tool_call_input", custom};
    return (CallForm){"function_call", "arguments", "response.function_call_arguments",
                      demo_arguments(s, tool)};
}

static const char *call_item(Scope *s, const DemoReply *reply, size_t number, const char *argument)
{
    const DemoTool *tool = &reply->step->tools.items[number];
    CallForm form = form_of(s, tool);
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_put_pair(&w, "id", text(s, "fc_%s_%zu", reply->id, number));
    json_put_pair(&w, "type", form.type);
    json_put_pair(&w, "status", argument ? "completed" : "in_progress");
    json_put_pair(&w, "call_id", demo_call_id(s, reply, number));
    json_put_pair(&w, "name", tool->name);
    json_put_pair(&w, form.member, argument ? argument : "");
    json_close(&w, '}');
    return buffer_string(&b);
}

/* ---- Events ---- */

typedef struct Events {
    Scope *s;
    const DemoReply *reply;
    DemoFrameList *out;
    Buffer b;
    Buffer output; /* items that are done, separated by commas */
    int64_t sequence, index;
} Events;

static JsonWriter open_event(Events *e, const char *type)
{
    JsonWriter w = json_writer(&e->b);

    json_open(&w, '{');
    json_put_pair(&w, "type", type);
    json_put_number(&w, "sequence_number", e->sequence++);
    return w;
}

static void close_event(Events *e, JsonWriter *w, const char *type)
{
    json_close(w, '}');
    demo_frame(e->s, e->out, text_copy(e->s, type), &e->b);
}

static void add_response(Events *e, const char *type, const char *status)
{
    JsonWriter w = open_event(e, type);

    json_key(&w, "response");
    put_response(&w, e->reply, status, text(e->s, "[%s]", buffer_string(&e->output)));
    close_event(e, &w, type);
}

static void add_item(Events *e, bool done, const char *item)
{
    const char *type = done ? "response.output_item.done" : "response.output_item.added";
    JsonWriter w = open_event(e, type);

    json_put_number(&w, "output_index", e->index);
    json_key(&w, "item");
    json_put_raw(&w, item);
    close_event(e, &w, type);
    if (!done)
        return;
    e->index++;
    buffer_format(&e->output, "%s%s", e->output.size ? "," : "", item);
}

/* One event of the message's only part: a delta or its whole text. */
static void add_text_event(Events *e, const char *type, const char *key, const char *t)
{
    JsonWriter w = open_event(e, type);

    json_put_pair(&w, "item_id", text(e->s, "msg_%s", e->reply->id));
    json_put_number(&w, "output_index", e->index);
    json_put_number(&w, "content_index", 0);
    json_put_pair(&w, key, t);
    close_event(e, &w, type);
}

static void add_part(Events *e, const char *type, const char *t)
{
    JsonWriter w = open_event(e, type);

    json_put_pair(&w, "item_id", text(e->s, "msg_%s", e->reply->id));
    json_put_number(&w, "output_index", e->index);
    json_put_number(&w, "content_index", 0);
    json_key(&w, "part");
    json_put_raw(&w, text_part(e->s, t));
    close_event(e, &w, type);
}

static void add_message(Events *e)
{
    const char *t = e->reply->step->text;
    TextList pieces = demo_pieces(e->s, t);

    if (text_empty(t))
        return;
    add_item(e, false, message_item(e->s, e->reply, "", "in_progress"));
    add_part(e, "response.content_part.added", "");
    EACH (const char *, piece, &pieces)
        add_text_event(e, "response.output_text.delta", "delta", *piece);
    add_text_event(e, "response.output_text.done", "text", t);
    add_part(e, "response.content_part.done", t);
    add_item(e, true, message_item(e->s, e->reply, text_part(e->s, t), "completed"));
}

static void add_call_event(Events *e, const char *type, size_t number, const Pair *argument)
{
    JsonWriter w = open_event(e, type);

    json_put_pair(&w, "item_id", text(e->s, "fc_%s_%zu", e->reply->id, number));
    json_put_number(&w, "output_index", e->index);
    json_put_pair(&w, argument->name, argument->value);
    close_event(e, &w, type);
}

static void add_call(Events *e, size_t number)
{
    CallForm form = form_of(e->s, &e->reply->step->tools.items[number]);
    TextList pieces = demo_pieces(e->s, form.argument);

    add_item(e, false, call_item(e->s, e->reply, number, NULL));
    EACH (const char *, piece, &pieces)
        add_call_event(e, text(e->s, "%s.delta", form.event), number, &(Pair){"delta", *piece});
    add_call_event(e, text(e->s, "%s.done", form.event), number,
                   &(Pair){form.member, form.argument});
    add_item(e, true, call_item(e->s, e->reply, number, form.argument));
}

static void responses_frames(Scope *s, const DemoReply *reply, DemoFrameList *out)
{
    Events e = {s, reply, out, buffer_in(s), buffer_in(s), 0, 0};
    const char *status = status_of(reply->step);

    add_response(&e, "response.created", "in_progress");
    add_response(&e, "response.in_progress", "in_progress");
    add_message(&e);
    for (size_t i = 0; i < reply->step->tools.count; i++)
        add_call(&e, i);
    add_response(&e, text(s, "response.%s", status), status);
}

static void responses_whole(Scope *s, const DemoReply *reply, JsonWriter *w)
{
    Buffer output = buffer_in(s);

    if (!text_empty(reply->step->text))
        buffer_text(&output, message_item(s, reply, text_part(s, reply->step->text), "completed"));
    for (size_t i = 0; i < reply->step->tools.count; i++) {
        CallForm form = form_of(s, &reply->step->tools.items[i]);
        buffer_format(&output, "%s%s", output.size ? "," : "",
                      call_item(s, reply, i, form.argument));
    }
    put_response(w, reply, status_of(reply->step), text(s, "[%s]", buffer_string(&output)));
}

static const char *responses_fault(Scope *s, int status, const char *message)
{
    return demo_chat.fault(s, status, message);
}

static const char *responses_key(Scope *s, const HttpRequest *rq)
{
    return demo_chat.key(s, rq);
}

const DemoProtocol demo_responses = {"responses",     responses_read,  responses_frames,
                                     responses_whole, responses_fault, responses_key};
