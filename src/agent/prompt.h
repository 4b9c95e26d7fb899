/* What the model is told: who it is, how it answers, what it may do. */
#pragma once

#include "agent/agent.h"
#include "agent/context.h"

/* The form edits are asked for in. What comes is read by agent/edits.h whatever was asked. */
typedef enum AskForm {
    ASK_TOOLS = 1, /* tools read_files, search, edit_files */
    ASK_BLOCKS,    /* search/replace blocks in the text */
    ASK_WHOLE,     /* whole files in the text */
} AskForm;

extern const Name ask_form_names[];

/* By the beginning of the model's name, else by who serves it: models nobody measured write whole files
 * best (Aider's polyglot data: one model, 8 % solved with diffs, 16 % with whole files). */
AskForm ask_form(const LlmModel *model);

/* System text for the form. */
const char *prompt_system(Scope *s, AskForm form, const TextList *forbidden);
LlmToolList prompt_tools(Scope *s, AskForm form);

/* The first message: earlier messages, the tree, files, the instruction at the end. */
typedef struct PromptParts {
    const AgentTask *task;
    const CodeSource *code;
    const Ranking *ranking;
    int64_t tokens; /* for files */
} PromptParts;

typedef struct Prompt {
    const char *text;
    const char *outline; /* the same without the contents of files */
    ContextFileList shown;
} Prompt;

fallible prompt_first(Scope *s, const PromptParts *parts, Prompt *out);
