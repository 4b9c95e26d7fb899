/* Pull requests of tasks. One row a number of a task: who finds it, by creating, syncing or being told,
 * saves it, and a second save changes the first one's row. */
#pragma once

#include "model/pull_views.h"
#include "store/rows.h"
#include "store/store.h"

enum { PULLS_OF_DETAIL_MAX = 100 /* that a task's detail shows */ };

/* By task and number: inserted, or the row changed; *pull becomes it. Texts NULL stay as they are.
 * MISSING when the tenant has no such task. */
fallible pull_save(Scope *s, Tx *tx, Pull *pull);
/* MISSING, "PR not found", also when it belongs to another task. task_id NULL: of any. */
fallible pull_get(Scope *s, Tx *tx, const char *task_id, const char *id, Pull *out);
/* Newest first; none for an unknown task. task_id NULL: of all tasks of the tenant. */
fallible pull_list(Scope *s, Tx *tx, const char *task_id, Page *page, PullList *out);
/* Holds the row until the commit. */
fallible pull_lock(Scope *s, Tx *tx, const char *id, Pull *out);

/* ---- Of all tenants: tx_system ---- */

typedef struct PullPlace {
    const char *repo_url; /* as stored: "https://github.com/o/r" */
    const char *url;      /* of the pull request */
    int64_t number;
} PullPlace;

fallible pulls_at(Scope *s, Tx *tx, const PullPlace *place, PullList *out);
/* Open ones of the repository whose branch is at that commit. */
fallible pulls_at_commit(Scope *s, Tx *tx, const char *repo_url, const char *commit, PullList *out);
/* Open ones not looked at for that long, longest first. */
fallible pulls_to_check(Scope *s, Tx *tx, int64_t older_us, int64_t limit, PullList *out);
fallible pull_checked(Scope *s, Tx *tx, const char *id);
