/* Where a task stands on the board. */
#pragma once

#include "model/entities.h"

typedef struct KanbanFacts {
    TaskStatus stored; /* backlog, todo or archived */
    bool merged;       /* its newest pull request is merged */
    int64_t runs, running, finished;
    bool gated; /* wished for, its newest pull request is open and that one's checks are not done */
} KanbanFacts;

/* The first that holds: archived by hand; done when merged; in progress while a run is running; when
 * all its runs have finished, gating while checks are open, else in review; else as stored. */
TaskStatus kanban_status(const KanbanFacts *facts);
