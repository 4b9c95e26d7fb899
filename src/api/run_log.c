/* Routes that read what a run went through: its log by windows, a search of it, what its model was given. */

#include "store/log_read.h"

#include "api/api.h"
#include "store/events.h"

typedef struct WindowQuery {
    int64_t from;
    int64_t limit;
} WindowQuery;

typedef struct WordsQuery {
    const char *q;
    int64_t from;
    int64_t limit;
} WordsQuery;

static fallible window(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const WindowQuery *query = rq->query;
    LogPlace place = {path_part(rq, "run_id"), query->from, query->limit};
    LogWindow found;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(log_window(s, tx, &place, &found));
    return answer(reply, &found);
}

static fallible search(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const WordsQuery *query = rq->query;
    LogPlace place = {path_part(rq, "run_id"), query->from, query->limit};
    LogMatches found;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(log_search(s, tx, &place, query->q, &found));
    return answer(reply, &found);
}

static fallible context(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    RunContext given;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(run_context_get(s, tx, path_part(rq, "run_id"), &given));
    return answer(reply, &given);
}

static const Type window_query_type = TYPE(
    WindowQuery, "A window of a log.",
    FIELD(WindowQuery, from, 0, .least = -INT64_MAX, .most = INT64_MAX, .preset = "0",
          .about = "Number of the first line, from 0; negative: so many lines before the end."),
    FIELD(WindowQuery, limit, 0, .least = 1, .most = LOG_WINDOW_LINES_MAX, .preset = "200",
          .about = "Most lines; fewer come when they are long."));

static const Type words_query_type =
    TYPE(WordsQuery, "A search of a log.",
         FIELD(WordsQuery, q, 0, .about = "The words, as they stand; A to Z match in either case."),
         FIELD(WordsQuery, from, 0, .least = 0, .most = INT64_MAX, .preset = "0",
               .about = "Number of the line to begin at: next_from of the answer before."),
         FIELD(WordsQuery, limit, 0, .least = 1, .most = LOG_MATCHES_MAX, .preset = "200",
               .about = "Most matches."));

static const int missing[] = {404, 0};
static const int refusals[] = {400, 404, 0};

const Route run_log_routes[] = {
    {HTTP_GET, "/v1/runs/{run_id}/log", window, .query = &window_query_type,
     .out = &log_window_type, .status = 200, .role = ROLE_VIEWER, .fails = missing,
     .about = "A window of the run's log, by line numbers."},
    {HTTP_GET, "/v1/runs/{run_id}/log/search", search, .query = &words_query_type,
     .out = &log_matches_type, .status = 200, .role = ROLE_VIEWER, .fails = refusals,
     .about = "Lines of the log that hold some words; long logs are searched in several calls."},
    {HTTP_GET, "/v1/runs/{run_id}/context", context, .out = &run_context_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "What the run's model was given."},
    {0},
};
