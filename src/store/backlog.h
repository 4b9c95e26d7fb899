/* The backlog and breakdowns. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

typedef struct BacklogFilter {
    const char *repo_id;  /* NULL or "": all */
    BacklogStatus status; /* 0: all */
} BacklogFilter;

/* Fills id (when NULL), times, status draft when 0, and the ids of subtasks without one. MISSING when
 * the tenant has no such repository. */
fallible backlog_insert(Scope *s, Tx *tx, BacklogItem *item);
fallible backlog_get(Scope *s, Tx *tx, const char *id, BacklogItem *out);
/* The same for a change: others who change it wait for the end of this transaction. Moves updated_at
 * on. */
fallible backlog_open(Scope *s, Tx *tx, const char *id, BacklogItem *out);
fallible backlog_save(Scope *s, Tx *tx, BacklogItem *item);
fallible backlog_delete(Scope *s, Tx *tx, const char *id);
/* Newest first. */
fallible backlog_list(Scope *s, Tx *tx, const BacklogFilter *filter, Page *page,
                      BacklogItemList *out);
/* Makes the item a task in the column "todo", whose first message says all that the item says. INVALID
 * when it is a task already: of two at once one wins. */
fallible backlog_start(Scope *s, Tx *tx, const char *id, Task *out);

fallible breakdown_get(Scope *s, Tx *tx, const char *id, Breakdown *out);
fallible breakdown_insert(Scope *s, Tx *tx, Breakdown *breakdown);
/* The backlog items that came of it, oldest first. */
fallible backlog_of_breakdown(Scope *s, Tx *tx, const char *id, BacklogItemList *out);
