/* Health without an API. */

#include "api/health.h"

#include "net/http_server.h"
#include "service/readiness.h"

enum {
    HEALTH_WORKERS = 1,
    HEALTH_QUEUE = 16,
    HEALTH_CONNECTIONS = 64,
    HEALTH_HEAD_MAX = 8 << 10,
    HEALTH_BODY_MAX = 1 << 10,
};

#define HEALTH_GRACE_US (1 * US_PER_S)

struct HealthListener {
    App *app;
    HttpServer *server;
};

static void say(Scope *s, const char *status, HttpAnswer *out)
{
    http_answer_header(s, out, "Content-Type", "application/json");
    http_answer_header(s, out, "Cache-Control", "no-store");
    out->body = bytes_of(text(s, "{\"status\":\"%s\",\"version\":\"" DURSOR_VERSION "\"}", status));
}

static Error *health_handle(Scope *s, void *arg, const HttpRequest *rq, HttpAnswer *out)
{
    HealthListener *health = arg;

    if (rq->method != HTTP_GET && rq->method != HTTP_HEAD) {
        http_answer_header(s, out, "Allow", "GET, HEAD");
        out->status = 405;
        return OK;
    }
    if (text_equal(rq->path, "/readyz")) {
        TRY(readiness_check(s, health->app));
        say(s, "ready", out);
        return OK;
    }
    if (!text_equal(rq->path, "/healthz") && !text_equal(rq->path, "/health"))
        return fail_code(s, MISSING, "path_unknown", "Not Found");
    say(s, "healthy", out);
    return OK;
}

Error *health_open(Scope *s, App *app, HealthListener **out)
{
    HealthListener *health = NEW(s, HealthListener);
    const char *host = app->settings->health_host;
    HttpServerSettings server = {.port = (int)app->settings->health_port,
                                 .workers = HEALTH_WORKERS,
                                 .queue_max = HEALTH_QUEUE,
                                 .connections_max = HEALTH_CONNECTIONS,
                                 .head_max = HEALTH_HEAD_MAX,
                                 .body_max = HEALTH_BODY_MAX,
                                 .grace_us = HEALTH_GRACE_US};
    HttpApp http = {.app = health, .handle = health_handle};

    if (!text_equal(host, "localhost"))
        texts_add(s, &server.addresses, host);
    health->app = app;
    TRY_WHILE(http_server_open(s, &server, &http, &health->server),
              "listening for probes (DURSOR_HEALTH_HOST, DURSOR_HEALTH_PORT)");
    *out = health;
    return OK;
}

int health_port(const HealthListener *health)
{
    return http_server_port(health->server);
}
