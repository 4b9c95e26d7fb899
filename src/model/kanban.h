/* Where a task stands on the board. */
#pragma once

#include "model/entities.h"

typedef struct KanbanFacts {
    TaskStatus stored; /* backlog, todo or archived */
    bool merged;       /* its newest pull request is merged */
    int64_t runs, running, finished;
} KanbanFacts;

/* The first that holds: archived by hand; done when merged; in progress while a run is running; in
 * review when all its runs have finished; else as stored. */
TaskStatus kanban_status(const KanbanFacts *facts);
