/* Where a task stands on the board. */

#include "model/kanban.h"
#include "test/test.h"

TEST(the_first_rule_that_holds_places_a_task)
{
    static const struct {
        KanbanFacts facts;
        TaskStatus wanted;
    } cases[] = {
        {{TASK_BACKLOG, false, 0, 0, 0, false}, TASK_BACKLOG},
        {{TASK_TODO, false, 0, 0, 0, false}, TASK_TODO},
        {{TASK_ARCHIVED, true, 3, 1, 0, false}, TASK_ARCHIVED},
        {{TASK_BACKLOG, true, 3, 1, 0, false}, TASK_DONE},
        {{TASK_BACKLOG, false, 3, 1, 2, false}, TASK_IN_PROGRESS},
        {{TASK_TODO, false, 3, 0, 3, false}, TASK_IN_REVIEW},
        {{TASK_TODO, false, 3, 0, 2, false}, TASK_TODO}, /* one is queued */
        {{TASK_BACKLOG, false, 1, 0, 0, false}, TASK_BACKLOG},
        {{TASK_TODO, false, 1, 0, 1, true}, TASK_GATING},
        {{TASK_TODO, false, 2, 1, 1, true}, TASK_IN_PROGRESS},
        {{TASK_TODO, true, 1, 0, 1, true}, TASK_DONE},
        {{TASK_TODO, false, 0, 0, 0, true}, TASK_TODO},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_EQ(kanban_status(&cases[i].facts), cases[i].wanted);
    return OK;
}
