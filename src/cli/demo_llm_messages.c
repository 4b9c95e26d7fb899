/* Anthropic Messages: POST /v1/messages. */

#include "cli/demo_llm_ask.h"

/* ---- Reading ---- */

typedef struct Blocks {
    bool results;
    bool calls;
} Blocks;

static fallible read_block(DemoAsk *ask, json_t *block, bool assistant, Blocks *seen)
{
    const char *type, *id;

    TRY(ask_member(ask, block, "type", &type));
    ask_text(ask, json_at_text(block, "text"));
    if (text_equal(type, "tool_use") && assistant) {
        TRY(ask_member(ask, block, "id", &id));
        if (!json_is_object(json_object_get(block, "input")))
            return fail(ask->s, INVALID, "input: an object is required");
        TRY(ask_call(ask, id, !seen->calls));
        seen->calls = true;
    } else if (text_equal(type, "tool_result") && !assistant) {
        TRY(ask_member(ask, block, "tool_use_id", &id));
        ask_content(ask, json_object_get(block, "content"));
        seen->results = true;
        return ask_result(ask, id);
    } else if (text_equal(type, "tool_use") || text_equal(type, "tool_result")) {
        return fail(ask->s, INVALID, "type: a %s does not belong to this role", type);
    }
    return OK;
}

static fallible read_message(DemoAsk *ask, json_t *message)
{
    json_t *content = json_object_get(message, "content"), *block;
    Blocks seen = {0};
    const char *role;
    size_t index;

    TRY(ask_member(ask, message, "role", &role));
    bool assistant = text_equal(role, "assistant");
    if (!assistant && !text_equal(role, "user"))
        return fail(ask->s, INVALID, "role: '%s' is neither user nor assistant", role);
    if (!json_is_string(content) && !json_is_array(content))
        return fail(ask->s, INVALID, "content: a text or a list of blocks is required");
    if (assistant)
        TRY(ask_answer(ask));
    ask_text(ask, json_string_value(content));
    json_array_foreach(content, index, block)
        TRY_WHILE(read_block(ask, block, assistant, &seen), "content.%zu", index);
    return assistant || seen.results ? OK : ask_user(ask);
}

static fallible messages_read(DemoAsk *ask, json_t *body)
{
    json_t *messages = json_object_get(body, "messages"), *message;
    size_t index;

    TRY(ask_member(ask, body, "model", &ask->model));
    if (json_at_int(body, "max_tokens", 0) < 1)
        return fail(ask->s, INVALID, "max_tokens: Field required");
    if (!json_array_size(messages))
        return fail(ask->s, INVALID, "messages: at least one message is required");
    if (!text_equal(json_at_text(messages, "0.role"), "user"))
        return fail(ask->s, INVALID, "messages: first message must use the \"user\" role");
    ask_content(ask, json_object_get(body, "system"));
    json_array_foreach(messages, index, message)
        TRY_WHILE(read_message(ask, message), "messages.%zu", index);
    ask->stream = json_at_bool(body, "stream", false);
    ask->has_tools = json_array_size(json_object_get(body, "tools")) > 0;
    return ask_end(ask);
}

/* ---- Writing ---- */

static const char *stop_reason(const DemoStep *step)
{
    if (step->stop == DEMO_STOP_LENGTH)
        return "max_tokens";
    if (step->stop == DEMO_STOP_FILTER)
        return "refusal";
    return step->tools.count ? "tool_use" : "end_turn";
}

static void put_usage(JsonWriter *w, const DemoReply *reply, int64_t output)
{
    json_key(w, "usage");
    json_open(w, '{');
    json_put_number(w, "input_tokens", reply->input);
    json_put_number(w, "cache_creation_input_tokens", reply->cache_write);
    json_put_number(w, "cache_read_input_tokens", reply->cache_read);
    json_put_number(w, "output_tokens", output);
    json_close(w, '}');
}

static void open_message(JsonWriter *w, const DemoReply *reply)
{
    json_open(w, '{');
    json_put_pair(w, "id", reply->id);
    json_put_pair(w, "type", "message");
    json_put_pair(w, "role", "assistant");
    json_put_pair(w, "model", reply->ask->model);
    json_key(w, "content");
    json_open(w, '[');
}

static void close_message(JsonWriter *w, const DemoReply *reply, const char *reason, int64_t output)
{
    json_close(w, ']');
    json_put_pair(w, "stop_reason", reason);
    json_put_pair(w, "stop_sequence", NULL);
    put_usage(w, reply, output);
    json_close(w, '}');
}

typedef struct Events {
    Scope *s;
    const DemoReply *reply;
    DemoFrameList *out;
    Buffer b;
    int64_t index; /* of the block */
} Events;

static JsonWriter open_event(Events *e, const char *type)
{
    JsonWriter w = json_writer(&e->b);

    json_open(&w, '{');
    json_put_pair(&w, "type", type);
    return w;
}

static void close_event(Events *e, JsonWriter *w, const char *type)
{
    json_close(w, '}');
    demo_frame(e->s, e->out, type, &e->b);
}

/* block: JSON of the empty block. */
static void start_block(Events *e, const char *block)
{
    JsonWriter w = open_event(e, "content_block_start");

    json_put_number(&w, "index", e->index);
    json_key(&w, "content_block");
    json_put_raw(&w, block);
    close_event(e, &w, "content_block_start");
}

static void add_delta(Events *e, const char *type, const char *key, const char *t)
{
    JsonWriter w = open_event(e, "content_block_delta");

    json_put_number(&w, "index", e->index);
    json_key(&w, "delta");
    json_open(&w, '{');
    json_put_pair(&w, "type", type);
    json_put_pair(&w, key, t);
    json_close(&w, '}');
    close_event(e, &w, "content_block_delta");
}

static void add_pieces(Events *e, const char *type, const char *key, const char *t)
{
    TextList pieces = demo_pieces(e->s, t);

    EACH (const char *, piece, &pieces)
        add_delta(e, type, key, *piece);
}

static void stop_block(Events *e)
{
    JsonWriter w = open_event(e, "content_block_stop");

    json_put_number(&w, "index", e->index++);
    close_event(e, &w, "content_block_stop");
}

static void add_tool(Events *e, const DemoTool *tool, size_t number)
{
    Buffer b = buffer_in(e->s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_put_pair(&w, "type", "tool_use");
    json_put_pair(&w, "id", demo_call_id(e->s, e->reply, number));
    json_put_pair(&w, "name", tool->name);
    json_key(&w, "input");
    json_put_raw(&w, "{}");
    json_close(&w, '}');
    start_block(e, buffer_string(&b));
    add_pieces(e, "input_json_delta", "partial_json", demo_arguments(e->s, tool));
    stop_block(e);
}

static void add_start(Events *e)
{
    JsonWriter w = open_event(e, "message_start");

    json_key(&w, "message");
    open_message(&w, e->reply);
    close_message(&w, e->reply, NULL, 1);
    close_event(e, &w, "message_start");
    w = open_event(e, "ping");
    close_event(e, &w, "ping");
}

static void add_end(Events *e)
{
    JsonWriter w = open_event(e, "message_delta");

    json_key(&w, "delta");
    json_open(&w, '{');
    json_put_pair(&w, "stop_reason", stop_reason(e->reply->step));
    json_put_pair(&w, "stop_sequence", NULL);
    json_close(&w, '}');
    put_usage(&w, e->reply, e->reply->output);
    close_event(e, &w, "message_delta");
    w = open_event(e, "message_stop");
    close_event(e, &w, "message_stop");
}

static void messages_frames(Scope *s, const DemoReply *reply, DemoFrameList *out)
{
    Events e = {s, reply, out, buffer_in(s), 0};
    size_t number = 0;

    add_start(&e);
    if (!text_empty(reply->step->thinking)) {
        start_block(&e, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
        add_pieces(&e, "thinking_delta", "thinking", reply->step->thinking);
        add_delta(&e, "signature_delta", "signature", "demo");
        stop_block(&e);
    }
    if (!text_empty(reply->step->text)) {
        start_block(&e, "{\"type\":\"text\",\"text\":\"\"}");
        add_pieces(&e, "text_delta", "text", reply->step->text);
        stop_block(&e);
    }
    EACH (DemoTool, tool, &reply->step->tools)
        add_tool(&e, tool, number++);
    add_end(&e);
}

static void messages_whole(Scope *s, const DemoReply *reply, JsonWriter *w)
{
    size_t number = 0;

    open_message(w, reply);
    if (!text_empty(reply->step->text)) {
        json_open(w, '{');
        json_put_pair(w, "type", "text");
        json_put_pair(w, "text", reply->step->text);
        json_close(w, '}');
    }
    EACH (DemoTool, tool, &reply->step->tools) {
        json_open(w, '{');
        json_put_pair(w, "type", "tool_use");
        json_put_pair(w, "id", demo_call_id(s, reply, number++));
        json_put_pair(w, "name", tool->name);
        json_key(w, "input");
        json_put_raw(w, demo_arguments(s, tool));
        json_close(w, '}');
    }
    close_message(w, reply, stop_reason(reply->step), reply->output);
}

/* ---- Faults and keys ---- */

static const char *type_of(int status)
{
    static const Name types[] = {
        {400, "invalid_request_error"}, {401, "authentication_error"},
        {402, "billing_error"},         {403, "permission_error"},
        {404, "not_found_error"},       {413, "request_too_large"},
        {429, "rate_limit_error"},      {504, "timeout_error"},
        {529, "overloaded_error"},      {0},
    };
    const char *type = name_of(types, status);

    return type ? type : "api_error";
}

static const char *messages_fault(Scope *s, int status, const char *message)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_put_pair(&w, "type", "error");
    json_key(&w, "error");
    json_open(&w, '{');
    json_put_pair(&w, "type", type_of(status));
    json_put_pair(&w, "message", message);
    json_close(&w, '}');
    json_close(&w, '}');
    return buffer_string(&b);
}

static const char *messages_key(Scope *s, const HttpRequest *rq)
{
    const char *own = header_get(&rq->headers, "x-api-key");

    return own ? own : demo_bearer(s, rq);
}

const DemoProtocol demo_messages = {"messages",     messages_read,  messages_frames,
                                    messages_whole, messages_fault, messages_key};
