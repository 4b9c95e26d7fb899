/* A run's log as a stream in the old form: unnamed events, a line each, then "complete". */

#include "api/hub.h"
#include "api/paging.h"
#include "base/id.h"
#include "store/runs.h"

/* The browser comes back with the number of the last line it has. */
static fallible first_line(Scope *s, const Request *rq, int64_t *out)
{
    const LogQuery *query = rq->query;
    const char *last = header_get(&rq->http->headers, "Last-Event-ID");

    *out = query->from_line;
    if (text_empty(last))
        return OK;
    if (!text_integer(last, 0, INT64_MAX - 1, out))
        return fail_code(s, INVALID, "cursor_invalid",
                         "Last-Event-ID is the number of the last line seen");
    ++*out;
    return OK;
}

static fallible logs_stream(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    WatchOrder order = {.kind = WATCH_LOG,
                        .id = path_part(rq, "run_id"),
                        .caller = rq->caller,
                        .cursor = id_tail(s, id_new(s), 12)};
    StreamOptions options = {.group = hub_group(s, &order)};
    RunState state;
    Stream *opened;

    (void)reply;
    TRY(first_line(s, rq, &order.seq));
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
        TRY(run_state(s, tx, order.id, &state));
    }
    TRY(stream_open(s, api->streams, rq->http, &options, &opened));
    hub_join(api->hub, &order, opened);
    return OK;
}

static const int refusals[] = {400, 404, 429, 503, 0};

const Route log_stream_routes[] = {
    {HTTP_GET, "/v1/runs/{run_id}/logs/stream", logs_stream, .query = &log_query_type,
     .status = 200, .role = ROLE_VIEWER, .out_media = "text/event-stream", .fails = refusals,
     .about = "The run's log as a stream: a line an event, then \"complete\"."},
    {0},
};
