/* Calls to language models: one request, one streamed answer.
 *
 *     TRY(llm_open(s, client, &settings, &llm));                  // once a process
 *     LlmRequest rq = {.model = &model, .system = rules};
 *     *list_add(s, &rq.messages) = (LlmMessage){.role = LLM_USER, .text = question};
 *     TRY(llm_complete(s, llm, &rq, &sink, &reply));
 *     *list_add(s, &rq.messages) = llm_reply_message(&reply);     // and on with the conversation
 *
 * A call waits for its turn (calls at once per key), is repeated where a repeat can help (full-jitter
 * back-off, never sooner than the provider asked), and ends within 100 ms of its scope's end with the
 * connection closed. Llm is thread-safe; everything else belongs to the calling thread.
 *
 * How it fails (kind, code; * = was tried again before):
 *   DENIED       key_refused, key_missing, no_credit, quota_used_up, not_permitted
 *   MISSING      model_unknown, address_wrong
 *   INVALID      context_too_long, request_refused; TOO_LARGE request_too_large
 *   LIMITED      rate_limited* (retry_after_us says when)
 *   UNAVAILABLE  provider_unreachable*, provider_overloaded*, provider_failed*, answer_cut*,
 *                answer_failed* (an error event after the start); TIMEOUT provider_silent*
 *   UPSTREAM     answer_truncated, answer_refused, answer_filtered, answer_empty*, answer_malformed*,
 *                answer_too_large
 *   CANCELLED, TIMEOUT without a code of their own when the scope ended. Messages never hold a key.
 */
#pragma once

#include "model/entities.h"
#include "model/settings.h"
#include "net/http_client.h"
#include "net/rates.h"

enum {
    LLM_OUTPUT_TOKENS = 16 << 10,  /* asked for when neither request nor model says */
    LLM_ANSWER_MAX = 8 << 20,      /* bytes of text, arguments and state of one answer */
    LLM_BLOCKS_MAX = 1024,         /* parts of one answer: texts, calls, thoughts */
    LLM_ERROR_BODY_MAX = 64 << 10, /* bytes read of an error's body */
    LLM_KEYS_MAX = 256,            /* keys in use at once */
};

/* The protocol. 0: by provider; for openai LLM_RESPONSES at OpenAI itself, else LLM_CHAT. */
typedef enum LlmApi { LLM_CHAT = 1, LLM_RESPONSES, LLM_MESSAGES, LLM_GEMINI } LlmApi;
extern const Name llm_api_names[]; /* chat, responses, messages, gemini */

typedef struct LlmModel {
    Provider provider;
    const char *model_name;
    const char *base_url; /* NULL: the provider's own; any server that speaks its protocol else */
    const char *api_key;  /* secret; NULL or "" for servers that want none */
    LlmApi api;
    int64_t output_tokens_max; /* 0: not known */
} LlmModel;

typedef enum LlmRole { LLM_SYSTEM = 1, LLM_USER, LLM_ASSISTANT, LLM_TOOL } LlmRole;

typedef struct LlmToolCall {
    const char *id;
    const char *name;
    Json arguments; /* always an object */
    const char *
        bad_arguments; /* what the model wrote when it was none (arguments is then {}); else NULL */
} LlmToolCall;

typedef LIST_OF(LlmToolCall) LlmToolCallList;

/* The assistant's turn in its provider's own form (thinking signatures, reasoning items), sent back
 * unchanged in place of text and tool_calls while the api stays the same. */
typedef struct LlmState {
    LlmApi api; /* 0: none */
    Json turn;
} LlmState;

typedef struct LlmMessage {
    LlmRole role;
    const char *text;           /* NULL is "" */
    LlmToolCallList tool_calls; /* of an assistant */
    const char *tool_call_id;   /* of LLM_TOOL, whose text is the result */
    const char *tool_name;      /* of LLM_TOOL */
    bool tool_failed;           /* of LLM_TOOL: the text says why */
    LlmState state;             /* of an assistant; drop it to change what was said */
} LlmMessage;

typedef LIST_OF(LlmMessage) LlmMessageList;

typedef struct LlmTool {
    const char *name; /* letters, digits, _ and -, at most 64 */
    const char *about;
    Json schema; /* JSON schema of an object */
} LlmTool;

typedef LIST_OF(LlmTool) LlmToolList;

typedef enum LlmToolUse { LLM_TOOLS_FREE = 0, LLM_TOOLS_REQUIRED, LLM_TOOLS_NONE } LlmToolUse;

typedef struct LlmRequest {
    const LlmModel *model;
    const char *system;
    LlmMessageList
        messages; /* LLM_SYSTEM ones join system; results of one turn's calls stand together */
    LlmToolList tools;
    LlmToolUse tool_use;
    int64_t max_output_tokens; /* 0: the model's, else LLM_OUTPUT_TOKENS; includes thinking */
    OptReal temperature;       /* left out where the model takes none */
    bool continues;            /* another call will begin with these messages: worth caching */
    const char *cache_key;     /* the same for calls with a common beginning; NULL: none */
    bool takes_truncated;      /* LLM_FINISH_LENGTH is an answer, not an error */
} LlmRequest;

typedef enum LlmFinish {
    LLM_FINISH_STOP = 1,
    LLM_FINISH_LENGTH,
    LLM_FINISH_TOOL_CALLS,
    LLM_FINISH_REFUSED, /* the last two never reach a reply: they are errors */
    LLM_FINISH_FILTERED,
} LlmFinish;

/* Usage is normalised: input_tokens has neither cache reads nor cache writes in it, whatever the
 * provider counts; the whole prompt is the sum of the three. output_tokens includes reasoning. */
typedef struct LlmReply {
    const char *text; /* "" when it only calls tools */
    LlmToolCallList tool_calls;
    LlmFinish finish;
    Usage usage;            /* of the answer; failed tries are told to the sink only */
    bool usage_estimated;   /* the server gave none: by llm/estimate.h */
    const char *model;      /* as the provider names it; may be NULL */
    const char *request_id; /* for its support; may be NULL */
    int64_t tries;
    LlmState state;
} LlmReply;

typedef enum LlmNoticeKind {
    LLM_WAITS_TURN = 1,  /* for its place among the calls of this key */
    LLM_WAITS_RETRY,     /* before another try; what streamed so far is void */
    LLM_DROPS_PARAMETER, /* the model takes it not: asked again without */
} LlmNoticeKind;

typedef struct LlmNotice {
    LlmNoticeKind kind;
    const char *message; /* "waiting 12 s because anthropic asked for it (rate limited)" */
    int64_t wait_us;     /* 0: not known */
    int64_t attempt;     /* the one that ended, from 1 */
} LlmNotice;

/* Told while the call goes on, in its thread; an error of any of them ends the call and is its result.
 * Each may be NULL. */
typedef struct LlmSink {
    void *self;
    Error *(*delta)(Scope *s, void *self,
                    const char *text); /* a piece of the answer, valid UTF-8 */
    Error *(*notice)(Scope *s, void *self, const LlmNotice *notice);
    /* For each try that used tokens, failed ones too, so that sums and budgets are true. */
    Error *(*spent)(Scope *s, void *self, const Usage *usage, bool estimated);
} LlmSink;

/* Zero takes the preset. */
typedef struct LlmSettings {
    int64_t connect_us;          /* 10 s */
    int64_t first_byte_us;       /* 120 s */
    int64_t other_first_byte_us; /* 600 s: for base URLs, whose server may load the model first */
    int64_t idle_us;             /* 120 s between bytes of the stream */
    int64_t thinking_idle_us;    /* 300 s: for OpenAI's models that think in silence */
    int64_t whole_us;            /* 30 min, one try; no further try begins after that */
    int64_t tries;               /* 5 */
    int64_t concurrency;         /* 8 calls at once per key */
    int64_t per_minute;          /* calls with one key that rates let through; 0: all */
    Rates *rates;                /* NULL: without limit. Outlives the Llm */
    int64_t backoff_first_us;    /* 1 s */
    int64_t backoff_most_us;     /* 60 s */
    int64_t patience_us;         /* 5 min: a longer wait asked for ends the call as LIMITED */
    int64_t breaker_failures; /* 5 connections in a row that failed open the circuit of an address */
    int64_t breaker_pause_us; /* 15 s until one call may try */
} LlmSettings;

typedef struct Llm Llm;

/* From the process's settings; a time that was set holds for all servers and models. */
LlmSettings llm_settings(const Settings *settings);

/* The client must outlive s. */
fallible llm_open(Scope *s, HttpClient *client, const LlmSettings *settings, Llm **out);

/* sink may be NULL. *out lives in s. */
fallible llm_complete(Scope *s, Llm *llm, const LlmRequest *rq, const LlmSink *sink, LlmReply *out);

/* Says what is wrong with a model before it is called: no name, bad URL, no key where one is needed. */
fallible llm_model_check(Scope *s, const LlmModel *model);

/* What to add to the messages after a reply. */
LlmMessage llm_reply_message(const LlmReply *reply);
