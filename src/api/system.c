/* Routes about the service itself: health, readiness, metrics, description. */

#include "api/hub.h"
#include "base/json.h"
#include "service/readiness.h"
#include "store/jobs.h"
#include "sys/memory.h"

typedef struct Health {
    const char *status;
    const char *version;
} Health;

static const Type health_type = TYPE(Health, "How the service is.", FIELD(Health, status, REQUIRED),
                                     FIELD(Health, version, REQUIRED));

static fallible health(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)s;
    (void)api;
    (void)rq;
    Health healthy = {"healthy", DURSOR_VERSION};
    return answer(reply, &healthy);
}

/* Ready means: a request could be served now. */
static fallible ready(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Health is_ready = {"ready", DURSOR_VERSION};

    (void)rq;
    TRY(readiness_check(s, api->app));
    return answer(reply, &is_ready);
}

static void metric(Buffer *b, const char *name, const char *about, int64_t value)
{
    buffer_format(b, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, about, name, name,
                  (long long)value);
}

static fallible write_queues(Scope *s, Api *api, Buffer *b)
{
    QueueStatList stats = {0};
    Tx *tx;

    TRY(tx_system_read(s, api->app->store, &tx));
    TRY(jobs_stats(s, tx, &stats));
    TRY(tx_commit(s, tx));
    buffer_text(b, "# HELP dursor_jobs Jobs by queue and state.\n# TYPE dursor_jobs gauge\n");
    EACH (QueueStat, q, &stats) {
        buffer_format(b, "dursor_jobs{queue=\"%s\",state=\"due\"} %lld\n", q->queue,
                      (long long)q->due);
        buffer_format(b, "dursor_jobs{queue=\"%s\",state=\"later\"} %lld\n", q->queue,
                      (long long)q->later);
        buffer_format(b, "dursor_jobs{queue=\"%s\",state=\"leased\"} %lld\n", q->queue,
                      (long long)q->leased);
        buffer_format(b, "dursor_jobs{queue=\"%s\",state=\"dead\"} %lld\n", q->queue,
                      (long long)q->dead);
    }
    return OK;
}

static fallible metrics(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    HttpServerCounts http = http_server_counts(api->server);
    StreamCounts streams = streams_counts(api->streams);
    MemoryUse memory;
    Buffer *b = NEW(s, Buffer);

    (void)rq;
    *b = buffer_in(s);
    TRY(memory_use(s, &memory));
    metric(b, "dursor_http_connections", "Open connections.", http.connections);
    metric(b, "dursor_http_queued", "Requests waiting for a worker.", http.queued);
    metric(b, "dursor_http_running", "Requests being run.", http.running);
    metric(b, "dursor_http_requests_total", "Requests run.", http.requests);
    metric(b, "dursor_http_refused_total", "Requests turned away.", http.refused);
    metric(b, "dursor_streams_open", "Open event streams.", streams.open);
    metric(b, "dursor_streams_overflowed_total", "Streams closed for slowness.",
           streams.overflowed);
    metric(b, "dursor_memory_pss_bytes", "Proportional set size.", memory.pss);
    metric(b, "dursor_memory_rss_bytes", "Resident set size.", memory.rss);
    TRY(write_queues(s, api, b));
    http_answer_header(s, reply->http, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    reply->http->status = 200;
    reply->http->body = buffer_view(b);
    return OK;
}

static fallible openapi(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    (void)api;
    (void)rq;
    http_answer_header(s, reply->http, "Content-Type", "application/json");
    reply->http->status = 200;
    reply->http->body = bytes_of(openapi_text(s));
    return OK;
}

static const int not_ready[] = {503, 0};

const Route system_routes[] = {
    {HTTP_GET, "/health", health, .out = &health_type, .status = 200,
     .about = "The service lives."},
    {HTTP_GET, "/healthz", health, .out = &health_type, .status = 200,
     .about = "The service lives."},
    {HTTP_GET, "/readyz", ready, .out = &health_type, .status = 200, .fails = not_ready,
     .about = "The service can serve."},
    {HTTP_GET, "/metrics", metrics, .status = 200, .role = ROLE_VIEWER, .out_media = "text/plain",
     .about = "Figures in Prometheus text format."},
    {HTTP_GET, "/openapi.json", openapi, .status = 200, .role = ROLE_VIEWER,
     .out_media = "application/json", .about = "This description."},
    {0},
};
