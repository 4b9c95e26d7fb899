/* The backlog and breakdowns. */

#include "store/backlog.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/tasks.h"

static fallible item_check(Scope *s, BacklogItem *item)
{
    TRY(text_check(s, "title", item->title));
    TRY(text_check(s, "description", item->description));
    EACH (Subtask, subtask, &item->subtasks)
        if (text_empty(subtask->id))
            subtask->id = id_new(s);
    return OK;
}

fallible backlog_insert(Scope *s, Tx *tx, BacklogItem *item)
{
    RowKey repo = {"repository", item->repo_id};
    bool found = false;

    TRY(id_check(s, repo));
    item->id = item->id ? item->id : id_new(s);
    item->tenant_id = tx_caller(tx)->tenant_id;
    item->description = item->description ? item->description : "";
    item->type = item->type ? item->type : WORK_FEATURE;
    item->estimated_size = item->estimated_size ? item->estimated_size : WORK_MEDIUM;
    item->status = item->status ? item->status : BACKLOG_DRAFT;
    TRY(item_check(s, item));
    TRY(query_find(s, tx, &q_backlog_insert, ARGS(ARG_ROW(backlog_item_type, item)),
                   (QueryFound){item, &found}));
    return found ? OK : row_missing(s, repo);
}

fallible backlog_get(Scope *s, Tx *tx, const char *id, BacklogItem *out)
{
    return row_get(s, tx, &q_backlog_get, (RowKey){"backlog item", id}, out);
}

fallible backlog_open(Scope *s, Tx *tx, const char *id, BacklogItem *out)
{
    return row_get(s, tx, &q_backlog_lock, (RowKey){"backlog item", id}, out);
}

fallible backlog_save(Scope *s, Tx *tx, BacklogItem *item)
{
    int64_t changed = 0;

    TRY(item_check(s, item));
    TRY(query_run(s, tx, &q_backlog_save, ARGS(ARG_ROW(backlog_item_type, item)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"backlog item", item->id});
}

fallible backlog_delete(Scope *s, Tx *tx, const char *id)
{
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"backlog item", id}));
    TRY(query_run(s, tx, &q_backlog_delete, ARGS(ARG(id)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"backlog item", id});
}

static fallible items_read(Scope *s, Tx *tx, const BacklogFilter *filter, const PagePlace *from,
                           BacklogItemList *out)
{
    const char *repo_id = filter->repo_id;
    BacklogStatus status = filter->status;
    const Args args = ARGS(ARG_AS(at, from->at), ARG_AS(id, from->id), ARG_AS(limit, from->limit),
                           ARG(repo_id), ARG_ENUM(status, backlog_status_names));

    if (text_empty(repo_id))
        return query_list(s, tx, &q_backlog_list, args, out);
    if (!id_valid(repo_id))
        return OK;
    return query_list(s, tx, &q_backlog_list_of_repo, args, out);
}

fallible backlog_list(Scope *s, Tx *tx, const BacklogFilter *filter, Page *page,
                      BacklogItemList *out)
{
    BacklogItemList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    TRY(items_read(s, tx, filter, &from, &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

/* ---- Promotion ---- */

static void write_list(Buffer *b, const char *heading, const TextList *texts)
{
    if (texts->count)
        buffer_format(b, "\n\n%s", heading);
    EACH (const char *, t, texts)
        buffer_format(b, "\n- %s", *t);
}

/* What a person would write who hands the item on. */
static const char *first_message(Scope *s, const BacklogItem *item)
{
    Buffer b = buffer_in(s);

    buffer_text(&b, item->title);
    if (!text_empty(item->description))
        buffer_format(&b, "\n\n%s", item->description);
    if (!text_empty(item->implementation_hint))
        buffer_format(&b, "\n\nHint: %s", item->implementation_hint);
    if (item->subtasks.count)
        buffer_text(&b, "\n\nSubtasks:");
    EACH (const Subtask, subtask, &item->subtasks)
        buffer_format(&b, "\n- [%c] %s", subtask->completed ? 'x' : ' ', subtask->title);
    write_list(&b, "Files:", &item->target_files);
    return buffer_string(&b);
}

fallible backlog_start(Scope *s, Tx *tx, const char *id, Task *out)
{
    BacklogItem item;
    Task task;

    TRY(backlog_open(s, tx, id, &item));
    if (item.task_id)
        return fail_code(s, INVALID, "backlog_item_started",
                         "Backlog item already has a linked task");
    task = (Task){.repo_id = item.repo_id, .title = item.title, .kanban_status = TASK_TODO};
    TRY(task_insert(s, tx, &task));
    Message message = {
        .task_id = task.id, .role = ROLE_OF_USER, .content = first_message(s, &item)};
    TRY(message_insert(s, tx, &message));
    item.task_id = task.id;
    item.status = BACKLOG_IN_PROGRESS;
    TRY(backlog_save(s, tx, &item));
    return task_get(s, tx, task.id, out);
}

/* ---- Breakdowns ---- */

fallible breakdown_get(Scope *s, Tx *tx, const char *id, Breakdown *out)
{
    return row_get(s, tx, &q_breakdown_get, (RowKey){"breakdown", id}, out);
}

fallible breakdown_insert(Scope *s, Tx *tx, Breakdown *breakdown)
{
    breakdown->id = breakdown->id ? breakdown->id : id_new(s);
    breakdown->tenant_id = tx_caller(tx)->tenant_id;
    return query_run(s, tx, &q_breakdown_insert, ARGS(ARG_ROW(breakdown_type, breakdown)), NULL);
}

fallible backlog_of_breakdown(Scope *s, Tx *tx, const char *id, BacklogItemList *out)
{
    TRY(id_check(s, (RowKey){"breakdown", id}));
    return query_list(s, tx, &q_backlog_of_breakdown, ARGS(ARG(id)), out);
}
