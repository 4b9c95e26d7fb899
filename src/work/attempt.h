/* One attempt at a run, in steps that a kill between any two of them leaves repeatable:
 *
 *   1. the commit is made and the branch "dursor-results/<run id>" points at it: this is the result;
 *   2. the line's branch moves to it, by compare and swap, after a look at the fence;
 *   3. line, run and job end in one transaction;
 *   4. the result's branch goes.
 *
 * An attempt that finds a result adopts it and goes on at 2: nothing is committed twice.
 */
#pragma once

#include "agent/agent.h"
#include "git/diff.h"
#include "store/lines.h"
#include "store/repos.h"
#include "store/runs.h"
#include "store/tasks.h"
#include "work/runner.h"

typedef struct Attempt {
    Slot *slot;
    App *app;
    Recording *rec;
    Run run;
    Task task;
    Repo repo;
    Line line;
    AgentMessageList history; /* earlier messages and what came of them on this line */
    LlmModel model;
    NoteList warnings;
    Mirror *mirror;
    GitRepo *git;
    const char *branch_at; /* where the line's branch is now; NULL: not made yet */
    const char *start; /* the commit the agent works from: the line's head with the base merged in */
    const char *result; /* the commit; NULL: nothing changed */
    const char *summary;
} Attempt;

/* Reads the rows and marks the run as running. */
fallible attempt_open(Scope *s, Slot *slot, Attempt *a);
/* Opens the mirror, merges a moved base in, and looks for a result of an earlier attempt. */
fallible attempt_workspace(Scope *s, Attempt *a);
/* Makes the agent's changes the result. */
fallible attempt_commit(Scope *s, Attempt *a, const TreeChangeList *changes);
/* Steps 2 to 4. */
fallible attempt_finish(Scope *s, Attempt *a);
