/* Anthropic Messages. https://platform.claude.com/docs/en/api/messages-streaming */

#include "llm/driver.h"
#include "llm/endpoint.h"

static const char ephemeral[] = "{\"type\":\"ephemeral\"}";

static const char *messages_url(Scope *s, const LlmModel *model)
{
    return endpoint_url(s, model, "/messages", NULL);
}

static void messages_headers(Scope *s, const LlmModel *model, PairList *out)
{
    add_key_header(s, model, "x-api-key", "", out);
    pairs_add(s, out, "anthropic-version", "2023-06-01");
}

/* ---- The request ---- */

static void put_mark(JsonWriter *w, bool mark)
{
    if (!mark)
        return;
    json_key(w, "cache_control");
    json_put_raw(w, ephemeral);
}

/* mark: what stands up to here is worth keeping in the cache. */
static void put_text(JsonWriter *w, const char *t, bool mark)
{
    if (text_empty(t))
        return;
    json_open(w, '{');
    put_pair(w, "type", "text");
    put_pair(w, "text", t);
    put_mark(w, mark);
    json_close(w, '}');
}

static void put_result(JsonWriter *w, const LlmMessage *m, bool mark)
{
    json_open(w, '{');
    put_pair(w, "type", "tool_result");
    put_pair(w, "tool_use_id", m->tool_call_id);
    put_pair(w, "content", m->text);
    if (m->tool_failed) {
        json_key(w, "is_error");
        json_put_bool(w, true);
    }
    put_mark(w, mark);
    json_close(w, '}');
}

static void put_use(JsonWriter *w, const char *id, const char *name, const char *input)
{
    json_open(w, '{');
    put_pair(w, "type", "tool_use");
    put_pair(w, "id", id);
    put_pair(w, "name", name);
    json_key(w, "input");
    json_put_raw(w, input);
    json_close(w, '}');
}

static void put_content(JsonWriter *w, Scope *s, const LlmMessage *m, bool mark)
{
    const char *turn = message_turn(m, LLM_MESSAGES);

    if (m->role == LLM_TOOL) {
        put_result(w, m, mark);
    } else if (turn) {
        put_items(w, s, turn);
    } else {
        put_text(w, m->text, mark && m->role == LLM_USER);
        EACH (const LlmToolCall, call, &m->tool_calls)
            put_use(w, call->id, call->name, call->arguments.text ? call->arguments.text : "{}");
    }
}

/* Turns alternate: what follows in the same role (the results of several calls, and words after
 * them) is one message. */
static void put_messages(JsonWriter *w, Scope *s, const LlmRequest *rq, bool cached)
{
    const LlmMessage *last = rq->messages.items + rq->messages.count - 1;
    const char *role = NULL;

    json_key(w, "messages");
    json_open(w, '[');
    EACH (const LlmMessage, m, &rq->messages) {
        const char *wanted = m->role == LLM_ASSISTANT ? "assistant" : "user";
        if (message_empty(m))
            continue;
        if (role && role != wanted) {
            json_close(w, ']');
            json_close(w, '}');
        }
        if (role != wanted) {
            json_open(w, '{');
            put_pair(w, "role", wanted);
            json_key(w, "content");
            json_open(w, '[');
        }
        role = wanted;
        put_content(w, s, m, cached && m == last);
    }
    if (role) {
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_system(JsonWriter *w, Scope *s, const LlmRequest *rq, bool cached)
{
    const char *system = request_system(s, rq);

    if (!*system)
        return;
    json_key(w, "system");
    json_open(w, '[');
    put_text(w, system, cached);
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
        put_pair(w, "name", tool->name);
        put_pair(w, "description", tool->about);
        json_key(w, "input_schema");
        json_put_raw(w, tool_schema(tool));
        json_close(w, '}');
    }
    json_close(w, ']');
    if (!rq->tool_use || (without & WITHOUT_TOOL_CHOICE))
        return;
    json_key(w, "tool_choice");
    json_put_raw(w,
                 rq->tool_use == LLM_TOOLS_REQUIRED ? "{\"type\":\"any\"}" : "{\"type\":\"none\"}");
}

static void messages_body(Scope *s, const LlmRequest *rq, unsigned without, Buffer *b)
{
    JsonWriter w = json_writer(b);
    bool cached = rq->continues && !(without & WITHOUT_CACHE_CONTROL);

    json_open(&w, '{');
    put_pair(&w, "model", rq->model->model_name);
    json_key(&w, "max_tokens");
    json_put_int(&w, request_output_tokens(rq));
    put_temperature(&w, rq, without);
    put_tools(&w, rq, without);
    put_system(&w, s, rq, cached);
    put_messages(&w, s, rq, cached);
    json_key(&w, "stream");
    json_put_bool(&w, true);
    json_close(&w, '}');
}

/* ---- The stream ---- */

static const Name stops[] = {{LLM_FINISH_STOP, "end_turn"},
                             {LLM_FINISH_STOP, "stop_sequence"},
                             {LLM_FINISH_STOP, "pause_turn"},
                             {LLM_FINISH_LENGTH, "max_tokens"},
                             {LLM_FINISH_LENGTH, "model_context_window_exceeded"},
                             {LLM_FINISH_TOOL_CALLS, "tool_use"},
                             {LLM_FINISH_REFUSED, "refusal"},
                             {0}};

static int64_t count_of(json_t *usage, const char *name, int64_t before)
{
    int64_t count = json_at_int(usage, name, before);

    return count < 0 ? 0 : count;
}

/* Comes in two parts, the second of which may repeat the first; input_tokens excludes the cache. */
static void take_usage(LlmAnswer *answer, json_t *usage)
{
    Usage *u = &answer->usage;

    if (!json_is_object(usage))
        return;
    answer->usage_seen = true;
    u->calls = 1;
    u->input_tokens = count_of(usage, "input_tokens", u->input_tokens);
    u->output_tokens = count_of(usage, "output_tokens", u->output_tokens);
    u->cache_read_tokens = count_of(usage, "cache_read_input_tokens", u->cache_read_tokens);
    u->cache_write_tokens = count_of(usage, "cache_creation_input_tokens", u->cache_write_tokens);
}

static Error *block_start(Scope *s, LlmAnswer *answer, int64_t index, json_t *block)
{
    const char *type = json_at_text(block, "type");
    LlmBlock *new_block;

    if (text_equal(type, "text"))
        return answer_text(s, answer, index, json_at_text(block, "text"));
    if (!json_is_object(block))
        return OK;
    new_block = answer_add(answer, text_equal(type, "tool_use") ? BLOCK_CALL : BLOCK_HIDDEN, index);
    if (!new_block)
        return OK;
    new_block->id = answer_keep(answer, json_at_text(block, "id"));
    new_block->name = answer_keep(answer, json_at_text(block, "name"));
    if (text_equal(type, "thinking"))
        answer_grow(answer, new_block, json_at_text(block, "thinking"));
    else if (new_block->kind == BLOCK_HIDDEN) /* redacted_thinking has no pieces */
        new_block->raw = answer_keep(answer, json_dump(s, block));
    else if (json_object_size(json_at(block, "input"))) /* compatible servers send it whole */
        answer_grow(answer, new_block, json_dump(s, json_at(block, "input")));
    return OK;
}

static Error *block_delta(Scope *s, LlmAnswer *answer, int64_t index, json_t *delta)
{
    const char *type = json_at_text(delta, "type");
    LlmBlock *block = answer_find(answer, index);

    if (text_equal(type, "text_delta"))
        return answer_text(s, answer, index, json_at_text(delta, "text"));
    if (!block)
        return OK;
    if (text_equal(type, "input_json_delta"))
        answer_grow(answer, block, json_at_text(delta, "partial_json"));
    else if (text_equal(type, "thinking_delta"))
        answer_grow(answer, block, json_at_text(delta, "thinking"));
    else if (text_equal(type, "signature_delta"))
        block->signature = answer_keep(answer, json_at_text(delta, "signature"));
    return OK;
}

static void take_stop(LlmAnswer *answer, const char *stop)
{
    if (text_empty(stop))
        return;
    int known = name_find(stops, stop);
    answer->finish = known ? (LlmFinish)known : LLM_FINISH_STOP;
}

static void take_start(LlmAnswer *answer, json_t *message)
{
    answer->model_name = answer_keep(answer, json_at_text(message, "model"));
    answer->id = answer_keep(answer, json_at_text(message, "id"));
    take_usage(answer, json_at(message, "usage"));
}

/* A server that does not stream. */
static Error *take_whole(Scope *s, LlmAnswer *answer, json_t *message)
{
    size_t i;
    json_t *block;

    take_start(answer, message);
    json_array_foreach(json_at(message, "content"), i, block)
        TRY(block_start(s, answer, (int64_t)i, block));
    take_stop(answer, json_at_text(message, "stop_reason"));
    answer->ended = true;
    return OK;
}

static const FaultWord words[] = {{"authentication_error", FAULT_KEY},
                                  {"billing_error", FAULT_CREDIT},
                                  {"enforced_spend_limit_reached", FAULT_CREDIT},
                                  {"permission_error", FAULT_PERMISSION},
                                  {"request_too_large", FAULT_SIZE},
                                  {"rate_limit_error", FAULT_RATE},
                                  {"overloaded_error", FAULT_OVERLOAD},
                                  {"timeout_error", FAULT_SERVER},
                                  {"api_error", FAULT_SERVER},
                                  {"conflict_error", FAULT_REQUEST},
                                  {0}};

static const FaultWord phrases[] = {{"credit balance", FAULT_CREDIT},
                                    {"usage limits", FAULT_CREDIT},
                                    {"spend limit", FAULT_CREDIT},
                                    {"prompt is too long", FAULT_CONTEXT},
                                    {"exceed context limit", FAULT_CONTEXT},
                                    {"extra inputs are not permitted", FAULT_PARAMETER},
                                    {"is deprecated for this model", FAULT_PARAMETER},
                                    {"not supported", FAULT_PARAMETER},
                                    {"does not support", FAULT_PARAMETER},
                                    {0}};

/* {"type":"error","error":{"type","message","details":{"error_code"}},"request_id"} */
static void messages_refusal(Scope *s, json_t *body, int status, LlmFault *fault)
{
    const char *detail = json_at_text(body, "error.message");
    const char *type = json_at_text(body, "error.type");

    fault->detail = text_copy(s, detail);
    fault->kind = fault_word(words, json_at_text(body, "error.details.error_code"));
    if (!fault->kind && (text_equal(type, "not_found_error") || status == 404))
        fault->kind = detail && strcasestr(detail, "model") ? FAULT_MODEL : FAULT_ADDRESS;
    if (!fault->kind)
        fault->kind = fault_word(words, type);
    if (!fault->kind)
        fault->kind = fault_word(phrases, detail);
    if (fault->kind == FAULT_PARAMETER)
        fault_parameter(fault, detail);
}

static Error *messages_event(Scope *s, LlmAnswer *answer, json_t *event)
{
    const char *type = json_at_text(event, "type");
    int64_t index = json_at_int(event, "index", 0);

    if (text_equal(type, "content_block_delta"))
        return block_delta(s, answer, index, json_at(event, "delta"));
    if (text_equal(type, "content_block_start"))
        return block_start(s, answer, index, json_at(event, "content_block"));
    if (text_equal(type, "message"))
        return take_whole(s, answer, event);
    if (text_equal(type, "message_start")) {
        take_start(answer, json_at(event, "message"));
    } else if (text_equal(type, "message_delta")) {
        take_stop(answer, json_at_text(event, "delta.stop_reason"));
        take_usage(answer, json_at(event, "usage"));
    } else if (text_equal(type, "message_stop")) {
        answer->ended = true;
    } else if (text_equal(type, "error")) {
        LlmFault found = {0};
        messages_refusal(s, event, 0, &found);
        answer_failed(answer, &found);
    }
    return OK;
}

/* ---- The turn as it goes back: thoughts with their signatures, in their places ---- */

static void put_block(JsonWriter *w, Scope *s, const LlmBlock *block)
{
    const char *input = block->kind == BLOCK_CALL ? object_text(s, block->body.data) : NULL;

    if (block->raw) {
        json_put_raw(w, block->raw);
    } else if (block->kind == BLOCK_TEXT) {
        put_text(w, block->body.data, false);
    } else if (block->kind == BLOCK_CALL) {
        put_use(w, block->id, block->name, input ? input : "{}");
    } else if (block->signature) { /* one that was cut short has none, and would be refused */
        json_open(w, '{');
        put_pair(w, "type", "thinking");
        put_pair(w, "thinking", block->body.data);
        put_pair(w, "signature", block->signature);
        json_close(w, '}');
    }
}

static const char *messages_turn(Scope *s, const LlmAnswer *answer)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    bool thoughts = false;

    json_open(&w, '[');
    EACH (const LlmBlock, block, &answer->blocks) {
        put_block(&w, s, block);
        thoughts = thoughts || block->raw || block->signature;
    }
    json_close(&w, ']');
    return thoughts ? buffer_string(&b) : NULL;
}

const LlmDriver llm_anthropic = {
    .name = "messages",
    .api = LLM_MESSAGES,
    .url = messages_url,
    .headers = messages_headers,
    .body = messages_body,
    .event = messages_event,
    .refusal = messages_refusal,
    .turn = messages_turn,
};
