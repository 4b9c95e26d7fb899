/* OpenAI Chat Completions: POST {base}/chat/completions. */

#include "cli/demo_llm_ask.h"

/* ---- Reading ---- */

static fallible read_calls(DemoAsk *ask, json_t *calls)
{
    size_t index;
    json_t *call;

    json_array_foreach(calls, index, call)
    {
        const char *id, *name;
        TRY(ask_member(ask, call, "id", &id));
        TRY(ask_member(ask, json_object_get(call, "function"), "name", &name));
        TRY(ask_call(ask, id, index == 0));
    }
    return OK;
}

static fallible read_message(DemoAsk *ask, json_t *message)
{
    const char *role, *id;

    TRY(ask_member(ask, message, "role", &role));
    ask_content(ask, json_object_get(message, "content"));
    if (text_equal(role, "tool")) {
        TRY(ask_member(ask, message, "tool_call_id", &id));
        return ask_result(ask, id);
    }
    if (text_equal(role, "assistant")) {
        TRY(ask_answer(ask));
        return read_calls(ask, json_object_get(message, "tool_calls"));
    }
    if (text_equal(role, "user"))
        return ask_user(ask);
    if (!text_equal(role, "system") && !text_equal(role, "developer"))
        return fail(ask->s, INVALID,
                    "role: '%s' is none of system, developer, user, assistant, tool", role);
    return OK;
}

static fallible read_tools(DemoAsk *ask, json_t *tools)
{
    size_t index;
    json_t *tool;

    ask->has_tools = json_array_size(tools) > 0;
    json_array_foreach(tools, index, tool)
    {
        const char *name;
        TRY(ask_member(ask, json_object_get(tool, "function"), "name", &name));
    }
    return OK;
}

static fallible chat_read(DemoAsk *ask, json_t *body)
{
    json_t *messages = json_object_get(body, "messages"), *message;
    size_t index;

    TRY(ask_member(ask, body, "model", &ask->model));
    TRY(ask_limit(ask, body, "max_tokens"));
    TRY(ask_limit(ask, body, "max_completion_tokens"));
    if (!json_array_size(messages))
        return fail(ask->s, INVALID, "messages: a list with at least one message is required");
    json_array_foreach(messages, index, message)
        TRY_WHILE(read_message(ask, message), "messages.%zu", index);
    ask->stream = json_at_bool(body, "stream", false);
    ask->usage_wanted = json_at_bool(body, "stream_options.include_usage", false);
    TRY(read_tools(ask, json_object_get(body, "tools")));
    return ask_end(ask);
}

/* ---- Writing ---- */

static const char *finish(const DemoStep *step)
{
    if (step->stop == DEMO_STOP_LENGTH)
        return "length";
    if (step->stop == DEMO_STOP_FILTER)
        return "content_filter";
    return step->tools.count ? "tool_calls" : "stop";
}

static void put_head(JsonWriter *w, const DemoReply *reply, const char *object)
{
    json_open(w, '{');
    json_put_pair(w, "id", reply->id);
    json_put_pair(w, "object", object);
    json_put_number(w, "created", reply->created);
    json_put_pair(w, "model", reply->ask->model);
    json_key(w, "choices");
    json_open(w, '[');
}

static void put_usage(JsonWriter *w, const DemoReply *reply)
{
    int64_t prompt = reply->input + reply->cache_read + reply->cache_write;

    json_key(w, "usage");
    json_open(w, '{');
    json_put_number(w, "prompt_tokens", prompt);
    json_put_number(w, "completion_tokens", reply->output);
    json_put_number(w, "total_tokens", prompt + reply->output);
    json_key(w, "prompt_tokens_details");
    json_open(w, '{');
    json_put_number(w, "cached_tokens", reply->cache_read);
    json_close(w, '}');
    json_close(w, '}');
}

typedef struct Chunks {
    Scope *s;
    const DemoReply *reply;
    DemoFrameList *out;
    Buffer b;
} Chunks;

/* delta: JSON of the delta; end: the finish reason or NULL. */
static void add_chunk(Chunks *c, const char *delta, const char *end)
{
    JsonWriter w = json_writer(&c->b);

    put_head(&w, c->reply, "chat.completion.chunk");
    json_open(&w, '{');
    json_put_number(&w, "index", 0);
    json_key(&w, "delta");
    json_put_raw(&w, delta);
    json_put_pair(&w, "finish_reason", end);
    json_close(&w, '}');
    json_close(&w, ']');
    json_close(&w, '}');
    demo_frame(c->s, c->out, NULL, &c->b);
}

static void add_text(Chunks *c, const char *key, const char *t)
{
    TextList pieces = demo_pieces(c->s, t);

    EACH (const char *, piece, &pieces) {
        Buffer b = buffer_in(c->s);
        JsonWriter w = json_writer(&b);
        json_open(&w, '{');
        json_put_pair(&w, key, *piece);
        json_close(&w, '}');
        add_chunk(c, buffer_string(&b), NULL);
    }
}

/* id and name are NULL in all but the first chunk of a call. */
static void add_call(Chunks *c, size_t number, const char *name, const char *arguments)
{
    Buffer b = buffer_in(c->s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "tool_calls");
    json_open(&w, '[');
    json_open(&w, '{');
    json_put_number(&w, "index", (int64_t)number);
    if (name) {
        json_put_pair(&w, "id", demo_call_id(c->s, c->reply, number));
        json_put_pair(&w, "type", "function");
    }
    json_key(&w, "function");
    json_open(&w, '{');
    if (name)
        json_put_pair(&w, "name", name);
    json_put_pair(&w, "arguments", arguments);
    json_close(&w, '}');
    json_close(&w, '}');
    json_close(&w, ']');
    json_close(&w, '}');
    add_chunk(c, buffer_string(&b), NULL);
}

static void add_usage(Chunks *c)
{
    JsonWriter w = json_writer(&c->b);

    put_head(&w, c->reply, "chat.completion.chunk");
    json_close(&w, ']');
    put_usage(&w, c->reply);
    json_close(&w, '}');
    demo_frame(c->s, c->out, NULL, &c->b);
}

static void chat_frames(Scope *s, const DemoReply *reply, DemoFrameList *out)
{
    Chunks c = {s, reply, out, buffer_in(s)};
    size_t number = 0;

    add_chunk(&c, "{\"role\":\"assistant\",\"content\":\"\"}", NULL);
    add_text(&c, "reasoning_content", reply->step->thinking);
    add_text(&c, "content", reply->step->text);
    EACH (DemoTool, tool, &reply->step->tools) {
        TextList pieces = demo_pieces(s, demo_arguments(s, tool));
        add_call(&c, number, tool->name, "");
        EACH (const char *, piece, &pieces)
            add_call(&c, number, NULL, *piece);
        number++;
    }
    add_chunk(&c, "{}", finish(reply->step));
    if (reply->ask->usage_wanted)
        add_usage(&c);
    buffer_text(&c.b, "[DONE]");
    demo_frame(s, out, NULL, &c.b);
}

static void put_calls(Scope *s, const DemoReply *reply, JsonWriter *w)
{
    size_t number = 0;

    json_key(w, "tool_calls");
    json_open(w, '[');
    EACH (DemoTool, tool, &reply->step->tools) {
        json_open(w, '{');
        json_put_pair(w, "id", demo_call_id(s, reply, number++));
        json_put_pair(w, "type", "function");
        json_key(w, "function");
        json_open(w, '{');
        json_put_pair(w, "name", tool->name);
        json_put_pair(w, "arguments", demo_arguments(s, tool));
        json_close(w, '}');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void chat_whole(Scope *s, const DemoReply *reply, JsonWriter *w)
{
    put_head(w, reply, "chat.completion");
    json_open(w, '{');
    json_put_number(w, "index", 0);
    json_key(w, "message");
    json_open(w, '{');
    json_put_pair(w, "role", "assistant");
    json_put_pair(w, "content", reply->step->text);
    if (reply->step->tools.count)
        put_calls(s, reply, w);
    json_close(w, '}');
    json_put_pair(w, "finish_reason", finish(reply->step));
    json_close(w, '}');
    json_close(w, ']');
    put_usage(w, reply);
    json_close(w, '}');
}

static const char *code_of(int status)
{
    return status == 401   ? "invalid_api_key"
           : status == 404 ? "model_not_found"
           : status == 429 ? "rate_limit_exceeded"
                           : NULL;
}

static const char *openai_fault(Scope *s, int status, const char *message)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "error");
    json_open(&w, '{');
    json_put_pair(&w, "message", message);
    json_put_pair(&w, "type",
                  status >= 500   ? "server_error"
                  : status == 429 ? "rate_limit_error"
                                  : "invalid_request_error");
    json_put_pair(&w, "param", NULL);
    json_put_pair(&w, "code", code_of(status));
    json_close(&w, '}');
    json_close(&w, '}');
    return buffer_string(&b);
}

static const char *openai_key(Scope *s, const HttpRequest *rq)
{
    const char *azure = header_get(&rq->headers, "api-key");

    return azure ? azure : demo_bearer(s, rq);
}

const DemoProtocol demo_chat = {"chat",     chat_read,    chat_frames,
                                chat_whole, openai_fault, openai_key};
