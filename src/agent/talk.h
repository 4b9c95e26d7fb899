/* The conversation of one run with its model: what was asked, what came, what is still wrong. */
#pragma once

#include "agent/draft.h"
#include "agent/given.h"
#include "agent/prompt.h"
#include "agent/teller.h"

enum {
    TALK_READ_PATHS_MAX = 30, /* files of one request */
    TALK_SEARCH_WORDS_MAX = 8,
    TALK_SEARCH_LINES_MAX = 80, /* lines told of one search */
    TALK_CUT_OFFS_MAX = 2,      /* answers in a row that may be cut off by their length */
};

/* What one answer held, for the turn's event. */
typedef struct TurnRecord {
    EditForm form;
    size_t edits;
    EditFaultList faults;
} TurnRecord;

typedef struct Talk {
    Scope *s;
    const AgentTask *task;
    const CodeSource *code;
    Draft *draft;
    Teller teller;
    LlmRequest rq;
    AskForm form;
    int64_t output_tokens; /* asked for in the next call */
    int64_t asked_tokens;  /* of the last request, estimated */
    int64_t room;          /* tokens of files and hits it may still ask to see */
    int64_t turn;          /* calls so far */
    int64_t repairs;       /* answers whose edits did not fit */
    int64_t cut_offs;
    bool nudged;      /* told once that an answer without edits came */
    bool whole_asked; /* the last resort: whole files were asked for */
    TextList pending; /* paths whose edits did not fit yet */
    TextList shown;   /* paths it has seen whole */
    RunContext given; /* what it was shown, for people to see */
    const char *summary;
    TurnRecord record;
    bool done;
} Talk;

int64_t talk_turns(const Talk *t);
int64_t talk_repairs(const Talk *t);

/* Applies an answer's edits, decides how it goes on, and says in words for the model what came of them. */
fallible talk_edits(Talk *t, EditAnswer *answer, bool more, const char **told);

/* What read_files and search answer. */
fallible talk_read(Talk *t, const TextList *paths, const char **told);
fallible talk_search(Talk *t, const char *query, const char **told);

/* Deals with a reply: its tool calls, or its text; adds the next message unless the talk is done. */
fallible talk_tools(Talk *t, const LlmReply *reply);
fallible talk_text(Talk *t, const LlmReply *reply);
/* A reply that was cut off by its length: none of it counts. */
fallible talk_cut_off(Talk *t, const LlmReply *reply);

/* Tells the turn: {"turn", "form", …, "tool_calls": […], "edits", "faults": […]} in sizes, not texts; those are
 * in the log. messages: how many were sent. */
fallible talk_record(Talk *t, const LlmReply *reply, size_t messages);

/* Tells what the model was given so far. */
fallible talk_given(Talk *t);

/* Adds a message of ours; on the last turn with the hint that it is. */
void talk_say(Talk *t, const char *told);
