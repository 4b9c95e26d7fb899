/* Places in the news. */

#include "model/news.h"

bool news_snapshot_valid(Scope *s, const char *mark, int64_t *xmax)
{
    TextList parts = text_split(s, mark, ':');
    int64_t xmin, xip, last = 0;

    if (parts.count != 3 || !text_integer(parts.items[0], 1, INT64_MAX, &xmin) ||
        !text_integer(parts.items[1], xmin, INT64_MAX, xmax))
        return false;
    if (text_empty(parts.items[2]))
        return true;
    TextList running = text_split(s, parts.items[2], ',');
    EACH (const char *, one, &running) {
        if (!text_integer(*one, xmin, *xmax - 1, &xip) || xip <= last)
            return false;
        last = xip;
    }
    return true;
}

static bool mark_valid(Scope *s, const char *mark)
{
    int64_t number;

    if (text_empty(mark) || strlen(mark) > NEWS_MARK_MAX)
        return false;
    return strchr(mark, ':') ? news_snapshot_valid(s, mark, &number)
                             : text_integer(mark, 0, INT64_MAX, &number);
}

static bool run_parse(Scope *s, const char *t, NewsRun *out)
{
    TextList parts = text_split(s, t, '.');

    if (parts.count != 2 || strlen(parts.items[0]) != NEWS_RUN_TAIL ||
        strspn(parts.items[0], "0123456789abcdef") != NEWS_RUN_TAIL)
        return false;
    out->tail = parts.items[0];
    return text_integer(parts.items[1], 0, INT64_MAX, &out->seq);
}

static bool parse(Scope *s, const char *t, NewsCursor *out)
{
    TextList parts = text_split(s, t, '~');
    TextList head = text_split(s, parts.items[0], '-');

    if (head.count != 3 || parts.count > NEWS_RUNS_MAX + 1 ||
        !text_integer(head.items[0], 0, INT64_MAX, &out->epoch) ||
        !text_integer(head.items[1], 0, INT64_MAX, &out->at.us) || !mark_valid(s, head.items[2]))
        return false;
    out->mark = head.items[2];
    for (size_t i = 1; i < parts.count; i++)
        if (!run_parse(s, parts.items[i], list_add(s, &out->runs)))
            return false;
    return true;
}

fallible news_cursor_parse(Scope *s, const char *t, NewsCursor *out)
{
    NewsCursor cursor = {0};

    if (!parse(s, t, &cursor))
        return fail_code(s, INVALID, "cursor_invalid",
                         "no such place in the news: take the id of the last one, or leave it out");
    *out = cursor;
    return OK;
}

const char *news_cursor_text(Scope *s, const NewsCursor *cursor, bool with_runs)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%lld-%lld-%s", (long long)cursor->epoch, (long long)cursor->at.us,
                  cursor->mark);
    EACH (const NewsRun, run, &cursor->runs)
        if (with_runs)
            buffer_format(&b, "~%s.%lld", run->tail, (long long)run->seq);
    return buffer_string(&b);
}

static const char *tail_of(const char *run_id)
{
    size_t size = strlen(run_id);

    return size > NEWS_RUN_TAIL ? run_id + size - NEWS_RUN_TAIL : run_id;
}

int64_t news_cursor_seq(const NewsCursor *cursor, const char *run_id)
{
    EACH (const NewsRun, run, &cursor->runs)
        if (text_equal(run->tail, tail_of(run_id)))
            return run->seq;
    return -1;
}

void news_cursor_add(Scope *s, NewsCursor *cursor, const char *run_id, int64_t seq)
{
    *list_add(s, &cursor->runs) = (NewsRun){text_copy(s, tail_of(run_id)), seq};
}
