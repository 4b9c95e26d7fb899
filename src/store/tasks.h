/* Tasks and their messages, of the caller's tenant only.
 *
 * Times come from the database. What another tenant owns is MISSING. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

enum { DETAIL_RUNS_MAX = 1000, DETAIL_MESSAGES_MAX = 1000 }; /* the newest that a detail shows */

/* Fills created_at and updated_at; id is made when NULL, kanban_status backlog and coding_mode
 * interactive when 0. MISSING when the tenant has no such repository. */
fallible task_insert(Scope *s, Tx *tx, Task *task);
/* As stored: kanban_status is backlog, todo or archived. */
fallible task_get(Scope *s, Tx *tx, const char *id, Task *out);
/* Last updated first; kanban_status is the one computed from its runs (model/kanban.h). repo_id may
 * be NULL or "" for all. */
fallible task_list(Scope *s, Tx *tx, const char *repo_id, Page *page, TaskList *out);
/* Where it stands on the board, with its pull request and that one's checks. */
TaskStatus task_row_status(const TaskRow *row);
/* Moves updated_at on. */
fallible task_touch(Scope *s, Tx *tx, const char *id);
/* With everything that hangs on it. CONFLICT, code "task_busy", while a run has not finished. */
fallible task_delete(Scope *s, Tx *tx, const char *id);

/* Fills created_at; id is made when NULL. Touches the task. INVALID when content is no UTF-8, MISSING
 * when the tenant has no such task. */
fallible message_insert(Scope *s, Tx *tx, Message *message);
fallible message_get(Scope *s, Tx *tx, const char *id, Message *out);
/* Oldest first. MISSING when there is no such task. */
fallible message_list(Scope *s, Tx *tx, const char *task_id, Page *page, MessageList *out);

/* The task with computed kanban_status, messages oldest first, runs and pull requests newest
 * first, in one round trip. */
fallible task_detail(Scope *s, Tx *tx, const char *id, TaskDetail *out);
