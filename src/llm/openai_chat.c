/* OpenAI Chat Completions, and the servers that are compatible with it more or less: no usage, no
 * [DONE], calls without an index or all with index 0, arguments as an object, an answer in one piece.
 * https://platform.openai.com/docs/api-reference/chat-streaming */

#include "llm/driver.h"
#include "llm/endpoint.h"

enum {
    CHAT_THOUGHTS = -2
}; /* index of the block that holds them; calls have theirs, text has -1 */

static const char *chat_url(Scope *s, const LlmModel *model)
{
    return endpoint_url(s, model, "/chat/completions", NULL);
}

/* ---- The request ---- */

static void put_calls(JsonWriter *w, const LlmToolCallList *calls)
{
    json_key(w, "tool_calls");
    json_open(w, '[');
    EACH (const LlmToolCall, call, calls) {
        json_open(w, '{');
        put_pair(w, "id", call->id);
        put_pair(w, "type", "function");
        json_key(w, "function");
        json_open(w, '{');
        put_pair(w, "name", call->name);
        put_pair(w, "arguments", call->arguments.text ? call->arguments.text : "{}");
        json_close(w, '}');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_message(JsonWriter *w, const LlmMessage *m, unsigned without)
{
    const char *turn = message_turn(m, LLM_CHAT);

    if (turn && !(without & WITHOUT_REASONING_CONTENT)) {
        json_put_raw(w, turn);
        return;
    }
    json_open(w, '{');
    put_pair(w, "role",
             m->role == LLM_TOOL        ? "tool"
             : m->role == LLM_ASSISTANT ? "assistant"
                                        : "user");
    put_pair(w, "content", m->text);
    if (m->role == LLM_TOOL)
        put_pair(w, "tool_call_id", m->tool_call_id);
    if (m->role == LLM_ASSISTANT && m->tool_calls.count)
        put_calls(w, &m->tool_calls);
    json_close(w, '}');
}

static void put_messages(JsonWriter *w, Scope *s, const LlmRequest *rq, unsigned without)
{
    const char *system = request_system(s, rq);

    json_key(w, "messages");
    json_open(w, '[');
    if (*system) {
        json_open(w, '{');
        put_pair(w, "role", "system");
        put_pair(w, "content", system);
        json_close(w, '}');
    }
    EACH (const LlmMessage, m, &rq->messages)
        if (!message_empty(m))
            put_message(w, m, without);
    json_close(w, ']');
}

static void put_tools(JsonWriter *w, const LlmRequest *rq, unsigned without)
{
    if (!rq->tools.count)
        return;
    json_key(w, "tools");
    json_open(w, '[');
    EACH (const LlmTool, tool, &rq->tools) {
        json_open(w, '{');
        put_pair(w, "type", "function");
        json_key(w, "function");
        json_open(w, '{');
        put_pair(w, "name", tool->name);
        put_pair(w, "description", tool->about);
        json_key(w, "parameters");
        json_put_raw(w, tool_schema(tool));
        json_close(w, '}');
        json_close(w, '}');
    }
    json_close(w, ']');
    if (rq->tool_use && !(without & WITHOUT_TOOL_CHOICE))
        put_pair(w, "tool_choice", rq->tool_use == LLM_TOOLS_REQUIRED ? "required" : "none");
}

/* OpenAI's own models want the new name, most other servers know only the old one. */
static const char *limit_name(Scope *s, const LlmModel *model, unsigned without)
{
    const unsigned both = WITHOUT_MAX_TOKENS | WITHOUT_MAX_COMPLETION_TOKENS;
    bool new_name = endpoint_own(s, model) || endpoint_azure(s, model);

    if ((without & both) == both)
        return NULL;
    if (without & both)
        new_name = (without & WITHOUT_MAX_TOKENS) != 0;
    return new_name ? "max_completion_tokens" : "max_tokens";
}

static void chat_body(Scope *s, const LlmRequest *rq, unsigned without, Buffer *b)
{
    JsonWriter w = json_writer(b);
    const char *limit = limit_name(s, rq->model, without);

    json_open(&w, '{');
    put_pair(&w, "model", rq->model->model_name);
    put_messages(&w, s, rq, without);
    put_tools(&w, rq, without);
    if (limit) {
        json_key(&w, limit);
        json_put_int(&w, request_output_tokens(rq));
    }
    put_temperature(&w, rq, without);
    if (rq->cache_key && endpoint_own(s, rq->model) && !(without & WITHOUT_CACHE_KEY))
        put_pair(&w, "prompt_cache_key", rq->cache_key);
    json_key(&w, "stream");
    json_put_bool(&w, true);
    if (!(without & WITHOUT_STREAM_OPTIONS)) {
        json_key(&w, "stream_options");
        json_put_raw(&w, "{\"include_usage\":true}");
    }
    json_close(&w, '}');
}

/* ---- The stream ---- */

static const Name finishes[] = {{LLM_FINISH_STOP, "stop"},
                                {LLM_FINISH_LENGTH, "length"},
                                {LLM_FINISH_LENGTH, "max_tokens"},
                                {LLM_FINISH_LENGTH, "model_length"},
                                {LLM_FINISH_TOOL_CALLS, "tool_calls"},
                                {LLM_FINISH_TOOL_CALLS, "function_call"},
                                {LLM_FINISH_FILTERED, "content_filter"},
                                {LLM_FINISH_REFUSED, "refusal"},
                                {0}};

/* A text, or a list of parts of which those of type text count. */
static Error *take_content(Scope *s, LlmAnswer *answer, json_t *content)
{
    size_t i;
    json_t *part;

    if (json_is_string(content))
        return answer_text(s, answer, -1, json_string_value(content));
    json_array_foreach(content, i, part)
        TRY(answer_text(s, answer, -1, json_at_text(part, "text")));
    return OK;
}

/* The call that a piece belongs to. Servers that send whole calls give all of them index 0, or
 * none, and a new id each. */
static LlmBlock *call_of(LlmAnswer *answer, json_t *piece)
{
    const char *id = json_at_text(piece, "id");
    int64_t index = json_at_int(piece, "index", -1);
    LlmBlock *last = answer->blocks.count ? &answer->blocks.items[answer->blocks.count - 1] : NULL;
    LlmBlock *block = index >= 0                         ? answer_find(answer, index)
                      : last && last->kind == BLOCK_CALL ? last
                                                         : NULL;
    bool names = !text_empty(json_at_text(piece, "function.name"));

    if (block && names && index < 0 && text_empty(id) && block->name)
        block = NULL; /* neither index nor id, but a name: another call */
    if (block && names && !text_empty(id) && block->id && !text_equal(id, block->id))
        block = NULL;
    if (!block)
        block = answer_add(answer, BLOCK_CALL, index);
    if (block && !block->id)
        block->id = text_empty(id) ? text(answer->s, "call_%zu", answer->blocks.count)
                                   : answer_keep(answer, id);
    return block;
}

static void take_call(Scope *s, LlmAnswer *answer, json_t *piece)
{
    LlmBlock *block = call_of(answer, piece);
    json_t *arguments = json_at(piece, "function.arguments");
    json_t *extra =
        json_at(piece, "extra_content"); /* Gemini's signatures, through its compatible API */

    if (!block)
        return;
    if (!block->name)
        block->name = answer_keep(answer, json_at_text(piece, "function.name"));
    if (json_is_object(extra))
        block->raw = answer_keep(answer, json_dump(s, extra));
    answer_grow(answer, block,
                json_is_object(arguments) ? json_dump(s, arguments) : json_string_value(arguments));
}

static void take_usage(LlmAnswer *answer, json_t *usage)
{
    int64_t cached = json_at_int(usage, "prompt_tokens_details.cached_tokens", -1);

    if (!json_is_object(usage) || !json_at(usage, "prompt_tokens"))
        return;
    answer_usage(
        answer,
        &(Usage){
            .input_tokens = json_at_int(usage, "prompt_tokens", 0),
            .output_tokens = json_at_int(usage, "completion_tokens", 0),
            .cache_read_tokens =
                cached >= 0 ? cached : json_at_int(usage, "prompt_cache_hit_tokens", 0),
            .cache_write_tokens = json_at_int(usage, "prompt_tokens_details.cache_write_tokens", 0),
            .reasoning_tokens = json_at_int(usage, "completion_tokens_details.reasoning_tokens", 0),
        });
}

/* The newest piece of thoughts that a server wants back. */
static void take_reasoning(LlmAnswer *answer, const char *t)
{
    LlmBlock *block = answer_find(answer, CHAT_THOUGHTS);

    if (text_empty(t))
        return;
    if (!block)
        block = answer_add(answer, BLOCK_HIDDEN, CHAT_THOUGHTS);
    if (block)
        answer_grow(answer, block, t);
}

static Error *take_delta(Scope *s, LlmAnswer *answer, json_t *delta)
{
    const char *refusal = json_at_text(delta, "refusal");
    size_t i;
    json_t *piece;

    take_reasoning(answer, json_at_text(delta, "reasoning_content"));
    if (!text_empty(refusal))
        answer->refusal =
            answer_keep(answer, text(s, "%s%s", answer->refusal ? answer->refusal : "", refusal));
    json_array_foreach(json_at(delta, "tool_calls"), i, piece) take_call(s, answer, piece);
    return take_content(s, answer, json_at(delta, "content"));
}

static Error *chat_event(Scope *s, LlmAnswer *answer, json_t *event)
{
    json_t *choice = json_at(event, "choices.0");
    json_t *delta =
        json_at(choice, "delta") ? json_at(choice, "delta") : json_at(choice, "message");
    const char *finish = json_at_text(choice, "finish_reason");

    if (json_is_object(json_at(event, "error")) || json_is_string(json_at(event, "error"))) {
        LlmFault found = {0};
        openai_refusal(s, event, 0, &found);
        answer_failed(answer, &found);
        return OK;
    }
    if (!answer->model_name)
        answer->model_name = answer_keep(answer, json_at_text(event, "model"));
    take_usage(answer, json_at(event, "usage"));
    TRY(take_delta(s, answer, delta));
    if (!text_empty(finish)) {
        int known = name_find(finishes, finish);
        answer->finish =
            known ? (LlmFinish)known : LLM_FINISH_STOP; /* "eos", "end_turn" and others */
        answer->ended = true;
    }
    return OK;
}

/* ---- The turn as it goes back ---- */

static void put_answered_call(JsonWriter *w, const LlmBlock *block)
{
    json_open(w, '{');
    put_pair(w, "id", block->id);
    put_pair(w, "type", "function");
    if (block->raw) {
        json_key(w, "extra_content");
        json_put_raw(w, block->raw);
    }
    json_key(w, "function");
    json_open(w, '{');
    put_pair(w, "name", block->name);
    put_pair(w, "arguments", block->body.size ? block->body.data : "{}");
    json_close(w, '}');
    json_close(w, '}');
}

/* Thoughts go back only beside calls: servers that know them want that, and refuse them elsewhere. */
static const char *chat_turn(Scope *s, const LlmAnswer *answer)
{
    Buffer b = buffer_in(s), said = buffer_in(s);
    JsonWriter w = json_writer(&b);
    const LlmBlock *thoughts = NULL;
    bool calls = false, needed = false;

    EACH (const LlmBlock, block, &answer->blocks) {
        if (block->kind == BLOCK_HIDDEN)
            thoughts = block;
        else if (block->kind == BLOCK_TEXT)
            buffer_bytes(&said, buffer_view(&block->body));
        calls = calls || block->kind == BLOCK_CALL;
        needed = needed || block->raw || block->kind == BLOCK_HIDDEN;
    }
    if (!calls || !needed)
        return NULL;
    json_open(&w, '{');
    put_pair(&w, "role", "assistant");
    put_pair(&w, "content", buffer_string(&said));
    if (thoughts)
        put_pair(&w, "reasoning_content", thoughts->body.data);
    json_key(&w, "tool_calls");
    json_open(&w, '[');
    EACH (const LlmBlock, block, &answer->blocks)
        if (block->kind == BLOCK_CALL)
            put_answered_call(&w, block);
    json_close(&w, ']');
    json_close(&w, '}');
    return buffer_string(&b);
}

const LlmDriver llm_openai_chat = {
    .name = "chat",
    .api = LLM_CHAT,
    .url = chat_url,
    .headers = openai_headers,
    .body = chat_body,
    .event = chat_event,
    .refusal = openai_refusal,
    .turn = chat_turn,
};
