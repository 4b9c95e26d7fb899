/* Something that edits a workspace when told to in words.
 *
 * patch_agent asks a model for edits and applies them in memory, from and to the object database:
 * it needs no working tree. Agent programs get a worktree instead. Either way the result of a run is
 * what differs from the base commit, never what was said about it. */
#pragma once

#include "base/table.h"
#include "git/commit.h"
#include "llm/llm.h"
#include "llm/prices.h"

enum {
    AGENT_TURNS_MAX = 12,  /* calls of one run, unless a setting says otherwise */
    AGENT_REPAIRS_MAX = 3, /* times faults are sent back before the last resort */
    AGENT_CONTEXT_TOKENS = 60000,
    AGENT_OUTPUT_TOKENS = 32000,
    AGENT_SUMMARY_MAX = 4000,        /* bytes of a summary */
    AGENT_INSTRUCTION_MAX = 1 << 20, /* bytes of an instruction */
    AGENT_LOG_CHUNK = 4096,          /* bytes of streamed text in one event, about */
};

/* An earlier message of the conversation, oldest first, and what came of it on this line of work. */
typedef struct AgentMessage {
    const char *instruction;
    const char *summary; /* of its chosen run; NULL when none */
} AgentMessage;

typedef LIST_OF(AgentMessage) AgentMessageList;

typedef struct AgentSettings {
    int64_t turns;          /* 0: AGENT_TURNS_MAX */
    int64_t repairs;        /* 0: AGENT_REPAIRS_MAX */
    int64_t context_tokens; /* of files shown to the model unasked; 0: AGENT_CONTEXT_TOKENS */
    int64_t
        output_tokens; /* of one answer; 0: AGENT_OUTPUT_TOKENS; never over the model's own limit */
    int64_t log_bytes; /* of log told; 0: TELL_LOG_MAX */
    int64_t files;     /* changed by one run; 0: DRAFT_FILES_MAX */
    OptReal max_cost;  /* US dollars of the whole run */
} AgentSettings;

typedef struct ContextCache ContextCache;

/* Who answers in place of a model's server, in tests. */
typedef struct AgentStandIn {
    void *self;
    fallible (*complete)(Scope *s, void *self, const LlmRequest *rq, const LlmSink *sink,
                         LlmReply *out);
} AgentStandIn;

typedef struct AgentTask {
    const char *instruction;
    AgentMessageList history;
    GitRepo *repo;
    const char *base;     /* commit id: the head of this line of work */
    const char *worktree; /* checked out at base, for drivers that need one; else NULL */
    Llm *llm;
    const AgentStandIn *stand_in; /* NULL: llm is asked */
    const LlmModel *model;
    const Price *price; /* of the model; NULL: not known */
    AgentSettings settings;
    const TextList *forbidden; /* shell patterns, beside those that always hold */
    ContextCache *cache;       /* shared by the runs of a message; NULL: none */
} AgentTask;

typedef enum AgentEventKind {
    AGENT_PHASE = 1, /* text: reading, asking, applying, repairing, done */
    AGENT_LOG,       /* text: what the model says, as it comes */
    AGENT_CONTEXT,   /* detail: RunContext, what the model is given; again when it was given more */
    AGENT_TURN,      /* detail: what one call asked for and got, in sizes */
    AGENT_USAGE,     /* usage: of one try of one call, as soon as it is known */
    AGENT_WARNING,   /* note, and its text */
} AgentEventKind;

typedef struct AgentEvent {
    AgentEventKind kind;
    const char *text;
    Note note;
    Json detail;
    Usage usage; /* cost_usd is absent when the price is unknown */
} AgentEvent;

/* Where a run tells what it does. A failure to tell ends the run. */
typedef struct AgentEvents {
    void *self;
    fallible (*emit)(Scope *s, void *self, const AgentEvent *event);
} AgentEvents;

typedef enum AgentOutcome {
    AGENT_CHANGED = 1,
    AGENT_UNCHANGED, /* the model gave reasons, in summary, and changed nothing */
} AgentOutcome;

extern const Name agent_outcome_names[];

typedef struct AgentResult {
    AgentOutcome outcome;
    TreeChangeList changes; /* against the base; empty for drivers that edited the worktree */
    const char *summary;    /* at most AGENT_SUMMARY_MAX bytes of valid UTF-8 */
    NoteList warnings;
    Usage usage; /* of all calls */
} AgentResult;

typedef struct AgentDriver {
    const char *name; /* as in the run's executor_type */
    const char *about;
    bool needs_worktree;
    /* Fails with UPSTREAM and code edits_unusable when the model's edits fit after no repair, turns_used_up
     * when it never came to edits, answer_truncated when no answer came whole; LIMITED and code
     * budget_spent before a call that could pass max_cost; and with what the model's server fails with.
     * Usage up to then is in the events. */
    fallible (*edit)(Scope *s, const AgentTask *task, const AgentEvents *events, AgentResult *out);
} AgentDriver;

extern const AgentDriver patch_agent;

/* The drivers there are, NULL at the end. */
extern const AgentDriver *const agent_drivers[];
/* INVALID when there is none of that name. */
fallible agent_driver(Scope *s, const char *name, const AgentDriver **out);
