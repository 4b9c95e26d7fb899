/* The board: tasks with what places them, and moves between its columns. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* Tasks by the column in which they stand, last updated first, of all repositories or one. The
 * column for open checks is there when the caller's preferences ask for it. Columns hold what
 * is on the page; their count and total_tasks count all. */
fallible board_read(Scope *s, Tx *tx, const char *repo_id, Page *page, Board *out);

/* Tidies what the counts are kept in; tx_system. *count is 0: once is enough. */
fallible board_counts_fold(Scope *s, Tx *tx, int64_t *count);

/* A move by hand: from one of these, to that. */
typedef struct BoardMove {
    TaskStatus wanted;
    TaskStatus from[3];  /* ends with 0 unless full */
    const char *refusal; /* "Can only …, current:" */
} BoardMove;

extern const BoardMove move_to_todo, move_to_backlog, move_to_archive, move_from_archive;

/* INVALID with the move's words from elsewhere; MISSING without such a task. *out is as stored. */
fallible board_move(Scope *s, Tx *tx, const char *task_id, const BoardMove *move, Task *out);
/* Title and mode of the task become those given. */
fallible task_change(Scope *s, Tx *tx, Task *task);
