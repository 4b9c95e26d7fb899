/* A scripted model server on loopback that speaks OpenAI Chat Completions and Responses, Anthropic
 * Messages and Google Gemini: for trying without a key, for tests and benchmarks. The script's format
 * is in docs/demo-llm.md.
 *
 *     TRY(demo_llm_start(s, &(DemoLlmOptions){0}, &demo));    // the built-in models, a free port
 *     model.base_url = demo_llm_url(s, demo);                 // OpenAI clients: with "/v1" behind it
 *
 * It checks what it is sent as the providers do, and answers 400 in their words when the client is
 * wrong. It keeps no state between requests but the count for faults.
 */
#pragma once

#include "base/text.h"

typedef struct DemoLlmOptions {
    Bytes script;         /* JSON; none: the built-in one */
    int port;             /* 0: a free one */
    int clients;          /* answers at once; 0: 64 */
    const char *key;      /* what clients must send; NULL: anything, or nothing */
    const char *log_path; /* a JSON line for each request, keys masked; NULL: none */
    const char *repo;     /* what $REPO in tool arguments stands for; NULL: it stays */
    bool instant;         /* leaves the script's pauses out, but not stalls and hangs */
} DemoLlmOptions;

typedef struct DemoLlm DemoLlm;

/* Ends with s. INVALID with the place when the script is wrong, CONFLICT when the port is taken. */
fallible demo_llm_start(Scope *s, const DemoLlmOptions *options, DemoLlm **out);
int demo_llm_port(const DemoLlm *demo);
const char *demo_llm_url(Scope *s, const DemoLlm *demo); /* http://127.0.0.1:PORT */
/* Requests that took a step of a script so far. */
int64_t demo_llm_requests(const DemoLlm *demo);

/* dursor demo-llm: runs it until SIGINT or SIGTERM. */
fallible cli_demo_llm(Scope *s, int argc, char **argv);
