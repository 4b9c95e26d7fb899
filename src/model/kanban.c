/* Where a task stands on the board. */

#include "model/kanban.h"

TaskStatus kanban_status(const KanbanFacts *facts)
{
    if (facts->stored == TASK_ARCHIVED)
        return TASK_ARCHIVED;
    if (facts->merged)
        return TASK_DONE;
    if (facts->running)
        return TASK_IN_PROGRESS;
    if (facts->runs && facts->finished == facts->runs)
        return facts->gated ? TASK_GATING : TASK_IN_REVIEW;
    return facts->stored;
}
