/* Google Gemini. https://ai.google.dev/api/generate-content */

#include "llm/driver.h"
#include "llm/endpoint.h"
#include "net/url.h"

/* Ids of calls that came without one; only ours to know. */
static const char own_id[] = "dursor_call_";

static const char *gemini_url(Scope *s, const LlmModel *model)
{
    const char *name = model->model_name;
    const char *slash = strchr(name, '/'); /* "models/x", "tunedModels/x" */
    const char *kind = slash ? text_of(s, (Bytes){name, (size_t)(slash - name)}) : "models";

    return endpoint_url(s, model,
                        text(s, "/%s/%s:streamGenerateContent", percent_encode(s, kind),
                             percent_encode(s, slash ? slash + 1 : name)),
                        "alt=sse");
}

static void gemini_headers(Scope *s, const LlmModel *model, PairList *out)
{
    add_key_header(s, model, "x-goog-api-key", "", out);
}

/* ---- The request ---- */

static void put_text(JsonWriter *w, const char *t)
{
    json_open(w, '{');
    put_pair(w, "text", t);
    json_close(w, '}');
}

static void put_id(JsonWriter *w, const char *id)
{
    if (id && !text_starts(id, own_id))
        put_pair(w, "id", id);
}

static void put_result(JsonWriter *w, const LlmMessage *m)
{
    json_open(w, '{');
    json_key(w, "functionResponse");
    json_open(w, '{');
    put_id(w, m->tool_call_id);
    put_pair(w, "name", m->tool_name);
    json_key(w, "response");
    json_open(w, '{');
    put_pair(w, m->tool_failed ? "error" : "result", m->text);
    json_close(w, '}');
    json_close(w, '}');
    json_close(w, '}');
}

static void put_call(JsonWriter *w, const LlmToolCall *call)
{
    json_open(w, '{');
    json_key(w, "functionCall");
    json_open(w, '{');
    put_id(w, call->id);
    put_pair(w, "name", call->name);
    json_key(w, "args");
    json_put_raw(w, call->arguments.text ? call->arguments.text : "{}");
    json_close(w, '}');
    json_close(w, '}');
}

static void put_parts(JsonWriter *w, Scope *s, const LlmMessage *m)
{
    const char *turn = message_turn(m, LLM_GEMINI);

    if (m->role == LLM_TOOL) {
        put_result(w, m);
    } else if (turn) {
        put_items(w, s, turn);
    } else {
        if (!text_empty(m->text))
            put_text(w, m->text);
        EACH (const LlmToolCall, call, &m->tool_calls)
            put_call(w, call);
    }
}

/* What follows in the same role is one content: the results of parallel calls must stand together. */
static void put_contents(JsonWriter *w, Scope *s, const LlmRequest *rq)
{
    const char *role = NULL;

    json_key(w, "contents");
    json_open(w, '[');
    EACH (const LlmMessage, m, &rq->messages) {
        const char *wanted = m->role == LLM_ASSISTANT ? "model" : "user";
        if (message_empty(m))
            continue;
        if (role && role != wanted) {
            json_close(w, ']');
            json_close(w, '}');
        }
        if (role != wanted) {
            json_open(w, '{');
            put_pair(w, "role", wanted);
            json_key(w, "parts");
            json_open(w, '[');
        }
        role = wanted;
        put_parts(w, s, m);
    }
    if (role) {
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_tools(JsonWriter *w, const LlmRequest *rq, unsigned without)
{
    if (!rq->tools.count)
        return;
    json_key(w, "tools");
    json_open(w, '[');
    json_open(w, '{');
    json_key(w, "functionDeclarations");
    json_open(w, '[');
    EACH (const LlmTool, tool, &rq->tools) {
        json_open(w, '{');
        put_pair(w, "name", tool->name);
        put_pair(w, "description", tool->about);
        json_key(w, without & WITHOUT_JSON_SCHEMA ? "parameters" : "parametersJsonSchema");
        json_put_raw(w, tool_schema(tool));
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
    json_close(w, ']');
    if (!rq->tool_use || (without & WITHOUT_TOOL_CHOICE))
        return;
    json_key(w, "toolConfig");
    json_put_raw(w, rq->tool_use == LLM_TOOLS_REQUIRED
                        ? "{\"functionCallingConfig\":{\"mode\":\"ANY\"}}"
                        : "{\"functionCallingConfig\":{\"mode\":\"NONE\"}}");
}

static void gemini_body(Scope *s, const LlmRequest *rq, unsigned without, Buffer *b)
{
    JsonWriter w = json_writer(b);
    const char *system = request_system(s, rq);

    json_open(&w, '{');
    if (*system) {
        json_key(&w, "systemInstruction");
        json_open(&w, '{');
        json_key(&w, "parts");
        json_open(&w, '[');
        put_text(&w, system);
        json_close(&w, ']');
        json_close(&w, '}');
    }
    put_contents(&w, s, rq);
    put_tools(&w, rq, without);
    json_key(&w, "generationConfig");
    json_open(&w, '{');
    json_key(&w, "maxOutputTokens");
    json_put_int(&w, request_output_tokens(rq));
    put_temperature(&w, rq, without);
    json_close(&w, '}');
    json_close(&w, '}');
}

/* ---- The stream ---- */

static const Name finishes[] = {{LLM_FINISH_STOP, "STOP"},
                                {LLM_FINISH_LENGTH, "MAX_TOKENS"},
                                {LLM_FINISH_FILTERED, "SAFETY"},
                                {LLM_FINISH_FILTERED, "RECITATION"},
                                {LLM_FINISH_FILTERED, "LANGUAGE"},
                                {LLM_FINISH_FILTERED, "BLOCKLIST"},
                                {LLM_FINISH_FILTERED, "PROHIBITED_CONTENT"},
                                {LLM_FINISH_FILTERED, "SPII"},
                                {0}};

static void take_call(Scope *s, LlmAnswer *answer, json_t *part)
{
    json_t *call = json_at(part, "functionCall");
    const char *id = json_at_text(call, "id");
    json_t *args = json_at(call, "args");
    LlmBlock *block = answer_add(answer, BLOCK_CALL, -1);

    if (!block)
        return;
    block->id = text_empty(id) ? text(answer->s, "%s%zu", own_id, answer->blocks.count)
                               : answer_keep(answer, id);
    block->name = answer_keep(answer, json_at_text(call, "name"));
    block->raw = answer_keep(answer, json_dump(s, part));
    answer_grow(answer, block, json_is_object(args) ? json_dump(s, args) : "{}");
}

/* Text pieces join; a piece with a signature is a block of its own, because it goes back as it came. */
static Error *take_part(Scope *s, LlmAnswer *answer, json_t *part)
{
    const char *said = json_at_text(part, "text");
    bool thought = json_at_bool(part, "thought", false);
    bool signed_part = json_at_text(part, "thoughtSignature") != NULL;
    int64_t index = signed_part ? (int64_t)answer->blocks.count + 1 : 0;

    if (json_is_object(json_at(part, "functionCall"))) {
        take_call(s, answer, part);
        return OK;
    }
    if (!thought && !text_empty(said))
        TRY(answer_text(s, answer, index, said));
    else if (signed_part)
        answer_add(answer, BLOCK_HIDDEN, index);
    LlmBlock *block = signed_part ? answer_find(answer, index) : NULL;
    if (block)
        block->raw = answer_keep(answer, json_dump(s, part));
    return OK;
}

static void take_usage(LlmAnswer *answer, json_t *usage)
{
    int64_t thoughts = json_at_int(usage, "thoughtsTokenCount", 0);

    if (!json_is_object(usage))
        return;
    answer_usage(answer,
                 &(Usage){
                     .input_tokens = json_at_int(usage, "promptTokenCount", 0) +
                                     json_at_int(usage, "toolUsePromptTokenCount", 0),
                     .output_tokens = json_at_int(usage, "candidatesTokenCount", 0) + thoughts,
                     .cache_read_tokens = json_at_int(usage, "cachedContentTokenCount", 0),
                     .reasoning_tokens = thoughts,
                 });
}

static void take_finish(LlmAnswer *answer, const char *reason, const char *message)
{
    if (text_empty(reason))
        return;
    int known = name_find(finishes, reason);
    answer->ended = true;
    answer->finish = known ? (LlmFinish)known : LLM_FINISH_STOP;
    if (answer->finish == LLM_FINISH_FILTERED)
        answer->refusal = answer_keep(answer, reason);
    if (text_equal(reason, "MALFORMED_FUNCTION_CALL") || text_equal(reason, "UNEXPECTED_TOOL_CALL"))
        answer_fault(answer, FAULT_MALFORMED, text_empty(message) ? reason : message);
}

static const FaultWord words[] = {{"API_KEY_INVALID", FAULT_KEY},
                                  {"API key not valid", FAULT_KEY},
                                  {"API key expired", FAULT_KEY},
                                  {"BILLING_DISABLED", FAULT_CREDIT},
                                  {"credits are depleted", FAULT_CREDIT},
                                  {"PerDay", FAULT_QUOTA},
                                  {"exceeds the maximum number of tokens", FAULT_CONTEXT},
                                  {"Unknown name", FAULT_PARAMETER},
                                  {0}};

static const FaultWord states[] = {
    {"UNAUTHENTICATED", FAULT_KEY},      {"PERMISSION_DENIED", FAULT_PERMISSION},
    {"RESOURCE_EXHAUSTED", FAULT_RATE},  {"UNAVAILABLE", FAULT_OVERLOAD},
    {"DEADLINE_EXCEEDED", FAULT_SERVER}, {"INTERNAL", FAULT_SERVER},
    {"CANCELLED", FAULT_SERVER},         {0}};

/* {"error":{"code","message","status","details":[{"@type","reason"|"retryDelay"|"violations"…}]}} */
static void gemini_refusal(Scope *s, json_t *body, int status, LlmFault *fault)
{
    const char *detail = json_at_text(body, "error.message");
    json_t *details = json_at(body, "error.details");
    const char *details_text = json_is_array(details) ? json_dump(s, details) : NULL;

    fault->detail = text_copy(s, detail);
    fault->kind = fault_word(words, details_text);
    if (!fault->kind)
        fault->kind = fault_word(words, detail);
    if (!fault->kind &&
        (status == 404 || text_equal(json_at_text(body, "error.status"), "NOT_FOUND")))
        fault->kind = detail && strcasestr(detail, "model") ? FAULT_MODEL : FAULT_ADDRESS;
    if (!fault->kind)
        fault->kind = fault_word(states, json_at_text(body, "error.status"));
    if (fault->kind == FAULT_PARAMETER)
        fault_parameter(fault, detail);
    fault->retry_after_us = fault_delay(details_text, "\"retryDelay\"");
}

static Error *gemini_event(Scope *s, LlmAnswer *answer, json_t *event)
{
    const char *blocked = json_at_text(event, "promptFeedback.blockReason");
    size_t i;
    json_t *part;

    if (json_is_object(json_at(event, "error"))) {
        LlmFault found = {0};
        gemini_refusal(s, event, 0, &found);
        answer_failed(answer, &found);
        return OK;
    }
    if (!answer->model_name)
        answer->model_name = answer_keep(answer, json_at_text(event, "modelVersion"));
    if (!answer->id)
        answer->id = answer_keep(answer, json_at_text(event, "responseId"));
    take_usage(answer, json_at(event, "usageMetadata"));
    json_array_foreach(json_at(event, "candidates.0.content.parts"), i, part)
        TRY(take_part(s, answer, part));
    take_finish(answer, json_at_text(event, "candidates.0.finishReason"),
                json_at_text(event, "candidates.0.finishMessage"));
    if (!text_empty(blocked)) {
        answer->ended = true;
        answer->finish = LLM_FINISH_FILTERED;
        answer->refusal = answer_keep(answer, blocked);
    }
    return OK;
}

static const char *gemini_turn(Scope *s, const LlmAnswer *answer)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);
    bool needed = false;

    json_open(&w, '[');
    EACH (const LlmBlock, block, &answer->blocks) {
        if (block->raw)
            json_put_raw(&w, block->raw);
        else if (block->kind == BLOCK_TEXT)
            put_text(&w, block->body.data);
        needed = needed || block->raw;
    }
    json_close(&w, ']');
    return needed ? buffer_string(&b) : NULL;
}

const LlmDriver llm_google = {
    .name = "gemini",
    .api = LLM_GEMINI,
    .url = gemini_url,
    .headers = gemini_headers,
    .body = gemini_body,
    .event = gemini_event,
    .refusal = gemini_refusal,
    .turn = gemini_turn,
};
