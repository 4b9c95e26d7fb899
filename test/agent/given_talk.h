/* A repository in a table, and a model that answers by a script: each call takes the next answer. */
#pragma once

#include "agent/patch_run.h"
#include "test/agent/given.h"

typedef struct ScriptedCall {
    const char *tool; /* NULL: text is all */
    const char *arguments;
    bool bad; /* the arguments are no JSON */
} ScriptedCall;

typedef struct ScriptedAnswer {
    const char *text;
    ScriptedCall calls[3];
    LlmFinish finish; /* 0: by the calls */
    ErrorKind fails;  /* the call fails instead */
    const char *code;
    int64_t output_tokens;
} ScriptedAnswer;

/* A request as the model got it. */
typedef struct HeardRequest {
    const char *system;
    const char *last; /* the text of the last message; of a tool's result too */
    size_t messages;
    size_t tools;
    int64_t max_output_tokens;
} HeardRequest;

typedef struct GivenTalk {
    GivenFiles *files;
    CodeSource code;
    AgentTask task;
    LlmModel model;
    const ScriptedAnswer *script; /* ends with a row of zeros, which answers "That is all." */
    size_t at;
    LIST_OF(HeardRequest) heard;
    AgentStandIn stand_in;
    AgentEvents events;
    LIST_OF(AgentEvent) told;
    AgentResult result;
    size_t searches;
} GivenTalk;

GivenTalk *given_talk(Scope *s, const ScriptedAnswer *script);
fallible talk_run(Scope *s, GivenTalk *talk);
/* The content a path has in the result's changes; "(gone)" when deleted, NULL when not changed. */
const char *changed(Scope *s, const GivenTalk *talk, const char *path);
/* The texts of all events of a kind, one a line; turns as JSON. */
const char *told(Scope *s, const GivenTalk *talk, AgentEventKind kind);
/* What the nth request (from 0) ended with. */
const char *heard(const GivenTalk *talk, size_t n);
