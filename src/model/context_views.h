/* What a model was given before it answered: told by the agent while it works, kept as an event of the
 * run, shown as it is. */
#pragma once

#include "base/table.h"

typedef struct ContextFile {
    const char *path;
    int64_t bytes;      /* of the text that was shown: a file may be shown in part */
    int64_t tokens;     /* about */
    const char *reason; /* "named", "search: greet", "folder", "manifest"; "asked": by the model */
} ContextFile;

typedef LIST_OF(ContextFile) ContextFileList;

typedef struct RunContext {
    const char *system; /* NULL: not known, as of runs that came before this was kept */
    const char *prompt; /* the first message, without the files' contents */
    ContextFileList files;
    OptInt tokens; /* of the first request, about */
    bool is_cut;   /* texts end early, or files are missing: there was too much to keep */
} RunContext;

extern const Type run_context_type;
