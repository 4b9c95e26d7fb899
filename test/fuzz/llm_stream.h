/* The bytes as one protocol's stream, and as the body of an error: whatever a model says, the reply
 * is whole and the next request, which says it back, is JSON. */
#pragma once

#include "llm/reply.h"
#include "net/sse.h"
#include "test/fuzz/fuzz.h"

typedef struct Fuzzed {
    const LlmDriver *driver;
    LlmAnswer *answer;
} Fuzzed;

static Error *fuzzed_event(Scope *s, void *to, const SseEvent *event)
{
    Fuzzed *fuzzed = to;

    return llm_event(s, fuzzed->driver, fuzzed->answer, event->data);
}

static void check_next_request(Scope *s, const LlmDriver *driver, const LlmReply *reply)
{
    LlmModel model = {.provider = PROVIDER_OPENAI, .model_name = "m", .base_url = "http://h"};
    LlmRequest rq = {.model = &model, .continues = true};
    Buffer body = buffer_in(s);
    json_t *value;

    *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_USER, .text = "?"};
    *list_add(s, &rq.messages) = llm_reply_message(reply);
    EACH (const LlmToolCall, call, &reply->tool_calls) {
        FUZZ_CHECK(call->id && call->name && object_text(s, call->arguments.text));
        *list_add(s, &rq.messages) = (LlmMessage){
            .role = LLM_TOOL, .tool_call_id = call->id, .tool_name = call->name, .text = "r"};
    }
    driver->body(s, &rq, 0, &body);
    Error *e = json_parse(s, buffer_view(&body), &value);
    FUZZ_CHECK(!e || body.size > JSON_TEXT_MAX);
}

static void fuzz_refusal(Scope *s, const LlmDriver *driver, Bytes bytes)
{
    LlmModel model = {.provider = PROVIDER_OPENAI, .model_name = "m", .api_key = "k3y"};
    LlmFault fault = {0};
    json_t *body = NULL;
    Error *e = json_parse(s, bytes, &body);

    if (e || !json_is_object(body))
        return;
    driver->refusal(s, body, 400, &fault);
    e = fault_error(s, &model, &fault, 1);
    FUZZ_CHECK(!strstr(e->message, "k3y"));
}

static void fuzz_stream(const LlmDriver *driver, Bytes bytes)
{
    UNIT(s, NULL, "fuzz");
    LlmModel model = {.provider = PROVIDER_OPENAI, .model_name = "m"};
    LlmAnswer answer = {.s = s, .model = &model};
    LlmRequest rq = {.model = &model, .takes_truncated = true};
    Fuzzed fuzzed = {driver, &answer};
    LlmReply reply;
    bool estimated;

    fuzz_refusal(s, driver, bytes);
    Error *e = sse_read(s, sse_reader(s, 0, fuzzed_event, &fuzzed), bytes);
    FUZZ_CHECK(!e || e->kind == UPSTREAM);
    Usage used = answer_used(&answer, bytes, &estimated);
    FUZZ_CHECK(used.input_tokens >= 0 && used.output_tokens >= 0 && used.cache_read_tokens >= 0);
    answer_judge(&answer, &rq);
    if (answer.fault.kind)
        return;
    reply_of(s, driver, &answer, &reply);
    FUZZ_CHECK(reply.text && utf8_valid(bytes_of(reply.text)));
    FUZZ_CHECK(*reply.text || reply.tool_calls.count);
    check_next_request(s, driver, &reply);
}
