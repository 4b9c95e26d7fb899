/* One HTTP exchange with a model: the request out, the stream in. */
#pragma once

#include "llm/driver.h"
#include "llm/gates.h"

enum {
    LLM_STREAM_MAX = 256 << 20
}; /* bytes of one stream; each token comes wrapped in some hundred */

typedef struct Exchange {
    const LlmDriver *driver;
    const LlmRequest *rq;
    unsigned without;            /* LlmParameter bits */
    const LlmSettings *settings; /* complete */
    HttpClient *client;
    Attempt *attempt; /* told whether the address was reached */
} Exchange;

/* Fills the answer, whose scope is s; what goes wrong with the provider is the answer's fault. *accepted:
 * the provider took the request, so that it costs. *sent is the body. Fails with CANCELLED or TIMEOUT
 * of the scope, with the sink's error, and INVALID for an address that is none. */
fallible exchange_run(Scope *s, const Exchange *exchange, LlmAnswer *answer, bool *accepted,
                      Bytes *sent);
