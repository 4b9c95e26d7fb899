/* Passing on: a request as a call, its answer as our own. */

#include "api/front.h"

#include <stdatomic.h>
#include <strings.h>

#include "api/api.h"
#include "api/web.h"
#include "base/log.h"
#include "net/http_client.h"
#include "net/http_writer.h"
#include "net/url.h"

#define FRONT_ANSWER_MAX ((size_t)1 << 30) /* bytes of one answer */
#define FRONT_SPARE_US   (30 * US_PER_S) /* beyond what the API takes at most by the same settings */
#define FRONT_VIA        "1.1 dursor-web"

struct Front {
    Api api; /* first: the frame takes it; only its names are set */
    HttpServer *server;
    HttpClient *client;
    const Settings *settings;
    atomic_int streams;
    atomic_bool draining;
};

/* One request on its way. */
typedef struct Passage {
    Scope *s; /* of the request */
    Front *front;
    const HttpRequest *rq;
    HttpAnswer *out;
    Buffer held;        /* while the answer is small */
    HttpWriter *writer; /* from then on */
    int status;
    bool full;
} Passage;

/* ---- Headers ---- */

static bool among(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcasecmp(*names, name) == 0)
            return true;
    return false;
}

/* Those of one connection, by name or because Connection names them. */
static bool of_one_hop(Scope *s, const PairList *headers, const char *name)
{
    static const char *const names[] = {"Connection",
                                        "Keep-Alive",
                                        "Proxy-Authenticate",
                                        "Proxy-Authorization",
                                        "Proxy-Connection",
                                        "TE",
                                        "Trailer",
                                        "Transfer-Encoding",
                                        "Upgrade",
                                        "Content-Length",
                                        NULL};

    if (among(names, name))
        return true;
    EACH (Pair, h, headers) {
        if (strcasecmp(h->name, "Connection") != 0)
            continue;
        TextList named = text_split(s, h->value, ',');
        EACH (const char *, one, &named)
            if (strcasecmp(text_trim(s, *one), name) == 0)
                return true;
    }
    return false;
}

static PairList headers_on(Scope *s, const HttpRequest *rq)
{
    static const char *const ours[] = {"Host",      "Origin", "Expect",       "Accept-Encoding",
                                       "Forwarded", "Via",    "X-Request-ID", NULL};
    PairList on = {0};

    EACH (Pair, h, &rq->headers)
        if (!among(ours, h->name) && strncasecmp(h->name, "X-Forwarded-", 12) != 0 &&
            !of_one_hop(s, &rq->headers, h->name))
            pairs_add(s, &on, h->name, h->value);
    pairs_add(s, &on, "Via", FRONT_VIA);
    pairs_add(s, &on, "X-Forwarded-For", rq->peer);
    pairs_add(s, &on, "X-Forwarded-Host", header_get(&rq->headers, "Host"));
    pairs_add(s, &on, "X-Request-ID", rq->id);
    return on;
}

static void headers_back(Passage *p, const PairList *headers)
{
    /* What the frame has said already. */
    static const char *const ours[] = {"X-Request-ID",
                                       "X-Content-Type-Options",
                                       "Referrer-Policy",
                                       "Access-Control-Allow-Origin",
                                       "Access-Control-Allow-Credentials",
                                       "Date",
                                       NULL};

    EACH (Pair, h, headers)
        if (!among(ours, h->name) && !of_one_hop(p->s, headers, h->name))
            http_answer_header(p->s, p->out, h->name, h->value);
}

/* ---- The answer ---- */

static void piecewise_done(void *what)
{
    Front *front = what;

    atomic_fetch_sub(&front->streams, 1);
}

static fallible go_piecewise(Passage *p)
{
    Front *front = p->front;

    if (atomic_fetch_add(&front->streams, 1) >= FRONT_STREAMS_MAX) {
        piecewise_done(front);
        p->full = true;
        return fail(p->s, LIMITED, "no room for one more stream");
    }
    scope_undo(p->s, piecewise_done, front);
    TRY(http_writer_open(p->s, p->rq, p->status, &p->out->headers, &p->writer));
    return http_write(p->s, p->writer, buffer_view(&p->held));
}

static Error *started(Scope *s, void *to, const HttpReply *reply)
{
    Passage *p = to;
    const char *media = header_get(&reply->headers, "Content-Type");

    (void)s;
    p->status = reply->status;
    headers_back(p, &reply->headers);
    return media && text_starts(media, "text/event-stream") ? go_piecewise(p) : OK;
}

static Error *take(Scope *s, void *to, Bytes piece)
{
    Passage *p = to;

    if (p->writer)
        return http_write(s, p->writer, piece);
    buffer_bytes(&p->held, piece);
    return p->held.size > FRONT_HELD_MAX ? go_piecewise(p) : OK;
}

/* The address of the API is for the log, not for the browser; a path that is a credential for neither. */
static fallible said_outside(Passage *p, Error *e)
{
    const HttpRequest *rq = p->rq;

    if (p->full) {
        Error *full = fail_code(p->s, LIMITED, "streams_full",
                                "too many streams are open here; try again in a moment");
        return error_retry_after(full, US_PER_S);
    }
    if (!text_equal(rq->logged, rq->path))
        e = error_new(p->s, e->kind, "the API's answer to %s did not come whole", rq->logged);
    if (p->writer ||
        !(failed_as(e, UNAVAILABLE) || failed_as(e, UPSTREAM) || failed_as(e, TIMEOUT)))
        return e;
    log_failure(p->s, e);
    Error *said = fail_code(p->s, UNAVAILABLE, "api_unreachable",
                            "the API does not answer; try again in a moment");
    return error_retry_after(said, US_PER_S);
}

static fallible pass_on(Scope *s, Front *front, const HttpRequest *rq, HttpAnswer *out)
{
    const Settings *settings = front->settings;
    Passage p = {.s = s, .front = front, .rq = rq, .out = out, .held = buffer_in(s)};
    HttpCall call = {
        .method = rq->method_name,
        .url = url_join(s, settings->api_url, rq->target),
        .headers = headers_on(s, rq),
        .body = rq->body,
        .first_byte_us = settings->request_seconds * US_PER_S + FRONT_SPARE_US,
        .idle_us = settings->request_seconds * US_PER_S + FRONT_SPARE_US,
        .answer_max = FRONT_ANSWER_MAX,
        .started = started,
        .take = take,
        .to = &p,
    };
    HttpReply reply;
    const char *via = header_get(&rq->headers, "Via");

    if (via && strstr(via, FRONT_VIA))
        return fail_code(s, UNAVAILABLE, "api_unreachable",
                         "DURSOR_API_URL leads back to this server: name the API's address");
    Error *e = http_call(s, front->client, &call, &reply);
    if (e)
        return said_outside(&p, e);
    if (p.writer)
        return http_writer_end(s, p.writer);
    out->status = p.status;
    out->body = buffer_view(&p.held);
    return OK;
}

/* ---- What is asked for ---- */

/* Every path that the API has, but what each process says of itself. */
static bool of_api(Scope *s, const HttpRequest *rq)
{
    static const char *const firsts[] = {"v1", "api", "auth", NULL};
    static const char *const own[] = {"health", "healthz", "metrics", NULL};
    TextList methods = {0};
    PairList parts = {0};

    if (!rq->segments.count || among(own, rq->segments.items[0]))
        return false;
    return among(firsts, rq->segments.items[0]) || route_find(s, rq, &parts, &methods) ||
           methods.count;
}

static Error *front_handle(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *out)
{
    static const Route open_route = {.about = "anything"};
    Front *front = app;
    const Caller *nobody;

    dispatch_headers(s, &front->api, rq, out);
    TRY(guard_check(s, &front->api, rq, &open_route, &nobody));
    if (rq->method == HTTP_OTHER)
        return fail_code(s, UNSUPPORTED, "method_not_allowed", "Method Not Allowed");
    if (text_equal(rq->path, "/readyz") && atomic_load(&front->draining))
        return fail_code(s, UNAVAILABLE, "not_ready", "this process was asked to stop");
    if (of_api(s, rq))
        return pass_on(s, front, rq, out);
    if (web_wanted(rq))
        return web_answer(s, rq, out);
    if (!text_equal(rq->path, "/healthz"))
        return fail_code(s, MISSING, "path_unknown", "Not Found");
    out->body = BYTES("{\"status\":\"healthy\",\"version\":\"" DURSOR_VERSION "\"}");
    http_answer_header(s, out, "Content-Type", "application/json");
    return OK;
}

/* ---- Start ---- */

Error *front_open(Scope *s, const Settings *settings, Front **out)
{
    static const char *const express[] = {"/healthz", NULL};
    Front *front = NEW(s, Front);
    HttpClientSettings client = {.ca_file = settings->ca_file, .idle_max = FRONT_WORKERS};
    HttpServerSettings server = api_server_settings(s, settings);
    HttpApp http = {.app = front,
                    .handle = front_handle,
                    .failed = dispatch_failed,
                    .done = dispatch_done,
                    .express = express};

    if (text_empty(settings->api_url))
        return fail(s, INVALID,
                    "DURSOR_API_URL is not set: the address of the API that this server passes "
                    "requests on to, for example DURSOR_API_URL=http://127.0.0.1:8001");
    TRY(settings_may_listen(s, settings));
    front->settings = settings;
    guard_names(s, &front->api, settings);
    server.workers = FRONT_WORKERS;
    server.request_us =
        (settings->stream_rotate_seconds + settings->request_seconds) * US_PER_S + FRONT_SPARE_US;
    TRY(http_client_open(s, &client, &front->client));
    TRY(http_server_open(s, &server, &http, &front->server));
    *out = front;
    return OK;
}

void front_drain(Front *front)
{
    atomic_store(&front->draining, true);
}

int front_port(const Front *front)
{
    return http_server_port(front->server);
}
