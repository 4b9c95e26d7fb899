/* The arguments of dursor run. */
#pragma once

#include "base/table.h"
#include "model/views.h"

/* What dursor run is asked to do. */
typedef enum RunAction {
    RUN_COMPARE = 1, /* an instruction was given */
    RUN_SHOW,        /* none: the latest comparison once more */
    RUN_DIFF,
    RUN_APPLY,
    RUN_BRANCH,
    RUN_PULL,
    RUN_LIST,
    RUN_REMOVE,
    RUN_HELP,
} RunAction;

typedef struct RunArgs {
    RunAction action;
    const char *repo; /* path or URL; NULL: the current directory */
    TextList models;
    const char *instruction; /* of the arguments, a file or standard input */
    const char *base;
    const char *task; /* id; NULL: the latest of the repository */
    OptReal max_cost;
    int64_t number; /* of a run in the table, from 1; of RUN_BRANCH: 0 is the first that succeeded */
    const char *branch;
    bool goes_on; /* --continue */
    bool force;
    bool json;
    bool demo;
} RunArgs;

extern const char run_help[];

/* INVALID says what is wrong and what would be right. Reads --file, and standard input for "-". */
fallible run_args(Scope *s, int argc, char **argv, RunArgs *out);
