/* OpenAI Responses, stateless (store: false): reasoning comes encrypted and goes back as it came.
 * https://platform.openai.com/docs/api-reference/responses-streaming */

#include "llm/driver.h"
#include "llm/endpoint.h"

static const char *responses_url(Scope *s, const LlmModel *model)
{
    return endpoint_url(s, model, "/responses", NULL);
}

/* ---- The request ---- */

static void put_said(JsonWriter *w, const char *role, const char *said)
{
    json_open(w, '{');
    put_pair(w, "role", role);
    put_pair(w, "content", said);
    json_close(w, '}');
}

static void put_calls(JsonWriter *w, const LlmToolCallList *calls)
{
    EACH (const LlmToolCall, call, calls) {
        json_open(w, '{');
        put_pair(w, "type", "function_call");
        put_pair(w, "call_id", call->id);
        put_pair(w, "name", call->name);
        put_pair(w, "arguments", call->arguments.text ? call->arguments.text : "{}");
        json_close(w, '}');
    }
}

static void put_result(JsonWriter *w, const LlmMessage *m)
{
    json_open(w, '{');
    put_pair(w, "type", "function_call_output");
    put_pair(w, "call_id", m->tool_call_id);
    put_pair(w, "output", m->text);
    json_close(w, '}');
}

static void put_message(JsonWriter *w, Scope *s, const LlmMessage *m)
{
    const char *turn = message_turn(m, LLM_RESPONSES);

    if (turn) {
        put_items(w, s, turn);
    } else if (m->role == LLM_TOOL) {
        put_result(w, m);
    } else {
        if (!text_empty(m->text))
            put_said(w, m->role == LLM_ASSISTANT ? "assistant" : "user", m->text);
        put_calls(w, &m->tool_calls);
    }
}

static void put_input(JsonWriter *w, Scope *s, const LlmRequest *rq)
{
    const char *system = request_system(s, rq);

    if (*system)
        put_pair(w, "instructions", system);
    json_key(w, "input");
    json_open(w, '[');
    EACH (const LlmMessage, m, &rq->messages)
        if (!message_empty(m))
            put_message(w, s, m);
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
        put_pair(w, "name", tool->name);
        put_pair(w, "description", tool->about);
        json_key(w, "parameters");
        json_put_raw(w, tool_schema(tool));
        json_key(w, "strict"); /* on unless said otherwise, and then picky about schemas */
        json_put_bool(w, false);
        json_close(w, '}');
    }
    json_close(w, ']');
    if (rq->tool_use && !(without & WITHOUT_TOOL_CHOICE))
        put_pair(w, "tool_choice", rq->tool_use == LLM_TOOLS_REQUIRED ? "required" : "none");
}

static void responses_body(Scope *s, const LlmRequest *rq, unsigned without, Buffer *b)
{
    JsonWriter w = json_writer(b);

    json_open(&w, '{');
    put_pair(&w, "model", rq->model->model_name);
    put_input(&w, s, rq);
    put_tools(&w, rq, without);
    json_key(&w, "max_output_tokens");
    json_put_int(&w, request_output_tokens(rq));
    put_temperature(&w, rq, without);
    if (model_reasons(rq->model->model_name) && !(without & WITHOUT_INCLUDE)) {
        json_key(&w, "include");
        json_put_raw(&w, "[\"reasoning.encrypted_content\"]");
    }
    if (rq->cache_key && !(without & WITHOUT_CACHE_KEY))
        put_pair(&w, "prompt_cache_key", rq->cache_key);
    json_key(&w, "store");
    json_put_bool(&w, false);
    json_key(&w, "stream");
    json_put_bool(&w, true);
    json_close(&w, '}');
}

/* ---- The stream ---- */

/* An item as it goes back: all of it but its state. */
static const char *item_text(Scope *s, json_t *item)
{
    json_t *copy = json_copy(item);

    json_object_del(copy, "status");
    const char *t = json_dump(s, copy);
    json_decref(copy);
    return t;
}

/* A message of which no piece has come before brings its text now. */
static Error *take_message(Scope *s, LlmAnswer *answer, int64_t index, json_t *item)
{
    bool streamed = answer_find(answer, index) != NULL;
    size_t i;
    json_t *part;

    json_array_foreach(json_at(item, "content"), i, part)
    {
        const char *refusal = json_at_text(part, "refusal");
        if (!text_empty(refusal))
            answer->refusal = answer_keep(answer, refusal);
        if (!streamed)
            TRY(answer_text(s, answer, index, json_at_text(part, "text")));
    }
    LlmBlock *block = answer_find(answer, index);
    if (!block)
        block = answer_add(answer, BLOCK_HIDDEN, index);
    if (block)
        block->raw = answer_keep(answer, item_text(s, item));
    return OK;
}

static void take_call(Scope *s, LlmAnswer *answer, int64_t index, json_t *item)
{
    LlmBlock *block = answer_add(answer, BLOCK_CALL, index);

    if (!block)
        return;
    block->id = answer_keep(answer, json_at_text(item, "call_id"));
    block->name = answer_keep(answer, json_at_text(item, "name"));
    block->raw = answer_keep(answer, item_text(s, item));
    answer_grow(answer, block, json_at_text(item, "arguments"));
}

static Error *take_item(Scope *s, LlmAnswer *answer, int64_t index, json_t *item)
{
    const char *type = json_at_text(item, "type");

    if (text_equal(type, "message"))
        return take_message(s, answer, index, item);
    if (text_equal(type, "function_call")) {
        take_call(s, answer, index, item);
    } else if (text_equal(type, "reasoning") && json_at_text(item, "encrypted_content")) {
        /* Without the encrypted part nobody could read it back. */
        LlmBlock *block = answer_add(answer, BLOCK_HIDDEN, index);
        if (block)
            block->raw = answer_keep(answer, item_text(s, item));
    }
    return OK;
}

static void take_usage(LlmAnswer *answer, json_t *usage)
{
    if (!json_is_object(usage))
        return;
    answer_usage(
        answer,
        &(Usage){
            .input_tokens = json_at_int(usage, "input_tokens", 0),
            .output_tokens = json_at_int(usage, "output_tokens", 0),
            .cache_read_tokens = json_at_int(usage, "input_tokens_details.cached_tokens", 0),
            .cache_write_tokens = json_at_int(usage, "input_tokens_details.cache_write_tokens", 0),
            .reasoning_tokens = json_at_int(usage, "output_tokens_details.reasoning_tokens", 0),
        });
}

static void take_failure(Scope *s, LlmAnswer *answer, json_t *body)
{
    LlmFault found = {0};

    openai_refusal(s, body, 0, &found);
    answer_failed(answer, &found);
}

/* response.completed, .incomplete, .failed: the whole answer once more. */
static Error *take_end(Scope *s, LlmAnswer *answer, json_t *response)
{
    const char *status = json_at_text(response, "status");
    const char *reason = json_at_text(response, "incomplete_details.reason");
    bool had_items = false;
    size_t i;
    json_t *item;

    take_usage(answer, json_at(response, "usage"));
    if (text_equal(status, "failed")) {
        take_failure(s, answer, response);
        return OK;
    }
    EACH (const LlmBlock, block, &answer->blocks)
        had_items = had_items || block->raw;
    if (!had_items)
        json_array_foreach(json_at(response, "output"), i, item)
            TRY(take_item(s, answer, (int64_t)i, item));
    answer->ended = true;
    answer->finish = LLM_FINISH_STOP;
    if (text_equal(status, "incomplete"))
        answer->finish =
            text_equal(reason, "content_filter") ? LLM_FINISH_FILTERED : LLM_FINISH_LENGTH;
    return OK;
}

static Error *responses_event(Scope *s, LlmAnswer *answer, json_t *event)
{
    const char *type = json_at_text(event, "type");
    int64_t index = json_at_int(event, "output_index", 0);
    json_t *response = json_at(event, "response");

    if (text_equal(json_at_text(event, "object"), "response")) /* a server that does not stream */
        return take_end(s, answer, event);
    if (text_equal(type, "response.output_text.delta"))
        return answer_text(s, answer, index, json_at_text(event, "delta"));
    if (text_equal(type, "response.output_item.done"))
        return take_item(s, answer, index, json_at(event, "item"));
    if (text_equal(type, "response.completed") || text_equal(type, "response.incomplete") ||
        text_equal(type, "response.failed"))
        return take_end(s, answer, response);
    if (text_equal(type, "error") || (!type && json_at(event, "error"))) {
        take_failure(s, answer, event);
    } else if (text_equal(type, "response.created")) {
        answer->model_name = answer_keep(answer, json_at_text(response, "model"));
        answer->id = answer_keep(answer, json_at_text(response, "id"));
    }
    return OK;
}

static const char *responses_turn(Scope *s, const LlmAnswer *answer)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '[');
    EACH (const LlmBlock, block, &answer->blocks) {
        if (!block->raw) /* a part whose end never came: text and calls say what there is */
            return NULL;
        json_put_raw(&w, block->raw);
    }
    json_close(&w, ']');
    return buffer_string(&b);
}

const LlmDriver llm_openai_responses = {
    .name = "responses",
    .api = LLM_RESPONSES,
    .url = responses_url,
    .headers = openai_headers,
    .body = responses_body,
    .event = responses_event,
    .refusal = openai_refusal,
    .turn = responses_turn,
};
