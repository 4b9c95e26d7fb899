/* Events of runs, read: of one run, of a task's runs, and the log as lines. */

#include "base/json.h"
#include "store/checks.h"
#include "store/events.h"
#include "store/queries.h"
#include "store/runs.h"

fallible events_after(Scope *s, Tx *tx, EventsFrom from, RunEventList *out)
{
    int64_t limit = from.limit > 0 && from.limit < EVENTS_READ_MAX ? from.limit : EVENTS_READ_MAX;

    TRY(id_check(s, (RowKey){"run", from.run_id}));
    return query_list(s, tx, &q_events_after,
                      ARGS(ARG_AS(run_id, from.run_id), ARG_AS(seq, from.seq), ARG(limit)), out);
}

/* ---- Of a task ---- */

bool events_lost(const RunState *run, int64_t seq, const RunEventList *read)
{
    if (read->count)
        return read->items[0].seq != seq + 1;
    return run_finished(run->status) && seq < run->event_seq;
}

/* The run's events after that one. *seen is then the last one's, also when they were removed. */
static fallible run_read(Scope *s, Tx *tx, const RunState *run, int64_t *seen, TaskEvents *out)
{
    int64_t room = EVENTS_READ_MAX - (int64_t)out->events.count;
    RunEventList events = {0};

    if (*seen >= run->event_seq || room <= 0)
        return OK;
    TRY(events_after(s, tx, (EventsFrom){run->id, *seen, room}, &events));
    bool lost = events_lost(run, *seen, &events);
    if (events.count)
        *seen = events.items[events.count - 1].seq;
    else if (lost)
        *seen = run->event_seq;
    out->is_reset = out->is_reset || lost;
    EACH (const RunEvent, event, &events)
        *list_add(s, &out->events) = *event;
    return OK;
}

/* The run's unseen events, as far as there is room; moves the cursor behind them. */
static fallible run_news(Scope *s, Tx *tx, const RunState *run, TaskEvents *out)
{
    int64_t seen = run_cursor_seq(&out->cursor, run->number);

    TRY(run_read(s, tx, run, &seen, out));
    out->more = out->more || seen < run->event_seq;
    if (run_finished(run->status) && seen >= run->event_seq) {
        if (seen != INT64_MAX)
            run_cursor_close(s, &out->cursor, run->number);
    } else {
        run_cursor_move(s, &out->cursor, (RunPlace){run->number, seen});
    }
    return OK;
}

fallible events_of_task_after(Scope *s, Tx *tx, const char *task_id, const RunCursor *after,
                              TaskEvents *out)
{
    TaskEvents news = {.cursor = {.known = after->known}};

    EACH (const RunPlace, place, &after->places)
        *list_add(s, &news.cursor.places) = *place;
    TRY(run_states_of_task(s, tx, task_id, &news.runs));
    EACH (const RunState, run, &news.runs)
        TRY(run_news(s, tx, run, &news));
    *out = news;
    return OK;
}

/* ---- Log lines ---- */

typedef struct LinesWanted {
    int64_t from, most;
} LinesWanted;

static void lines_of_chunk(Scope *s, const RunEvent *chunk, LinesWanted wanted, LogLineList *out)
{
    Bytes rest = bytes_of(chunk->data);

    /* The number of lines is the row's: the last one may be empty. */
    for (int64_t n = 0; n < chunk->line_count && (int64_t)out->count < wanted.most; n++) {
        Bytes line = {0};
        (void)bytes_line(&rest, &line);
        if (chunk->line_number + n < wanted.from)
            continue;
        *list_add(s, out) = (LogLine){
            .line_number = chunk->line_number + n,
            .content = text_of(s, line),
            .timestamp = (double)chunk->created_at.us / (double)US_PER_S,
        };
    }
}

static fallible lines_from(Scope *s, Tx *tx, const char *run_id, LinesWanted wanted,
                           LogLineList *out)
{
    SCOPE(tmp, s);
    int64_t from_line = wanted.from;
    int64_t until_line = from_line > INT64_MAX - wanted.most ? INT64_MAX : from_line + wanted.most;
    int64_t limit = LOG_CHUNKS_READ_MAX;
    RunEventList chunks = {0};

    TRY(query_list(tmp, tx, &q_log_chunks_from,
                   ARGS(ARG(run_id), ARG(from_line), ARG(until_line), ARG(limit)), &chunks));
    EACH (const RunEvent, chunk, &chunks)
        lines_of_chunk(s, chunk, wanted, out);
    return OK;
}

fallible log_lines_from(Scope *s, Tx *tx, const char *run_id, int64_t from_line, LogPage *out)
{
    LogPage page = {0};
    RunState run;

    TRY(run_state(s, tx, run_id, &run));
    if (from_line < run.log_lines)
        TRY(lines_from(s, tx, run_id, (LinesWanted){from_line, LOG_LINES_READ_MAX}, &page.logs));
    page.total_lines = run.log_lines;
    page.run_status = run.status;
    int64_t next =
        page.logs.count ? page.logs.items[page.logs.count - 1].line_number + 1 : from_line;
    /* What has ended and gives no line any more had its log removed. */
    if (run_finished(run.status) && !page.logs.count)
        page.total_lines = next = from_line < run.log_lines ? from_line : run.log_lines;
    page.is_complete = run_finished(run.status) && next >= page.total_lines;
    *out = page;
    return OK;
}

fallible log_tail(Scope *s, Tx *tx, const char *run_id, int64_t count, TextList *out)
{
    RunState run;

    TRY(run_state(s, tx, run_id, &run));
    int64_t most = count < LOG_LINES_READ_MAX ? count : LOG_LINES_READ_MAX;
    int64_t from = run.log_lines > most ? run.log_lines - most : 0;
    while (from < run.log_lines) {
        LogLineList lines = {0};
        TRY(lines_from(s, tx, run_id, (LinesWanted){from, most}, &lines));
        if (!lines.count)
            return OK;
        EACH (const LogLine, line, &lines)
            *list_add(s, out) = line->content;
        from += (int64_t)lines.count;
    }
    return OK;
}

fallible run_context_get(Scope *s, Tx *tx, const char *run_id, RunContext *out)
{
    RunContext context = {0};
    RunEvent told = {0};
    bool found = false;
    RunState run;

    TRY(run_state(s, tx, run_id, &run));
    TRY(query_find(s, tx, &q_event_context, ARGS(ARG(run_id)), (QueryFound){&told, &found}));
    if (found)
        TRY(json_read(s, bytes_of(told.data), &run_context_type, &context));
    *out = context;
    return OK;
}

fallible events_make_room(Scope *s, Tx *tx)
{
    Count made = {0};

    return query_one(s, tx, &q_events_partitions, NO_ARGS, &made);
}
