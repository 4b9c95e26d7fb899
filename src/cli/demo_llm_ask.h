/* What the demo server was asked, and how each protocol reads and writes. */
#pragma once

#include "cli/demo_llm_script.h"
#include "net/http_server.h"

typedef struct DemoProtocol DemoProtocol;

/* A request, whatever its protocol. */
typedef struct DemoAsk {
    Scope *s;
    const char *model;
    bool stream;
    bool usage_wanted; /* of a stream */
    bool has_tools;
    size_t turns;   /* of the model with tool calls, after the last message of the user */
    size_t answers; /* of the model so far */
    TextList open;  /* calls without a result yet */
    Buffer texts;   /* all of it, for conditions */
} DemoAsk;

/* What is said back. */
typedef struct DemoReply {
    const DemoAsk *ask;
    const DemoStep *step;
    const char *id;                                 /* random, without a prefix */
    int64_t created;                                /* seconds since 1970 */
    int64_t input, output, cache_read, cache_write; /* tokens; input without the caches */
} DemoReply;

typedef struct DemoFrame {
    const char *event; /* NULL: none */
    const char *data;
} DemoFrame;

typedef LIST_OF(DemoFrame) DemoFrameList;

struct DemoProtocol {
    const char *name;
    /* INVALID with the provider's kind of words for what a client does wrong. */
    fallible (*read)(DemoAsk *ask, json_t *body);
    void (*frames)(Scope *s, const DemoReply *reply, DemoFrameList *out);
    void (*whole)(Scope *s, const DemoReply *reply, JsonWriter *out);
    const char *(*fault)(Scope *s, int status, const char *message);
    const char *(*key)(Scope *s, const HttpRequest *rq); /* NULL: none was sent */
};

extern const DemoProtocol demo_chat, demo_responses, demo_messages, demo_gemini;

/* ---- For readers: the rules that all providers share ---- */

void ask_text(DemoAsk *ask, const char *t);
/* A string, or a list of parts with "text" in them. */
void ask_content(DemoAsk *ask, json_t *content);
/* The model said something; calls follow. INVALID while results are missing. */
fallible ask_answer(DemoAsk *ask);
fallible ask_call(DemoAsk *ask, const char *id, bool first_of_turn);
/* INVALID when no such call is open. */
fallible ask_result(DemoAsk *ask, const char *id);
/* A message of the user. INVALID while results are missing. */
fallible ask_user(DemoAsk *ask);
/* The end: nothing may be open. */
fallible ask_end(DemoAsk *ask);
/* A non-empty string member, else INVALID. */
fallible ask_member(DemoAsk *ask, json_t *object, const char *key, const char **out);
/* A positive whole number when present, else INVALID. */
fallible ask_limit(DemoAsk *ask, json_t *body, const char *key);

/* ---- For writers ---- */

/* Cuts a text into pieces as models stream them, never inside a character. */
TextList demo_pieces(Scope *s, const char *t);
/* The arguments of a call as JSON object; a custom tool's text becomes {"input": text}. */
const char *demo_arguments(Scope *s, const DemoTool *tool);
/* A custom tool's text; NULL when the input is an object. */
const char *demo_custom_input(Scope *s, const DemoTool *tool);
/* An id for the step's call with that number. */
const char *demo_call_id(Scope *s, const DemoReply *reply, size_t number);
void demo_frame(Scope *s, DemoFrameList *out, const char *event, Buffer *data);
/* "Authorization: Bearer KEY". */
const char *demo_bearer(Scope *s, const HttpRequest *rq);
void json_put_pair(JsonWriter *w, const char *key, const char *t);
void json_put_number(JsonWriter *w, const char *key, int64_t value);
