/* Windows of a log, and search in it. */

#include "store/log_read.h"

#include "store/queries.h"
#include "store/runs.h"

enum { CHUNKS_AT_ONCE = 16 }; /* bounds the memory: 1 MiB of text */

/* Lines from..until of one run, read a few chunks at a time. */
typedef struct LogWalk {
    const char *run_id;
    int64_t next, until;
} LogWalk;

static fallible walk_chunks(Scope *s, Tx *tx, const LogWalk *walk, RunEventList *out)
{
    const char *run_id = walk->run_id;
    int64_t from_line = walk->next, until_line = walk->until, limit = CHUNKS_AT_ONCE;

    return query_list(s, tx, &q_log_chunks_from,
                      ARGS(ARG(run_id), ARG(from_line), ARG(until_line), ARG(limit)), out);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- Windows ---- */

typedef struct WindowFill {
    LogWalk walk;
    int64_t room; /* bytes of text */
    LogWindow window;
} WindowFill;

static void window_add(Scope *s, WindowFill *fill, const RunEvent *chunk)
{
    Bytes rest = bytes_of(chunk->data);

    /* The number of lines is the row's: the last one may be empty. */
    for (int64_t n = 0; n < chunk->line_count; n++) {
        int64_t number = chunk->line_number + n;
        Bytes line = {0};
        (void)bytes_line(&rest, &line);
        if (number < fill->walk.next)
            continue;
        if (number >= fill->walk.until || fill->room <= 0)
            return;
        *list_add(s, &fill->window.lines) =
            (LogWindowLine){number, EVENT_LOG, text_of(s, line), chunk->created_at};
        fill->walk.next = number + 1;
        fill->room -= (int64_t)line.size + 1;
    }
}

/* The lines were counted, but are gone: nothing else takes the log of a run away. */
static void log_removed(LogWindow *window)
{
    window->total = 0;
    window->from = 0;
    window->is_removed = true;
}

fallible log_window(Scope *s, Tx *tx, const LogPlace *place, LogWindow *out)
{
    WindowFill fill = {.room = LOG_WINDOW_BYTES};
    RunState run;

    TRY(run_state(s, tx, place->run_id, &run));
    int64_t limit = least(place->limit, LOG_WINDOW_LINES_MAX);
    int64_t from = place->from < 0 ? place->from + run.log_lines : place->from;
    from = from < 0 ? 0 : least(from, run.log_lines);
    fill.window.total = run.log_lines;
    fill.window.from = from;
    fill.walk = (LogWalk){place->run_id, from, least(from + limit, run.log_lines)};
    while (fill.walk.next < fill.walk.until && fill.room > 0) {
        SCOPE(tmp, s);
        RunEventList chunks = {0};
        TRY(walk_chunks(tmp, tx, &fill.walk, &chunks));
        if (!chunks.count)
            break;
        EACH (const RunEvent, chunk, &chunks)
            window_add(s, &fill, chunk);
    }
    if (!fill.window.lines.count && fill.walk.next < fill.walk.until && run_finished(run.status))
        log_removed(&fill.window);
    *out = fill.window;
    return OK;
}

/* ---- Search ---- */

typedef struct Hunt {
    LogWalk walk;
    const char *words;
    size_t most;   /* matches */
    int64_t bytes; /* left to look at */
    LogMatches found;
} Hunt;

static bool within_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* A line as it is shown: all of it, or what stands around the words. */
static const char *match_text(Scope *s, Bytes line, size_t at)
{
    if (line.size <= LOG_MATCH_TEXT_MAX)
        return text_of(s, line);
    size_t first = at < LOG_MATCH_TEXT_MAX / 4 ? 0 : at - LOG_MATCH_TEXT_MAX / 4;
    size_t last = first + LOG_MATCH_TEXT_MAX < line.size ? first + LOG_MATCH_TEXT_MAX : line.size;
    while (first > 0 && within_character(line.data[first]))
        first--;
    while (last < line.size && within_character(line.data[last]))
        last++;
    const char *part = text_of(s, (Bytes){line.data + first, last - first});
    return text(s, "%s%s%s", first ? "..." : "", part, last < line.size ? "..." : "");
}

/* Goes through the chunk from match to match; lines between them are only counted. */
static void hunt_chunk(Scope *s, Hunt *hunt, const RunEvent *chunk)
{
    const char *line = chunk->data, *end = line + strlen(line);
    int64_t number = chunk->line_number, after = number + chunk->line_count;

    hunt->bytes -= end - line;
    for (const char *at = line; (at = strcasestr(at, hunt->words));) {
        const char *lf;
        while ((lf = memchr(line, '\n', (size_t)(at - line)))) {
            line = lf + 1;
            number++;
        }
        const char *line_end = strchrnul(at, '\n');
        if (number >= hunt->walk.until)
            break;
        if (number >= hunt->walk.next) {
            if (hunt->found.matches.count == hunt->most) {
                hunt->walk.next = number;
                return;
            }
            *list_add(s, &hunt->found.matches) =
                (LogMatch){number, match_text(s, (Bytes){line, (size_t)(line_end - line)},
                                              (size_t)(at - line))};
        }
        at = line_end;
    }
    hunt->walk.next = least(after, hunt->walk.until);
}

static fallible hunt_all(Scope *s, Tx *tx, Hunt *hunt)
{
    while (hunt->walk.next < hunt->walk.until && hunt->bytes > 0) {
        SCOPE(tmp, s);
        RunEventList chunks = {0};
        TRY(scope_check(tmp));
        TRY(walk_chunks(tmp, tx, &hunt->walk, &chunks));
        if (!chunks.count)
            hunt->walk.next = hunt->walk.until;
        EACH (const RunEvent, chunk, &chunks) {
            hunt_chunk(s, hunt, chunk);
            if (hunt->found.matches.count == hunt->most)
                return OK;
        }
    }
    return OK;
}

static fallible words_check(Scope *s, const char *words)
{
    if (text_empty(words) || strlen(words) > LOG_WORDS_MAX || strchr(words, '\n'))
        return error_param(fail_code(s, INVALID, "log_words_invalid",
                                     "a search of a log needs words of one line, at most %d bytes",
                                     (int)LOG_WORDS_MAX),
                           "most", text(s, "%d", (int)LOG_WORDS_MAX));
    return OK;
}

fallible log_search(Scope *s, Tx *tx, const LogPlace *place, const char *words, LogMatches *out)
{
    Hunt hunt = {.words = words, .bytes = LOG_SEARCH_BYTES_MAX};
    RunState run;

    TRY(words_check(s, words));
    TRY(run_state(s, tx, place->run_id, &run));
    int64_t from = place->from < 0 ? 0 : least(place->from, run.log_lines);
    hunt.most = (size_t)least(place->limit, LOG_MATCHES_MAX);
    hunt.walk = (LogWalk){place->run_id, from, least(from + LOG_SEARCH_LINES_MAX, run.log_lines)};
    hunt.found.total = run.log_lines;
    TRY(hunt_all(s, tx, &hunt));
    if (hunt.walk.next < run.log_lines)
        hunt.found.next_from = (OptInt){true, hunt.walk.next};
    *out = hunt.found;
    return OK;
}
