/* Streams of events, and the same as long poll: ?after=…&wait=SECONDS answers JSON. */

#include "store/events.h"

#include "api/hub.h"
#include "api/paging.h"
#include "store/runs.h"
#include "store/tasks.h"

enum { POLL_PAGE = 100 };

static const char *last_event_id(const Request *rq)
{
    const EventQuery *query = rq->query;
    const char *header = header_get(&rq->http->headers, "Last-Event-ID");

    return !text_empty(header) ? header : query->after;
}

static bool polls(const Request *rq)
{
    return ((const EventQuery *)rq->query)->wait.set;
}

static fallible seq_of(Scope *s, const char *id, int64_t *out)
{
    *out = 0;
    if (text_empty(id) || text_integer(id, 0, INT64_MAX, out))
        return OK;
    return fail_code(s, INVALID, "cursor_invalid",
                     "after and Last-Event-ID are the number of the last event seen");
}

static fallible stream(Scope *s, Api *api, const Request *rq, const WatchOrder *order)
{
    StreamOptions options = {.group = hub_group(s, order)};
    Stream *opened;

    TRY(stream_open(s, api->streams, rq->http, &options, &opened));
    hub_join(api->hub, order, opened);
    return OK;
}

/* True when the request waits for news; the handler runs again then. */
static bool wait_for_news(Scope *s, Api *api, const Request *rq, const WatchOrder *order,
                          HttpWaiter *waiter)
{
    const EventQuery *query = rq->query;
    int64_t left = query->wait.value * US_PER_S - rq->http->waited_us;

    (void)s;
    if (left <= 0)
        return false;
    hub_wait(api->hub, order, waiter);
    http_wait(rq->http, left);
    return true;
}

static void view_all(Scope *s, const RunEventList *events, EventPage *page)
{
    EACH (RunEvent, event, events)
        *list_add(s, &page->events) = event_view(event);
}

static fallible run_poll(Scope *s, Api *api, const Request *rq, const WatchOrder *order,
                         Reply *reply)
{
    HttpWaiter *waiter = http_waiter(s, rq->http); /* before the look: no wake-up is lost */
    RunEventList events = {0};
    EventPage page = {0};
    RunState state;
    int64_t seq = order->seq;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(run_state(s, tx, order->id, &state));
    TRY(events_after(s, tx, (EventsFrom){order->id, seq, POLL_PAGE}, &events));
    TRY(tx_commit(s, tx));
    if (!events.count && !run_finished(state.status) && wait_for_news(s, api, rq, order, waiter))
        return OK;
    view_all(s, &events, &page);
    page.is_reset = events_lost(&state, seq, &events);
    if (events.count)
        seq = events.items[events.count - 1].seq;
    else if (page.is_reset)
        seq = state.event_seq;
    page.cursor = text(s, "%lld", (long long)seq);
    page.is_complete = run_finished(state.status) && seq >= state.event_seq;
    return answer(reply, &page);
}

static fallible of_run(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    WatchOrder order = {.kind = WATCH_RUN, .id = path_part(rq, "run_id"), .caller = rq->caller};
    RunState state;

    TRY(seq_of(s, last_event_id(rq), &order.seq));
    if (polls(rq))
        return run_poll(s, api, rq, &order, reply);
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
        TRY(run_state(s, tx, order.id, &state));
    }
    return stream(s, api, rq, &order);
}

static bool all_finished(const RunStateList *runs)
{
    EACH (RunState, run, runs)
        if (!run_finished(run->status))
            return false;
    return true;
}

static fallible task_poll(Scope *s, Api *api, const Request *rq, const WatchOrder *order,
                          Reply *reply)
{
    HttpWaiter *waiter = http_waiter(s, rq->http);
    RunCursor cursor;
    TaskEvents news = {0};
    EventPage page = {0};
    Tx *tx;

    TRY(run_cursor_parse(s, order->cursor, &cursor));
    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(events_of_task_after(s, tx, order->id, &cursor, &news));
    TRY(tx_commit(s, tx));
    page.is_reset = news.is_reset;
    if (!news.events.count && !news.is_reset && wait_for_news(s, api, rq, order, waiter))
        return OK;
    view_all(s, &news.events, &page);
    page.cursor = run_cursor_text(s, &news.cursor);
    page.is_complete = !news.more && all_finished(&news.runs);
    return answer(reply, &page);
}

static fallible of_task(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    WatchOrder order = {.kind = WATCH_TASK,
                        .id = path_part(rq, "task_id"),
                        .caller = rq->caller,
                        .cursor = last_event_id(rq)};
    RunCursor cursor;
    Task task;

    if (polls(rq))
        return task_poll(s, api, rq, &order, reply);
    TRY(run_cursor_parse(s, order.cursor, &cursor));
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
        TRY(task_get(s, tx, order.id, &task));
    }
    return stream(s, api, rq, &order);
}

static const int refusals[] = {400, 404, 429, 503, 0};

const Route event_routes[] = {
    {HTTP_GET, "/v1/runs/{run_id}/events", of_run, .query = &event_query_type,
     .out = &event_page_type, .out_media = "text/event-stream", .status = 200, .role = ROLE_VIEWER,
     .fails = refusals,
     .about = "Events of a run as a stream, resumed by Last-Event-ID; with wait as a long poll."},
    {HTTP_GET, "/v1/tasks/{task_id}/events", of_task, .query = &event_query_type,
     .out = &event_page_type, .out_media = "text/event-stream", .status = 200, .role = ROLE_VIEWER,
     .fails = refusals,
     .about = "Events of all runs of a task, likewise; without a cursor a stream begins with what "
              "is to come."},
    {0},
};
