/* Rows by id, text that enters, pages. */

#include "store/checks.h"

#include <ctype.h>

#include "base/id.h"

/* Later than any row, earlier than any, for pages without a cursor. */
#define TIME_LAST  ((Time){253402300799 * US_PER_S}) /* the year 9999 */
#define TIME_FIRST ((Time){1})
#define ID_LAST    "ffffffff-ffff-ffff-ffff-ffffffffffff"
#define ID_FIRST   "00000000-0000-0000-0000-000000000000"

/* In the words that clients of dursor have always read: "Task not found". */
fallible row_missing(Scope *s, RowKey key)
{
    return fail(s, MISSING, "%c%s not found", toupper(key.what[0]), key.what + 1);
}

fallible id_check(Scope *s, RowKey key)
{
    return id_valid(key.id) ? OK : row_missing(s, key);
}

fallible row_get(Scope *s, Tx *tx, const Statement *q, RowKey key, void *out)
{
    const char *id = key.id;
    bool found = false;

    TRY(id_check(s, key));
    TRY(query_find(s, tx, q, ARGS(ARG(id)), (QueryFound){out, &found}));
    return found ? OK : row_missing(s, key);
}

fallible text_check(Scope *s, const char *what, const char *t)
{
    if (!t)
        return fail(s, INVALID, "the %s is missing", what);
    if (!utf8_valid(bytes_of(t)))
        return fail_code(s, INVALID, "text_not_utf8",
                         "the %s is not valid UTF-8: send it in that encoding", what);
    return OK;
}

const char *text_kept(Scope *s, const char *t, size_t most)
{
    Bytes all = bytes_of(t);

    if (!t)
        return NULL;
    if (all.size <= most)
        return utf8_valid(all) ? t : text_clean(s, all, NULL);
    while (most && ((unsigned char)t[most] & 0xc0) == 0x80)
        most--;
    return text(s, "%s...", text_clean(s, (Bytes){t, most}, NULL));
}

static int64_t page_limit(const Page *page)
{
    return page->limit > 0 && page->limit < PAGE_MAX ? page->limit : PAGE_MAX;
}

static fallible cursor_bad(Scope *s)
{
    return fail_code(s, INVALID, "cursor_invalid",
                     "the cursor is none of ours: take the one that came with the page before");
}

static fallible page_open(Scope *s, const Page *page, PagePlace *out)
{
    out->limit = page_limit(page) + 1;
    if (text_empty(page->cursor))
        return OK;
    TextList parts = text_split(s, page->cursor, '.');
    if (parts.count != 2 || !text_integer(parts.items[0], 1, TIME_LAST.us, &out->at.us) ||
        !id_valid(parts.items[1]))
        return cursor_bad(s);
    out->id = parts.items[1];
    /* Only as we write it: without leading zeros. */
    return text_equal(page_after(s, out->at, out->id), page->cursor) ? OK : cursor_bad(s);
}

fallible page_newest(Scope *s, const Page *page, PagePlace *out)
{
    *out = (PagePlace){.at = TIME_LAST, .id = ID_LAST};
    return page_open(s, page, out);
}

fallible page_oldest(Scope *s, const Page *page, PagePlace *out)
{
    *out = (PagePlace){.at = TIME_FIRST, .id = ID_FIRST};
    return page_open(s, page, out);
}

fallible page_highest(Scope *s, const Page *page, PagePlace *out)
{
    *out = (PagePlace){.limit = page_limit(page) + 1, .number = INT64_MAX};
    if (!text_empty(page->cursor) && !text_integer(page->cursor, 1, INT64_MAX, &out->number))
        return cursor_bad(s);
    return OK;
}

bool page_cut(const PagePlace *place, void *any)
{
    List *list = any;

    if ((int64_t)list->count < place->limit)
        return false;
    list->count = (size_t)place->limit - 1;
    return true;
}

const char *page_after(Scope *s, Time at, const char *id)
{
    return text(s, "%lld.%s", (long long)at.us, id);
}
