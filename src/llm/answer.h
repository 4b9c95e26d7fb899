/* An answer as it grows from a stream: blocks of text, calls and what only the provider reads, in
 * the order they came. Drivers add to it; llm/reply.h makes a reply or a fault of it. */
#pragma once

#include "base/json.h"
#include "llm/fault.h"

typedef enum LlmBlockKind {
    BLOCK_TEXT = 1,
    BLOCK_CALL,   /* body: the arguments as JSON text */
    BLOCK_HIDDEN, /* thoughts: not part of the text */
} LlmBlockKind;

typedef struct LlmBlock {
    LlmBlockKind kind;
    int64_t index;         /* as the provider counts; -1 when it does not */
    const char *id, *name; /* of a call */
    Buffer body;
    const char *signature; /* of a thought */
    const char *raw;       /* the block as JSON of its provider, when it is sent back as it came */
} LlmBlock;

typedef LIST_OF(LlmBlock) LlmBlockList;

typedef struct LlmAnswer {
    Scope *s; /* where it grows: the try's */
    const LlmModel *model;
    const LlmSink *sink; /* may be NULL */
    LlmBlockList blocks;
    size_t size;      /* bytes in all blocks */
    LlmFinish finish; /* 0: not said */
    bool ended;       /* the provider said that it is complete */
    Usage usage;
    bool usage_seen;
    const char *model_name, *id; /* as the provider said */
    const char *refusal;         /* the model's words, or the filter's reason */
    LlmFault fault;              /* an error event, or an answer that cannot be read */
    const char *reasoning;       /* chat: what some servers want back beside the calls */
} LlmAnswer;

/* The newest block with the index, or NULL. Valid until the next answer_add. */
LlmBlock *answer_find(LlmAnswer *answer, int64_t index);
/* NULL, with FAULT_LARGE in the answer, when there are too many. */
LlmBlock *answer_add(LlmAnswer *answer, LlmBlockKind kind, int64_t index);
/* Adds to a block's body; false, with FAULT_LARGE in the answer, when it is too much. t may be NULL. */
bool answer_grow(LlmAnswer *answer, LlmBlock *block, const char *t);
/* A piece of the text, which the sink hears of, into the block with the index or, when the last block
 * is another's, a new one. s: for the sink. */
fallible answer_text(Scope *s, LlmAnswer *answer, int64_t index, const char *t);
/* The first fault stays. */
void answer_fault(LlmAnswer *answer, LlmFaultKind kind, const char *detail);
/* An error event: what will stay keeps its kind, the rest is FAULT_EVENT. */
void answer_failed(LlmAnswer *answer, const LlmFault *found);
/* Tokens as providers count that include cached ones in the prompt; nonsense is bounded. */
void answer_usage(LlmAnswer *answer, const Usage *counted);
/* Copies a text that may be NULL into the answer's scope and counts it; NULL when it is too much. */
const char *answer_keep(LlmAnswer *answer, const char *t);
