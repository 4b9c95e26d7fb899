/* What the modules of the store share: rows by id, text that enters, pages. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

typedef struct RowKey {
    const char *what; /* "task" */
    const char *id;
} RowKey;

/* The row that the statement gives for :id; MISSING, "Task not found", when there is none or the id is no
 * UUID. */
fallible row_get(Scope *s, Tx *tx, const Statement *q, RowKey key, void *out);
/* MISSING with that sentence. */
fallible row_missing(Scope *s, RowKey key);
/* MISSING unless it can be the id of a row. */
fallible id_check(Scope *s, RowKey key);
/* INVALID unless it is there and valid UTF-8. */
fallible text_check(Scope *s, const char *what, const char *t);
/* NULL stays NULL; bad bytes become U+FFFD; more than that many bytes are cut, with "..." behind. */
const char *text_kept(Scope *s, const char *t, size_t most);

/* Where a list goes on. limit is one more than the page's, to see whether there is a next one. */
typedef struct PagePlace {
    int64_t limit;
    Time at;
    const char *id;
    int64_t number;
} PagePlace;

/* By (time, id), from the newest down or from the oldest up; by number, from the highest down. */
fallible page_newest(Scope *s, const Page *page, PagePlace *out);
fallible page_oldest(Scope *s, const Page *page, PagePlace *out);
fallible page_highest(Scope *s, const Page *page, PagePlace *out);
/* Cuts the list to the page; false when there is nothing behind it. */
bool page_cut(const PagePlace *place, void *list);
const char *page_after(Scope *s, Time at, const char *id);
