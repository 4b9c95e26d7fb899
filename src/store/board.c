/* The board. */

#include "store/board.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/tasks.h"

static const TaskStatus columns[] = {TASK_BACKLOG,   TASK_TODO, TASK_IN_PROGRESS, TASK_GATING,
                                     TASK_IN_REVIEW, TASK_DONE, TASK_ARCHIVED};
static const Executor programs[] = {CLAUDE_CODE, CODEX_CLI, GEMINI_CLI};

typedef struct BoardRows {
    TaskRowList tasks;
    ExecutorStatusList executors;
    StandingList standings; /* those of other pages too */
} BoardRows;

typedef struct BoardWish {
    const char *repo_id; /* "" or NULL: all */
    bool gating;
    PagePlace from;
} BoardWish;

static fallible rows_read(Scope *s, Tx *tx, const BoardWish *wish, BoardRows *out)
{
    const char *repo_id = wish->repo_id;
    const PagePlace *from = &wish->from;
    const bool all = text_empty(repo_id), gating = wish->gating;

    if (!all && !id_valid(repo_id))
        return OK; /* no repository has such an id, so it has no tasks */
    const Args args =
        ARGS(ARG_AS(at, from->at), ARG_AS(id, from->id), ARG_AS(limit, from->limit), ARG(repo_id));
    TRY(query_later(s, tx, all ? &q_board_tasks : &q_board_tasks_of_repo, args, &out->tasks));
    TRY(query_later(s, tx, all ? &q_board_executors : &q_board_executors_of_repo, args,
                    &out->executors));
    TRY(query_later(s, tx, all ? &q_board_standing : &q_board_standing_of_repo,
                    ARGS(ARG(gating), ARG(repo_id)), &out->standings));
    return tx_sync(s, tx);
}

/* The same three for each task, also those that never ran. */
static ExecutorStatusList programs_of(Scope *s, const char *task_id, const ExecutorStatusList *all)
{
    ExecutorStatusList out = {0};

    for (size_t i = 0; i < COUNT_OF(programs); i++)
        *list_add(s, &out) = (ExecutorStatus){.executor_type = programs[i]};
    EACH (const ExecutorStatus, found, all)
        if (text_equal(found->task_id, task_id))
            EACH (ExecutorStatus, one, &out)
                if (one->executor_type == found->executor_type)
                    *one = *found;
    return out;
}

static BoardTask card_of(Scope *s, const TaskRow *row, const ExecutorStatusList *executors)
{
    return (BoardTask){
        .task = {.id = row->id,
                 .tenant_id = row->tenant_id,
                 .repo_id = row->repo_id,
                 .title = row->title,
                 .kanban_status = row->kanban_status,
                 .coding_mode = row->coding_mode,
                 .created_at = row->created_at,
                 .updated_at = row->updated_at},
        .computed_status = task_row_status(row),
        .run_count = row->run_count,
        .running_count = row->running_count,
        .completed_count = row->finished_count,
        .pr_count = row->pr_count,
        .latest_pr_status = row->latest_pr_status,
        .executor_statuses = programs_of(s, row->id, executors),
    };
}

static void columns_open(Scope *s, bool gating, const StandingList *standings, Board *board)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        if (columns[i] != TASK_GATING || gating)
            list_add(s, &board->columns)->status = columns[i];
    EACH (BoardColumn, column, &board->columns)
        EACH (const Standing, standing, standings)
            if (standing->status == column->status)
                column->count += standing->count;
    EACH (const Standing, standing, standings)
        board->total_tasks += standing->count;
}

static void board_put(Scope *s, Board *board, const BoardTask *card)
{
    EACH (BoardColumn, column, &board->columns)
        if (column->status == card->computed_status)
            *list_add(s, &column->tasks) = *card;
}

fallible board_read(Scope *s, Tx *tx, const char *repo_id, Page *page, Board *out)
{
    Preferences preferences = {0};
    BoardWish wish = {.repo_id = repo_id};
    BoardRows rows = {0};
    bool found = false;

    TRY(page_newest(s, page, &wish.from));
    TRY(query_find(s, tx, &q_preferences_get, NO_ARGS, (QueryFound){&preferences, &found}));
    wish.gating = preferences.enable_gating_status;
    TRY(rows_read(s, tx, &wish, &rows));
    page->next = page_cut(&wish.from, &rows.tasks)
                     ? page_after(s, rows.tasks.items[rows.tasks.count - 1].updated_at,
                                  rows.tasks.items[rows.tasks.count - 1].id)
                     : NULL;
    *out = (Board){0};
    columns_open(s, wish.gating, &rows.standings, out);
    EACH (const TaskRow, row, &rows.tasks) {
        BoardTask card = card_of(s, row, &rows.executors);
        board_put(s, out, &card);
    }
    return OK;
}

fallible board_counts_fold(Scope *s, Tx *tx, int64_t *count)
{
    *count = 0;
    return query_run(s, tx, &q_task_counts_fold, NO_ARGS, NULL);
}

/* ---- Moves ---- */

const BoardMove move_to_todo = {
    TASK_TODO, {TASK_BACKLOG}, "Can only move from backlog to todo, current:"};
const BoardMove move_to_backlog = {TASK_BACKLOG,
                                   {TASK_TODO, TASK_ARCHIVED},
                                   "Can only move to backlog from todo/archived, current:"};
const BoardMove move_to_archive = {TASK_ARCHIVED,
                                   {TASK_BACKLOG, TASK_TODO, TASK_ARCHIVED},
                                   "Can only archive from backlog, todo or archived, current:"};
const BoardMove move_from_archive = {
    TASK_BACKLOG, {TASK_ARCHIVED}, "Can only unarchive from archived status, current:"};

static bool may_move(const BoardMove *move, TaskStatus from)
{
    for (size_t i = 0; i < COUNT_OF(move->from); i++)
        if (move->from[i] == from)
            return true;
    return false;
}

fallible board_move(Scope *s, Tx *tx, const char *task_id, const BoardMove *move, Task *out)
{
    bool found = false;
    Task task;

    TRY(task_get(s, tx, task_id, &task));
    if (!may_move(move, task.kanban_status))
        return fail_code(s, INVALID, "move_refused", "%s %s", move->refusal,
                         name_of(task_status_names, (int)task.kanban_status));
    TaskStatus seen = task.kanban_status, wanted = move->wanted;
    TRY(query_find(s, tx, &q_task_move,
                   ARGS(ARG_AS(id, task_id), ARG_ENUM(seen, task_status_names),
                        ARG_ENUM(wanted, task_status_names)),
                   (QueryFound){out, &found}));
    if (!found)
        return fail_code(s, CONFLICT, "task_moved", "task %s was moved by somebody else meanwhile",
                         task_id);
    return OK;
}

fallible task_change(Scope *s, Tx *tx, Task *task)
{
    if (task->title)
        TRY(text_check(s, "title", task->title));
    return query_one(s, tx, &q_task_change, ARGS(ARG_ROW(task_type, task)), task);
}
