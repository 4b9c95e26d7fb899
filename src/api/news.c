/* The one stream of a browser, and the same as long poll. */

#include "store/news.h"

#include "api/hub.h"
#include "api/paging.h"

static const char *last_event_id(const Request *rq)
{
    const EventQuery *query = rq->query;
    const char *header = header_get(&rq->http->headers, "Last-Event-ID");

    return !text_empty(header) ? header : query->after;
}

static fallible stream(Scope *s, Api *api, const Request *rq, const WatchOrder *order)
{
    StreamOptions options = {.group = hub_group(s, order)};
    Stream *opened;

    TRY(stream_open(s, api->streams, rq->http, &options, &opened));
    hub_join(api->hub, order, opened);
    return OK;
}

static fallible read_news(Scope *s, Api *api, const Request *rq, const NewsCursor *from,
                          NewsRead *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
    return news_after(s, tx, from, api->app->settings->keep_news_minutes * US_PER_MIN, out);
}

/* Registered before the look, so that no news falls between the two. Without a place there is nothing
 * to wait for: the answer says where one is. */
static fallible poll_news(Scope *s, Api *api, const Request *rq, WatchOrder *order, Reply *reply)
{
    const EventQuery *query = rq->query;
    NewsCursor from = {0};
    NewsRead read;

    order->wait_us = query->wait.value * US_PER_S - rq->http->waited_us;
    if (!text_empty(order->cursor))
        TRY(news_cursor_parse(s, order->cursor, &from));
    bool waits = from.mark && order->wait_us > 0;
    if (waits)
        hub_wait(api->hub, order, http_waiter(s, rq->http));
    TRY(read_news(s, api, rq, from.mark ? &from : NULL, &read));
    if (waits && !read.news.count && !read.is_reset) {
        http_wait(rq->http, order->wait_us);
        return OK;
    }
    NewsPage page = {read.news, news_cursor_text(s, &read.cursor, true), read.is_reset};
    return answer(reply, &page);
}

static fallible of_tenant(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    WatchOrder order = {.kind = WATCH_TENANT,
                        .id = rq->caller->tenant_id,
                        .caller = rq->caller,
                        .cursor = last_event_id(rq)};
    NewsCursor from;

    if (((const EventQuery *)rq->query)->wait.set)
        return poll_news(s, api, rq, &order, reply);
    if (!text_empty(order.cursor))
        TRY(news_cursor_parse(s, order.cursor, &from));
    return stream(s, api, rq, &order);
}

static const int refusals[] = {400, 429, 503, 0};

const Route news_routes[] = {
    {HTTP_GET, "/v1/events", of_tenant, .query = &event_query_type, .out = &news_page_type,
     .out_media = "text/event-stream", .status = 200, .role = ROLE_VIEWER, .fails = refusals,
     .about = "What changed, as hints: a stream resumed by Last-Event-ID, with wait a long poll. "
              "Events are named after their kind; \"reset\" means: read everything again."},
    {0},
};
