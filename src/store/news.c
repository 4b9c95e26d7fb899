/* Reading what changed. */

#include "store/news.h"

#include "store/driver.h"
#include "store/queries.h"

const Type news_row_type = TYPE(
    NewsRow, "What changed, and when that was read.", FIELD(NewsRow, mark), FIELD(NewsRow, read_at),
    FIELD(NewsRow, epoch), ENUM(NewsRow, kind, news_kind_names), FIELD(NewsRow, id),
    FIELD(NewsRow, task_id), FIELD(NewsRow, run_id), FIELD(NewsRow, at), FIELD(NewsRow, seq));

/* A place of another database, of its future (it was restored), or too long ago. */
static bool is_lost(Scope *s, const NewsCursor *from, int64_t kept_us, const NewsRow *now)
{
    bool snapshot = strchr(now->mark, ':') != NULL;
    int64_t then, here;

    if (from->epoch != now->epoch || now->read_at.us - from->at.us > kept_us)
        return true;
    if (snapshot)
        return !news_snapshot_valid(s, from->mark, &then) ||
               !news_snapshot_valid(s, now->mark, &here) || then > here;
    return !text_integer(from->mark, 0, INT64_MAX, &then) ||
           !text_integer(now->mark, 0, INT64_MAX, &here) || then > here;
}

static bool told(const NewsList *news, NewsKind kind, const char *id)
{
    EACH (const News, one, news)
        if (one->kind == kind && text_equal(one->id, id))
            return true;
    return false;
}

static void tell(Scope *s, NewsList *news, const NewsRow *row)
{
    bool task = row->kind == NEWS_TASK || row->kind == NEWS_RUN;

    if (row->kind == NEWS_RUN && row->seq.set && !told(news, NEWS_RUN, row->run_id))
        *list_add(s, news) =
            (News){NEWS_RUN, row->run_id, row->task_id, row->run_id, row->seq, row->at};
    if (task && !told(news, NEWS_TASK, row->task_id))
        *list_add(s, news) = (News){
            .kind = NEWS_TASK, .id = row->task_id, .task_id = row->task_id, .updated_at = row->at};
    if (!task && !told(news, row->kind, row->id))
        *list_add(s, news) = (News){.kind = row->kind, .id = row->id, .updated_at = row->at};
}

static fallible running(Scope *s, Tx *tx, const NewsCursor *from, NewsRead *out)
{
    int64_t limit = NEWS_RUNS_MAX;
    RunStateList runs = {0};

    TRY(query_list(s, tx, &q_news_runs, ARGS(ARG(limit)), &runs));
    EACH (const RunState, run, &runs) {
        news_cursor_add(s, &out->cursor, run->id, run->event_seq);
        if (from && !out->is_reset && news_cursor_seq(from, run->id) < run->event_seq &&
            !told(&out->news, NEWS_RUN, run->id))
            *list_add(s, &out->news) = (News){.kind = NEWS_RUN,
                                              .id = run->id,
                                              .task_id = run->task_id,
                                              .run_id = run->id,
                                              .seq = {true, run->event_seq}};
    }
    return OK;
}

/* A mark of the other kind of database would be no number, or no snapshot. */
static const char *mark_for(const Tx *tx, const NewsCursor *from)
{
    bool snapshot = from && strchr(from->mark, ':');

    return from && snapshot != store_is_sqlite(tx->store) ? from->mark : NULL;
}

fallible news_after(Scope *s, Tx *tx, const NewsCursor *from, int64_t kept_us, NewsRead *out)
{
    const char *mark = mark_for(tx, from);
    int64_t limit = NEWS_MAX + 1;
    NewsRowList rows = {0};
    NewsRead read = {0};

    TRY(query_list(s, tx, &q_news_since, ARGS(ARG(mark), ARG(limit)), &rows));
    const NewsRow *now = rows.items;
    read.cursor = (NewsCursor){.epoch = now->epoch, .at = now->read_at, .mark = now->mark};
    read.is_reset = from && (is_lost(s, from, kept_us, now) || rows.count > NEWS_MAX);
    EACH (const NewsRow, row, &rows)
        if (row->kind && !read.is_reset)
            tell(s, &read.news, row);
    TRY(running(s, tx, from, &read));
    *out = read;
    return OK;
}
