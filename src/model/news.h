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

/* ---- Places in the news: "EPOCH-TIME-MARK~RUN.SEQ~…" ---- */

enum {
    NEWS_RUNS_MAX =
        200, /* running runs of a tenant whose events are told; more have their ends told */
    NEWS_MARK_MAX = 4 << 10, /* bytes */
    NEWS_RUN_TAIL = 12,      /* last hex digits of a run's id */
};

typedef struct NewsRun {
    const char *tail;
    int64_t seq;
} NewsRun;

/* mark is the database's: the position of the last change on SQLite, on PostgreSQL a snapshot
 * "xmin:xmax:running,…", which says what had been committed, in whatever order. */
typedef struct NewsCursor {
    int64_t epoch; /* of the cluster */
    Time at;       /* when it was read */
    const char *mark;
    LIST_OF(NewsRun) runs; /* told so far; without them each running run is told once */
} NewsCursor;

/* INVALID, code "cursor_invalid", for what is none. */
fallible news_cursor_parse(Scope *s, const char *t, NewsCursor *out);
/* Without the runs it is short enough for the id of an event. */
const char *news_cursor_text(Scope *s, const NewsCursor *cursor, bool with_runs);
int64_t news_cursor_seq(const NewsCursor *cursor, const char *run_id); /* -1: not told */
void news_cursor_add(Scope *s, NewsCursor *cursor, const char *run_id, int64_t seq);
/* Whether a snapshot's text is one that PostgreSQL takes. */
bool news_snapshot_valid(Scope *s, const char *mark, int64_t *xmax);
