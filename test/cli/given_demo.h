/* A demo server with a script of the test's, and calls to it. */
#pragma once

#include "cli/demo_llm.h"
#include "llm/llm.h"
#include "test/test.h"

typedef struct GivenDemo {
    DemoLlm *demo;
    HttpClient *client;
    Llm *llm;
} GivenDemo;

/* script: JSON with ' for "; NULL: the built-in one. At most 20 s, no pauses. */
fallible given_demo(Scope *s, const char *script, GivenDemo *out);
fallible given_demo_with(Scope *s, DemoLlmOptions options, GivenDemo *out);
/* The model named "m" in one of the four protocols. */
LlmModel demo_model(Scope *s, const GivenDemo *given, LlmApi api);
/* POSTs JSON with ' for " to the path. */
fallible post(Scope *s, const GivenDemo *given, const char *path, const char *body, HttpReply *out);
/* ' becomes ". */
const char *quoted(Scope *s, const char *t);
/* Text, as one message of the user, with one tool. */
LlmRequest a_request(Scope *s, const LlmModel *model, const char *said);
