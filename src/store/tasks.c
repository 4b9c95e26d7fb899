/* Tasks and their messages. */

#include "store/tasks.h"

#include "base/id.h"
#include "model/kanban.h"
#include "store/checks.h"
#include "store/queries.h"

fallible task_insert(Scope *s, Tx *tx, Task *task)
{
    Stamp made = {0};
    bool found = false;

    TRY(id_check(s, (RowKey){"repository", task->repo_id}));
    if (task->title)
        TRY(text_check(s, "title", task->title));
    task->id = task->id ? task->id : id_new(s);
    task->tenant_id = tx_caller(tx)->tenant_id;
    task->kanban_status = task->kanban_status ? task->kanban_status : TASK_BACKLOG;
    task->coding_mode = task->coding_mode ? task->coding_mode : CODING_INTERACTIVE;
    TRY(query_find(s, tx, &q_task_insert, ARGS(ARG_ROW(task_type, task)),
                   (QueryFound){&made, &found}));
    if (!found)
        return row_missing(s, (RowKey){"repository", task->repo_id});
    task->created_at = task->updated_at = made.at;
    return OK;
}

fallible task_get(Scope *s, Tx *tx, const char *id, Task *out)
{
    return row_get(s, tx, &q_task_get, (RowKey){"task", id}, out);
}

static bool checks_open(const TaskRow *row)
{
    return text_equal(row->latest_pr_status, "open") &&
           (!row->latest_ci_status || text_equal(row->latest_ci_status, "pending"));
}

TaskStatus task_row_status(const TaskRow *row)
{
    KanbanFacts facts = {
        .stored = row->kanban_status,
        .merged = text_equal(row->latest_pr_status, "merged"),
        .runs = row->run_count,
        .running = row->running_count,
        .finished = row->finished_count,
        .gated = row->gating && checks_open(row),
    };

    return kanban_status(&facts);
}

/* As the board shows it. */
static Task task_of_row(const TaskRow *row)
{
    return (Task){
        .id = row->id,
        .tenant_id = row->tenant_id,
        .repo_id = row->repo_id,
        .title = row->title,
        .kanban_status = task_row_status(row),
        .coding_mode = row->coding_mode,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
}

static fallible task_rows(Scope *s, Tx *tx, const char *repo_id, const PagePlace *from,
                          TaskRowList *out)
{
    if (text_empty(repo_id))
        return query_list(
            s, tx, &q_task_list,
            ARGS(ARG_AS(at, from->at), ARG_AS(id, from->id), ARG_AS(limit, from->limit)), out);
    if (!id_valid(repo_id))
        return OK; /* no repository has such an id, so it has no tasks */
    return query_list(
        s, tx, &q_task_list_of_repo,
        ARGS(ARG(repo_id), ARG_AS(at, from->at), ARG_AS(id, from->id), ARG_AS(limit, from->limit)),
        out);
}

fallible task_list(Scope *s, Tx *tx, const char *repo_id, Page *page, TaskList *out)
{
    TaskRowList rows = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    TRY(task_rows(s, tx, repo_id, &from, &rows));
    page->next = page_cut(&from, &rows) ? page_after(s, rows.items[rows.count - 1].updated_at,
                                                     rows.items[rows.count - 1].id)
                                        : NULL;
    *out = (TaskList){0};
    EACH (TaskRow, row, &rows)
        *list_add(s, out) = task_of_row(row);
    return OK;
}

static fallible task_stamp(Scope *s, Tx *tx, const char *id, Stamp *out)
{
    return row_get(s, tx, &q_task_touch, (RowKey){"task", id}, out);
}

fallible task_touch(Scope *s, Tx *tx, const char *id)
{
    Stamp touched;

    return task_stamp(s, tx, id, &touched);
}

fallible task_delete(Scope *s, Tx *tx, const char *id)
{
    int64_t changed = 0;
    Task task;

    TRY(task_get(s, tx, id, &task));
    TRY(query_run(s, tx, &q_task_delete, ARGS(ARG(id)), &changed));
    if (!changed)
        return fail_code(s, CONFLICT, "task_busy", "task %s has unfinished runs: cancel them first",
                         id);
    return OK;
}

/* ---- Messages ---- */

/* The task is touched first: that locks its row, so that the times of its messages are in the order
 * of their commits. Both statements go out together. */
fallible message_insert(Scope *s, Tx *tx, Message *message)
{
    StampList *touched = NEW(s, StampList), *made = NEW(s, StampList);
    const char *id = message->task_id;

    TRY(text_check(s, "message", message->content));
    TRY(id_check(s, (RowKey){"task", id}));
    message->id = message->id ? message->id : id_new(s);
    message->tenant_id = tx_caller(tx)->tenant_id;
    const Args of_task = ARGS(ARG(id));
    const Args of_message = ARGS(ARG_ROW(message_type, message));
    TRY(query_later(s, tx, &q_task_touch, of_task, touched));
    TRY(query_later(s, tx, &q_message_insert, of_message, made));
    TRY(tx_sync(s, tx));
    if (!made->count)
        return row_missing(s, (RowKey){"task", id});
    message->created_at = made->items[0].at;
    return OK;
}

fallible message_get(Scope *s, Tx *tx, const char *id, Message *out)
{
    return row_get(s, tx, &q_message_get, (RowKey){"message", id}, out);
}

fallible message_list(Scope *s, Tx *tx, const char *task_id, Page *page, MessageList *out)
{
    MessageList found = {0};
    PagePlace from;
    Task task;

    TRY(page_oldest(s, page, &from));
    TRY(task_get(s, tx, task_id, &task));
    TRY(query_list(
        s, tx, &q_message_list,
        ARGS(ARG(task_id), ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
        &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

/* ---- The task and all that a page shows of it ---- */

static void count_runs(TaskRow *row, const RunSummaryList *runs)
{
    EACH (RunSummary, run, runs) {
        row->running_count += run->status == RUN_RUNNING;
        row->finished_count += run_finished(run->status);
    }
}

static fallible wish_for_gating(Scope *s, Tx *tx, bool *out)
{
    Preferences preferences = {0};
    bool found;

    TRY(query_find(s, tx, &q_preferences_get, NO_ARGS, (QueryFound){&preferences, &found}));
    *out = preferences.enable_gating_status;
    return OK;
}

/* What the view task_rows computes, from lists that were read anyway. */
static fallible complete_row(Scope *s, Tx *tx, const TaskDetail *detail, TaskRow *row)
{
    if (detail->runs.count == DETAIL_RUNS_MAX) /* there may be more than are shown */
        return row_get(s, tx, &q_task_row, (RowKey){"task", row->id}, row);
    count_runs(row, &detail->runs);
    if (detail->prs.count) {
        row->latest_pr_status = detail->prs.items[0].status;
        row->latest_ci_status = detail->prs.items[0].ci_status;
    }
    return checks_open(row) ? wish_for_gating(s, tx, &row->gating) : OK;
}

static void oldest_first(MessageList *list)
{
    for (size_t i = 0, j = list->count; i + 1 < j; i++) {
        Message m = list->items[--j];
        list->items[j] = list->items[i];
        list->items[i] = m;
    }
}

fallible task_detail(Scope *s, Tx *tx, const char *id, TaskDetail *out)
{
    int64_t most = DETAIL_MESSAGES_MAX;
    const Args args = ARGS(ARG(id), ARG(most));
    TaskDetail detail = {0};
    TaskRowList tasks = {0};

    _Static_assert((int)DETAIL_MESSAGES_MAX == (int)DETAIL_RUNS_MAX, "one limit serves both lists");
    TRY(id_check(s, (RowKey){"task", id}));
    TRY(query_later(s, tx, &q_task_shown, args, &tasks));
    TRY(query_later(s, tx, &q_messages_last, args, &detail.messages));
    TRY(query_later(s, tx, &q_run_summaries, args, &detail.runs));
    TRY(query_later(s, tx, &q_pull_summaries, args, &detail.prs));
    TRY(tx_sync(s, tx));
    if (!tasks.count)
        return row_missing(s, (RowKey){"task", id});
    oldest_first(&detail.messages);
    TRY(complete_row(s, tx, &detail, &tasks.items[0]));
    detail.task = task_of_row(&tasks.items[0]);
    *out = detail;
    return OK;
}
