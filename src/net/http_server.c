/* Opening, stopping and closing the server. */

#include <sys/epoll.h>
#include <unistd.h>

#include "net/http_exchange.h"
#include "sys/fault.h"

enum { WORKERS_MAX = 256 };

#define ANSWERS_US (1 * US_PER_S) /* that finished answers get to leave at a stop */

static void preset_size(size_t *value, size_t preset)
{
    if (!*value)
        *value = preset;
}

static void preset_us(int64_t *value, int64_t preset)
{
    if (!*value)
        *value = preset;
}

static void fill_presets(Scope *s, HttpServerSettings *settings)
{
    if (!settings->addresses.count) {
        settings->addresses = (TextList){0};
        texts_add(s, &settings->addresses, "127.0.0.1");
        texts_add(s, &settings->addresses, "::1");
    }
    if (!settings->workers)
        settings->workers = 3;
    preset_size(&settings->queue_max, 256);
    preset_size(&settings->connections_max, 1000);
    preset_size(&settings->body_max, 4 << 20);
    preset_size(&settings->bodies_max, 64 << 20);
    preset_size(&settings->head_max, 16 << 10);
    preset_size(&settings->headers_max, 100);
    preset_size(&settings->target_max, 8 << 10);
    preset_size(&settings->answer_rate_min, 16 << 10);
    preset_us(&settings->head_us, 10 * US_PER_S);
    preset_us(&settings->idle_us, 60 * US_PER_S);
    preset_us(&settings->body_us, 30 * US_PER_S);
    preset_us(&settings->request_us, 30 * US_PER_S);
    preset_us(&settings->answer_us, 30 * US_PER_S);
    preset_us(&settings->grace_us, 10 * US_PER_S);
}

/* ---- Stopping ---- */

static void begin_to_stop(HttpServer *server)
{
    LOCKED (&server->mutex) {
        server->stopping = true;
        while (server->parked.first)
            http_unpark(server->parked.first);
    }
    event_set(server->door_event);
}

/* Until nothing is listened on, queued or run. */
static fallible wait_until_idle(Scope *s, HttpServer *server)
{
    LOCKED (&server->mutex) {
        while (server->listening || server->queue.count || server->running.count)
            TRY(condition_wait(s, &server->idle_condition, &server->mutex));
    }
    return OK;
}

static fallible wait_for_answers(Scope *s, HttpServer *server)
{
    LOCKED (&server->mutex) {
        while (atomic_load(&server->open_exchanges) > 0)
            TRY(condition_wait(s, &server->idle_condition, &server->mutex));
    }
    return OK;
}

void http_server_stop(HttpServer *server, int64_t grace_us)
{
    begin_to_stop(server);
    UNIT(patient, NULL, "http stop");
    scope_limit(patient, grace_us);
    Error *e = wait_until_idle(patient, server);
    if (e) {
        error_drop(e, "the grace is over");
        cancel_now(scope_cancel(server->work), "the server is stopping");
        UNIT(last, NULL, "http stop");
        e = wait_until_idle(last, server);
        error_drop(e, "it waits without end, so it cannot fail");
    }
    UNIT(sending, NULL, "http stop");
    scope_limit(sending, ANSWERS_US);
    error_drop(wait_for_answers(sending, server),
               "a client that takes its answer too slowly is cut off");
}

static void end_workers(HttpServer *server)
{
    LOCKED (&server->mutex) {
        server->ending = true;
        condition_wake_all(&server->work_condition);
    }
}

/* With no request left, the order is: the library (nothing is suspended), then door and workers. */
static void server_close(void *what)
{
    HttpServer *server = what;

    http_server_stop(server, server->settings.grace_us);
    MHD_stop_daemon(server->daemon);
    end_workers(server);
    scope_close(server->home);
}

/* ---- Opening ---- */

static void close_sockets(void *what)
{
    HttpServer *server = what;

    for (size_t i = 0; i < server->listener_count; i++)
        close(server->listeners[i]);
    for (size_t i = 0; i < HTTP_LINGERS_MAX; i++)
        if (server->lingers[i].fd >= 0)
            close(server->lingers[i].fd);
}

static void close_work(void *work)
{
    scope_close(work);
}

static fallible open_sockets(Scope *s, HttpServer *server)
{
    for (size_t i = 0; i < HTTP_LINGERS_MAX; i++)
        server->lingers[i].fd = -1;
    TRY(http_listen(s, server));
    scope_undo(server->home, close_sockets, server);
    server->door_epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server->door_epoll < 0)
        return fail_errno(s, errno, "opening the door");
    close_with(server->home, server->door_epoll);
    return event_open(server->home, &server->door_event);
}

static fallible start(Scope *s, HttpServer *server)
{
    TRY(open_sockets(s, server));
    TRY(http_daemon_start(s, server));
    server->listening = true;
    TRY(http_workers_start(server->home, server));
    return http_door_start(server->home, server);
}

Error *http_server_open(Scope *s, const HttpServerSettings *settings, const HttpApp *app,
                        HttpServer **out)
{
    Scope *home = unit_open(NULL, "http server");
    HttpServer *server = NEW(home, HttpServer);

    *server = (HttpServer){.settings = *settings, .app = *app, .home = home};
    server->work = unit_open(scope_cancel(s), "http work");
    scope_undo(home, close_work, server->work);
    fill_presets(home, &server->settings);
    Error *e = server->settings.workers > WORKERS_MAX
                   ? fail(s, INVALID, "more than %d workers", WORKERS_MAX)
                   : start(s, server);
    if (e) {
        e = error_move(s, e); /* it may live in home */
        if (server->daemon)
            MHD_stop_daemon(server->daemon);
        end_workers(server);
        scope_close(home);
        return e;
    }
    scope_undo(s, server_close, server);
    *out = server;
    return OK;
}

int http_server_port(const HttpServer *server)
{
    return server->port;
}

HttpServerCounts http_server_counts(HttpServer *server)
{
    HttpServerCounts counts = {
        .connections = atomic_load(&server->connection_count),
        .requests = atomic_load(&server->requests),
        .refused = atomic_load(&server->refused),
        .timed_out = atomic_load(&server->timed_out),
        .body_bytes = atomic_load(&server->body_bytes),
    };

    LOCKED (&server->mutex) {
        counts.queued = server->queue.count;
        counts.running = server->running.count;
        counts.parked = server->parked.count;
    }
    return counts;
}
