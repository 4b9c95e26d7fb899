/* From a request to its route and back: what every route has in common. */

#include "api/api.h"
#include "api/tagged.h"
#include "api/web.h"
#include "base/json.h"
#include "base/log.h"

void dispatch_headers(Scope *s, const Api *api, const HttpRequest *rq, HttpAnswer *out)
{
    const char *origin = header_get(&rq->headers, "Origin");

    http_answer_header(s, out, "X-Request-ID", rq->id);
    http_answer_header(s, out, "X-Content-Type-Options", "nosniff");
    http_answer_header(s, out, "Referrer-Policy", "no-referrer");
    if (!origin)
        return;
    http_answer_header(s, out, "Vary", "Origin");
    if (guard_origin_allowed(api, rq, origin)) {
        http_answer_header(s, out, "Access-Control-Allow-Origin", origin);
        http_answer_header(s, out, "Access-Control-Allow-Credentials", "true");
    }
}

/* CORS preflight: the browser asks before it sends the real request. */
static fallible preflight(Scope *s, Api *api, const HttpRequest *rq, HttpAnswer *out)
{
    const Caller *nobody;
    static const Route open_route = {.about = "preflight"};

    TRY(guard_check(s, api, rq, &open_route, &nobody));
    out->status = 204;
    http_answer_header(s, out, "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    http_answer_header(s, out, "Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-ID");
    http_answer_header(s, out, "Access-Control-Max-Age", "600");
    return OK;
}

static fallible no_route(Scope *s, Api *api, const HttpRequest *rq, const TextList *allowed,
                         HttpAnswer *out)
{
    static const Route open_route = {.about = "the application"};
    bool web = !allowed->count && web_wanted(rq);
    const Caller *caller;

    TRY(guard_check(s, api, rq, web ? &open_route : NULL, &caller));
    if (web)
        return web_answer(s, rq, out);
    if (!allowed->count)
        return fail_code(s, MISSING, "path_unknown", "Not Found");
    http_answer_header(s, out, "Allow", text_join(s, allowed, ", "));
    Error *e = fail_code(s, UNSUPPORTED, "method_not_allowed", "Method Not Allowed");
    error_answer(s, rq, e, out);
    out->status = 405;
    return OK;
}

/* A person, and all of a tenant together, may ask so often. */
static fallible rate_check(Scope *s, const Api *api, const Caller *caller)
{
    const Settings *settings = api->app->settings;

    if (!caller || !api->app->rates)
        return OK;
    const RateAsk asks[] = {
        {text(s, "user:%s:%s", caller->tenant_id, caller->user_id),
         {.count = settings->user_requests_per_minute, .per_us = US_PER_MIN}},
        {text(s, "tenant:%s", caller->tenant_id),
         {.count = settings->tenant_requests_per_minute, .per_us = US_PER_MIN}},
    };
    int64_t wait = rates_take(s, api->app->rates, asks, COUNT_OF(asks));
    if (!wait)
        return OK;
    return error_retry_after(fail_code(s, LIMITED, "too_many_requests",
                                       "more requests in a minute than this server allows: wait as "
                                       "long as Retry-After says"),
                             wait);
}

/* Query parameters by their table; faults in the same form as a body's. */
static fallible read_query(Scope *s, const HttpRequest *rq, const Type *type, void *out)
{
    type_presets(s, type, out);
    for (size_t i = 0; i < rq->query.count; i++) {
        const char *why = NULL;
        const Field *f = type_field(type, rq->query.items[i].name);
        if (!f || (f->kind == FIELD_ENUM && text_empty(rq->query.items[i].value)))
            continue;
        if (field_from_text(s, f, out, rq->query.items[i].value, &why))
            continue;
        Error *e = fail(s, MALFORMED, "%s: should be %s", f->name, why);
        Issue *issue = NEW(scope_unit(s), Issue);
        *issue = (Issue){"value_error", text(scope_unit(s), "[\"query\",\"%s\"]", f->name),
                         text(scope_unit(s), "Input should be %s", why), NULL, NULL};
        e->issues = issue;
        return e;
    }
    return OK;
}

static fallible check_depth(Scope *s, const Api *api, Bytes body)
{
    int64_t most = api->app->settings->json_depth;

    if ((int64_t)json_depth(body) <= most)
        return OK;
    Error *e = error_param(fail_code(s, MALFORMED, "json_too_deep",
                                     "the body is nested deeper than %lld (DURSOR_JSON_DEPTH)",
                                     (long long)most),
                           "most", text(s, "%lld", (long long)most));
    Issue *issue = NEW(scope_unit(s), Issue);
    *issue = (Issue){"json_invalid", "[\"body\"]", e->message, NULL, NULL};
    e->issues = issue;
    return e;
}

static fallible decode(Scope *s, const Api *api, const HttpRequest *http, Request *rq)
{
    const Route *route = rq->route;

    if (route->in) {
        void *body = scope_alloc(s, route->in->size);
        TRY(check_depth(s, api, http->body));
        TRY(json_read(s, http->body, route->in, body));
        rq->body = body;
    }
    if (route->query) {
        void *query = scope_alloc(s, route->query->size);
        TRY(read_query(s, http, route->query, query));
        rq->query = query;
    }
    return OK;
}

static fallible handle(Scope *s, Api *api, const HttpRequest *http, HttpAnswer *out)
{
    TextList allowed = {0};
    Request rq = {.http = http};
    Reply reply = {.s = s, .http = out};

    if (http->method == HTTP_OPTIONS)
        return preflight(s, api, http, out);
    rq.route = route_find(s, http, &rq.path, &allowed);
    if (!rq.route)
        return no_route(s, api, http, &allowed, out);
    reply.route = rq.route;
    TRY(guard_check(s, api, http, rq.route, &rq.caller));
    TRY(rate_check(s, api, rq.caller));
    TRY(decode(s, api, http, &rq));
    TRY(rq.route->handle(s, api, &rq, &reply));
    answer_tag(s, http, rq.route, out);
    if (rq.caller && http->method != HTTP_GET) /* whatever it changed, its tenant's watchers look */
        bus_publish(api->app->bus, text(s, "tenant:%s", rq.caller->tenant_id));
    return OK;
}

Error *dispatch(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *out)
{
    dispatch_headers(s, app, rq, out);
    return handle(s, app, rq, out);
}

/* With the headers of all answers: a page of an allowed origin may read why it failed. */
void dispatch_failed(Scope *s, void *app, const HttpRequest *rq, const Error *e, HttpAnswer *out)
{
    dispatch_headers(s, app, rq, out);
    error_answer(s, rq, e, out);
}

void dispatch_done(Scope *s, void *app, const HttpRequest *rq, const HttpOutcome *outcome)
{
    (void)app;
    log_debug(s, "%s %s gave %d in %lld us", rq->method_name, rq->logged, outcome->status,
              (long long)outcome->us);
}
