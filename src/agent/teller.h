/* What a run tells while it works: phases, the model's words in chunks, turns, usage as soon as it is
 * known, warnings. Keeps the sums that the result needs. */
#pragma once

#include "agent/agent.h"

enum {
    TELL_LOG_MAX = 64 << 20, /* bytes of log told in one run, unless a setting says otherwise */
    TELL_WARNINGS_MAX = 100,
};

typedef struct Teller {
    Scope *s;                  /* of the run */
    const AgentEvents *events; /* NULL: nobody listens */
    const Price *price;
    Buffer words; /* not told yet */
    int64_t told; /* bytes of words so far */
    int64_t most; /* bytes of words that are told */
    Usage usage;  /* of the run */
    NoteList warnings;
} Teller;

Teller teller_in(Scope *s, const AgentTask *task);

fallible tell_phase(Teller *teller, const char *phase);
/* A line of our own among the model's words. */
fallible tell_log(Teller *teller, const char *line);
fallible tell_turn(Teller *teller, const char *json);
/* json: a RunContext. */
fallible tell_context(Teller *teller, const char *json);
/* Each text is told once. */
fallible tell_warning(Teller *teller, const Note *note);
/* The named value of a note's translation. */
Json tell_param(Teller *teller, const char *name, const char *value);
/* What is left of the model's words. */
fallible tell_rest(Teller *teller);

/* For the call: streams words and usage. */
LlmSink teller_sink(Teller *teller);
