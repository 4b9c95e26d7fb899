/* Lists in pages. */

#include "api/paging.h"

#define LIMIT_FIELD(T)                                                                             \
    FIELD(T, limit, 0, .least = 0, .most = PAGE_MAX, .preset = "0",                                \
          .about = "Most rows; 0 for as many as there may be.")
#define CURSOR_FIELD(T) FIELD(T, cursor, 0, .about = "The X-Next-Cursor of the page before.")

const Type page_query_type =
    TYPE(PageQuery, "A page of a list.", LIMIT_FIELD(PageQuery), CURSOR_FIELD(PageQuery));

const Type task_query_type =
    TYPE(TaskQuery, "A page of tasks.", LIMIT_FIELD(TaskQuery), CURSOR_FIELD(TaskQuery),
         FIELD(TaskQuery, repo_id, 0, .about = "Only tasks of this repository."));

const Type log_query_type =
    TYPE(LogQuery, "Where a log is read from.",
         FIELD(LogQuery, from_line, 0, .least = 0, .most = INT64_MAX, .preset = "0"));

const Type event_query_type =
    TYPE(EventQuery, "Where events are read from.",
         FIELD(EventQuery, after, 0, .most = EVENT_AFTER_MAX, .about = "The last id seen."),
         FIELD(EventQuery, wait, 0, .least = 0, .most = 60,
               .about = "Seconds to wait for news; makes it a long poll."));

Error *answer_page(Reply *reply, const Page *page, const void *list)
{
    if (page->next)
        http_answer_header(reply->s, reply->http, "X-Next-Cursor", page->next);
    return answer(reply, list);
}
