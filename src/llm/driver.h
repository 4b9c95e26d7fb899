/* What differs between the protocols: one file each. A driver is pure: it writes the request and
 * reads events; llm.c does the calling, waiting and trying again.
 */
#pragma once

#include "llm/answer.h"

typedef struct LlmDriver {
    const char *name; /* as in llm_api_names */
    LlmApi api;
    const char *(*url)(Scope *s, const LlmModel *model);
    /* Only those of the protocol and the key. */
    void (*headers)(Scope *s, const LlmModel *model, PairList *out);
    /* without: LlmParameter bits to leave out. s: scratch. */
    void (*body)(Scope *s, const LlmRequest *rq, unsigned without, Buffer *b);
    /* One event of the stream, or the whole body of a server that does not stream. Fails only as the sink does. */
    Error *(*event)(Scope *s, LlmAnswer *answer, json_t *event);
    /* Reads an error's body into detail, kind (FAULT_NONE when its words say nothing), parameter and time. */
    void (*refusal)(Scope *s, json_t *body, int status, LlmFault *fault);
    /* The turn as it is sent back: JSON text in s. NULL: text and calls say all. */
    const char *(*turn)(Scope *s, const LlmAnswer *answer);
} LlmDriver;

extern const LlmDriver llm_openai_chat, llm_openai_responses, llm_anthropic, llm_google;

const LlmDriver *llm_driver(Scope *s, const LlmModel *model);

/* Takes one event's data: parses it, mends what breaks strict readers, hands it to the driver; what
 * is no JSON becomes the answer's FAULT_MALFORMED. Nothing more is read after a fault. */
fallible llm_event(Scope *s, const LlmDriver *driver, LlmAnswer *answer, const char *data);

/* JSON text without what strict readers refuse in strings: NUL and halves of surrogate pairs, which
 * some servers send when they cut a character in two, become U+FFFD. */
const char *json_mended(Scope *s, const char *json);

/* The JSON text of an object, mended if need be; "{}" for NULL and ""; NULL when it is none. */
const char *object_text(Scope *s, const char *json);

/* ---- For the drivers ---- */

/* The request's system text with those of its LLM_SYSTEM messages; "" when there is none. */
const char *request_system(Scope *s, const LlmRequest *rq);
int64_t request_output_tokens(const LlmRequest *rq);
/* The state of a message, when this api can take it back; else NULL. */
const char *message_turn(const LlmMessage *message, LlmApi api);
/* A tool's schema; an object without properties when it has none. */
const char *tool_schema(const LlmTool *tool);
/* Nothing to send: a system message (they are collected apart), or one without any content. */
bool message_empty(const LlmMessage *message);
/* The elements of a JSON array text, without its brackets, into an array that is being written. */
void put_items(JsonWriter *w, Scope *s, const char *array);
/* "key":"value"; NULL is "". */
void put_pair(JsonWriter *w, const char *key, const char *value);
/* The temperature, when it is asked for and the model takes one. */
void put_temperature(JsonWriter *w, const LlmRequest *rq, unsigned without);
/* "Bearer KEY" or the like, in memory that is wiped with s; nothing without a key. */
void add_key_header(Scope *s, const LlmModel *model, const char *name, const char *before,
                    PairList *out);
/* Both OpenAI APIs, and the many that copy them. */
void openai_headers(Scope *s, const LlmModel *model, PairList *out);
void openai_refusal(Scope *s, json_t *body, int status, LlmFault *fault);
