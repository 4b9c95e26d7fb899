/* Lists in pages: limit and cursor in, the next cursor out as a header, so that the body stays the
 * plain array old clients know. */
#pragma once

#include "api/route.h"
#include "store/rows.h"

enum { EVENT_AFTER_MAX = 7 << 10 }; /* bytes; a longer one goes into Last-Event-ID */

typedef struct PageQuery {
    int64_t limit;
    const char *cursor;
} PageQuery;

typedef struct TaskQuery {
    int64_t limit;
    const char *cursor;
    const char *repo_id;
} TaskQuery;

typedef struct LogQuery {
    int64_t from_line;
} LogQuery;

typedef struct EventQuery {
    const char *after;
    OptInt wait; /* seconds; not set: a stream */
} EventQuery;

extern const Type page_query_type, task_query_type, log_query_type, event_query_type;

/* The list, and the header X-Next-Cursor when there is more. */
fallible answer_page(Reply *reply, const Page *page, const void *list);
