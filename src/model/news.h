/* What the one stream of a browser says: that something changed, not what it is now. Pages then
 * read what they show. */
#pragma once

#include "model/entities.h"

typedef enum NewsKind {
    NEWS_TASK = 1, /* it, its messages, its runs' states, its pull requests or its place */
    NEWS_RUN,      /* it has new events, up to seq */
    NEWS_REPO,
    NEWS_BACKLOG,
    NEWS_MODEL,
    NEWS_PREFERENCES, /* id is the user's */
    NEWS_JOB,         /* it is dead, was sent again or dropped */
} NewsKind;

extern const Name news_kind_names[];

typedef struct News {
    NewsKind kind;
    const char *id;      /* of the thing of that kind; it may be gone by now */
    const char *task_id; /* of a task and of a run */
    const char *run_id;  /* of a run */
    OptInt seq;          /* of a run: its last event */
    Time updated_at;     /* when it changed, by the database's clock; absent for events of a run */
} News;

typedef LIST_OF(News) NewsList;

/* News for a long poll. */
typedef struct NewsPage {
    NewsList news;
    const char *cursor; /* what to ask with next: after=… */
    bool is_reset;      /* the cursor was too old: read everything again */
} NewsPage;

extern const Type news_type, news_page_type;
