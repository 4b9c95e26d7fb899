/* What the tests of model calls start from. */
#pragma once

#include "base/json.h"
#include "llm/driver.h"
#include "test/llm/script.h"
#include "test/test.h"

/* What a sink was told. */
typedef struct Heard {
    Scope *s;
    Buffer said;
    TextList notices;
    IntList kinds;
    Usage spent; /* summed */
    int64_t times_spent, times_estimated;
    Error *objection; /* what delta answers */
} Heard;

Heard *given_heard(Scope *s);
LlmSink sink_of(Heard *heard);

/* Waits of a millisecond, three tries. */
extern const LlmSettings fast;
Llm *given_llm(Scope *s, const LlmSettings *settings);
/* "test-model" of that provider at the script's address, key "sk-secret". */
LlmModel given_model(Scope *s, const Script *script, Provider provider, LlmApi api);
/* One message: "hello". */
LlmRequest given_request(Scope *s, const LlmModel *model);
fallible ask(Scope *s, const LlmModel *model, Heard *heard, LlmReply *out);

/* Without a network: what a driver makes of a stream (' is "), in pieces of one size; and of a request. */
LlmAnswer *answer_from(Scope *s, const LlmDriver *driver, const char *stream, size_t piece);
LlmReply reply_from(Scope *s, const LlmDriver *driver, const char *stream);
LlmFault fault_from(Scope *s, const LlmDriver *driver, int status, const char *body);
json_t *body_from(Scope *s, const LlmDriver *driver, const LlmRequest *rq, unsigned without);

#define DATA(json)        "data: " json "\n\n"
#define EVENT(name, json) "event: " name "\ndata: " json "\n\n"
