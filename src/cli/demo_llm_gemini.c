/* Google Gemini: POST /v1beta/models/MODEL:generateContent and :streamGenerateContent?alt=sse. */

#include "cli/demo_llm_ask.h"

/* ---- Reading: a call has no id that must be there, so it goes by its name ---- */

typedef struct Parts {
    bool calls, results;
} Parts;

static fallible read_part(DemoAsk *ask, json_t *part, bool model, Parts *seen)
{
    json_t *call = json_object_get(part, "functionCall"),
           *result = json_object_get(part, "functionResponse");
    const char *name, *id;

    ask_text(ask, json_at_text(part, "text"));
    if ((call && !model) || (result && model))
        return fail(ask->s, INVALID, "a function %s does not belong to this role",
                    call ? "call" : "response");
    if (!call && !result)
        return OK;
    TRY(ask_member(ask, call ? call : result, "name", &name));
    id = json_at_text(call ? call : result, "id");
    if (call) {
        bool first = !seen->calls;
        seen->calls = true;
        if (id)
            return ask_call(ask, id, first);
        ask->turns += first; /* two calls of one function may go by its name */
        texts_add(ask->s, &ask->open, name);
        return OK;
    }
    if (!json_is_object(json_object_get(result, "response")))
        return fail(ask->s, INVALID, "response: an object is required");
    ask_text(ask, json_dump(ask->s, json_object_get(result, "response")));
    seen->results = true;
    return ask_result(ask, id ? id : name);
}

static fallible read_content(DemoAsk *ask, json_t *content)
{
    json_t *parts = json_object_get(content, "parts"), *part;
    const char *role = json_at_text(content, "role");
    bool model = text_equal(role, "model");
    Parts seen = {0};
    size_t index;

    if (role && !model && !text_equal(role, "user"))
        return fail(ask->s, INVALID, "Please use a valid role: user, model.");
    if (!json_array_size(parts))
        return fail(ask->s, INVALID, "parts: must contain at least one part");
    if (model)
        TRY(ask_answer(ask));
    json_array_foreach(parts, index, part)
        TRY_WHILE(read_part(ask, part, model, &seen), "parts[%zu]", index);
    return model || seen.results ? OK : ask_user(ask);
}

/* The model and the kind of answer are in the address; the caller has set them. */
static fallible gemini_read(DemoAsk *ask, json_t *body)
{
    json_t *contents = json_object_get(body, "contents"), *content;
    size_t index;

    if (!json_array_size(contents))
        return fail(ask->s, INVALID, "contents is not specified");
    ask_content(ask, json_at(body, "systemInstruction.parts"));
    TRY(ask_limit(ask, json_object_get(body, "generationConfig"), "maxOutputTokens"));
    json_array_foreach(contents, index, content)
        TRY_WHILE(read_content(ask, content), "contents[%zu]", index);
    ask->has_tools = json_array_size(json_at(body, "tools.0.functionDeclarations")) > 0;
    return ask_end(ask);
}

/* ---- Writing ---- */

static const char *finish(const DemoStep *step)
{
    return step->stop == DEMO_STOP_LENGTH   ? "MAX_TOKENS"
           : step->stop == DEMO_STOP_FILTER ? "SAFETY"
                                            : "STOP";
}

static void open_chunk(JsonWriter *w)
{
    json_open(w, '{');
    json_key(w, "candidates");
    json_open(w, '[');
    json_open(w, '{');
    json_key(w, "content");
    json_open(w, '{');
    json_key(w, "parts");
    json_open(w, '[');
}

static void put_usage(JsonWriter *w, const DemoReply *reply, int64_t output)
{
    int64_t prompt = reply->input + reply->cache_read + reply->cache_write;

    json_key(w, "usageMetadata");
    json_open(w, '{');
    json_put_number(w, "promptTokenCount", prompt);
    json_put_number(w, "candidatesTokenCount", output);
    if (reply->cache_read)
        json_put_number(w, "cachedContentTokenCount", reply->cache_read);
    json_put_number(w, "totalTokenCount", prompt + output);
    json_close(w, '}');
}

/* end: the finish reason, NULL before the last chunk. */
static void close_chunk(JsonWriter *w, const DemoReply *reply, const char *end)
{
    json_close(w, ']');
    json_put_pair(w, "role", "model");
    json_close(w, '}');
    if (end)
        json_put_pair(w, "finishReason", end);
    json_put_number(w, "index", 0);
    json_close(w, '}');
    json_close(w, ']');
    put_usage(w, reply, end ? reply->output : 1);
    json_put_pair(w, "modelVersion", reply->ask->model);
    json_put_pair(w, "responseId", reply->id);
    json_close(w, '}');
}

static void put_text(JsonWriter *w, const char *t, bool thought)
{
    json_open(w, '{');
    json_put_pair(w, "text", t);
    if (thought) {
        json_key(w, "thought");
        json_put_bool(w, true);
    }
    json_close(w, '}');
}

static void put_call(Scope *s, JsonWriter *w, const DemoReply *reply, size_t number)
{
    const DemoTool *tool = &reply->step->tools.items[number];

    json_open(w, '{');
    json_key(w, "functionCall");
    json_open(w, '{');
    json_put_pair(w, "id", demo_call_id(s, reply, number));
    json_put_pair(w, "name", tool->name);
    json_key(w, "args");
    json_put_raw(w, demo_arguments(s, tool));
    json_close(w, '}');
    json_put_pair(w, "thoughtSignature", "ZGVtbw==");
    json_close(w, '}');
}

static void add_texts(Scope *s, const DemoReply *reply, DemoFrameList *out, bool thought)
{
    TextList pieces = demo_pieces(s, thought ? reply->step->thinking : reply->step->text);
    Buffer b = buffer_in(s);

    EACH (const char *, piece, &pieces) {
        JsonWriter w = json_writer(&b);
        open_chunk(&w);
        put_text(&w, *piece, thought);
        close_chunk(&w, reply, NULL);
        demo_frame(s, out, NULL, &b);
    }
}

static void gemini_frames(Scope *s, const DemoReply *reply, DemoFrameList *out)
{
    Buffer b = buffer_in(s);

    add_texts(s, reply, out, true);
    add_texts(s, reply, out, false);
    for (size_t i = 0; i < reply->step->tools.count; i++) {
        JsonWriter w = json_writer(&b);
        open_chunk(&w);
        put_call(s, &w, reply, i);
        close_chunk(&w, reply, NULL);
        demo_frame(s, out, NULL, &b);
    }
    JsonWriter w = json_writer(&b);
    open_chunk(&w);
    put_text(&w, "", false);
    close_chunk(&w, reply, finish(reply->step));
    demo_frame(s, out, NULL, &b);
}

static void gemini_whole(Scope *s, const DemoReply *reply, JsonWriter *w)
{
    open_chunk(w);
    if (!text_empty(reply->step->text))
        put_text(w, reply->step->text, false);
    for (size_t i = 0; i < reply->step->tools.count; i++)
        put_call(s, w, reply, i);
    close_chunk(w, reply, finish(reply->step));
}

/* ---- Faults and keys ---- */

static const char *status_name(int status)
{
    static const Name names[] = {
        {400, "INVALID_ARGUMENT"},  {403, "PERMISSION_DENIED"},
        {404, "NOT_FOUND"},         {429, "RESOURCE_EXHAUSTED"},
        {500, "INTERNAL"},          {503, "UNAVAILABLE"},
        {504, "DEADLINE_EXCEEDED"}, {0},
    };
    const char *name = name_of(names, status);

    return name ? name : "UNKNOWN";
}

/* A bad key is a 400 here. */
static const char *gemini_fault(Scope *s, int status, const char *message)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    bool key = status == 401;

    json_open(&w, '{');
    json_key(&w, "error");
    json_open(&w, '{');
    json_put_number(&w, "code", key ? 400 : status);
    json_put_pair(&w, "message", message);
    json_put_pair(&w, "status", status_name(key ? 400 : status));
    if (key) {
        json_key(&w, "details");
        json_put_raw(&w, "[{\"@type\":\"type.googleapis.com/"
                         "google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}]");
    }
    json_close(&w, '}');
    json_close(&w, '}');
    return buffer_string(&b);
}

static const char *gemini_key(Scope *s, const HttpRequest *rq)
{
    const char *own = header_get(&rq->headers, "x-goog-api-key");

    (void)s;
    return own ? own : pairs_get(&rq->query, "key");
}

const DemoProtocol demo_gemini = {"gemini",     gemini_read,  gemini_frames,
                                  gemini_whole, gemini_fault, gemini_key};
