/* The one stream of a browser, and the same as long poll. */

#include "model/news.h"

#include "api/api.h"
#include "api/paging.h"

static fallible of_tenant(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)api;
    (void)rq;
    (void)reply;
    return fail(s, UNSUPPORTED, "this version does not answer here");
}

static const int refusals[] = {400, 429, 503, 0};

const Route news_routes[] = {
    {HTTP_GET, "/v1/events", of_tenant, .query = &event_query_type, .out = &news_page_type,
     .out_media = "text/event-stream", .status = 200, .role = ROLE_VIEWER, .fails = refusals,
     .about = "What changed, as hints: a stream resumed by Last-Event-ID, with wait a long poll. "
              "Events are named after their kind; \"reset\" means: read everything again."},
    {0},
};
