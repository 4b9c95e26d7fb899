/* The queue and the workers that run handlers. */

#include <unistd.h>

#include "base/log.h"
#include "net/http_exchange.h"

/* ---- The queue ---- */

static bool is_express(const HttpApp *app, const char *path)
{
    for (const char *const *p = app->express; p && *p; p++)
        if (text_equal(*p, path))
            return true;
    return false;
}

/* With the mutex held. */
static void enqueue(HttpExchange *ex)
{
    HttpServer *server = ex->server;

    ex->phase = EXCHANGE_QUEUED;
    ex->queued_at = clock_us();
    if (ex->express)
        exchange_push_front(&server->queue, ex);
    else
        exchange_push(&server->queue, ex);
    condition_wake(&server->work_condition);
}

bool http_queue(HttpExchange *ex)
{
    HttpServer *server = ex->server;
    bool taken = false;

    ex->express = is_express(&server->app, ex->rq.path);
    ex->first_turn_at = clock_us();
    LOCKED (&server->mutex) {
        taken = !server->stopping &&
                (ex->express || server->queue.count < (int64_t)server->settings.queue_max);
        if (taken) {
            MHD_suspend_connection(ex->mhd); /* before a worker can resume it */
            enqueue(ex);
        }
    }
    return taken;
}

void http_unpark(HttpExchange *ex)
{
    exchange_remove(&ex->server->parked, ex);
    enqueue(ex);
}

/* ---- One turn of one exchange ---- */

/* Why the handler must not run at all. */
static fallible check_turn(Scope *s, HttpExchange *ex)
{
    bool gone = false, stopping = false;

    LOCKED (&ex->server->mutex) {
        gone = ex->gone;
        stopping = ex->server->stopping && ex->rq.turn > 0;
    }
    if (gone)
        return fail(s, CANCELLED, "the client went away");
    if (stopping)
        return error_retry_after(error_new(s, UNAVAILABLE, "the server is stopping, try again"),
                                 US_PER_S);
    if (scope_remaining(s) == 0)
        return error_retry_after(error_new(s, UNAVAILABLE, "the server is too busy, try again"),
                                 US_PER_S);
    return OK;
}

static fallible run_handler(Scope *s, HttpExchange *ex, HttpAnswer *answer)
{
    HttpServer *server = ex->server;

    TRY(check_turn(s, ex));
    LOCKED (&server->mutex) {
        ex->woken = false;
        ex->working = s;
    }
    Error *e = server->app.handle(s, server->app.app, &ex->rq, answer);
    LOCKED (&server->mutex)
        ex->working = NULL;
    return e;
}

static void drop_file(const HttpAnswer *answer)
{
    if (answer->has_file)
        close(answer->file_fd);
}

/* The answer or, when it cannot be built, one that says so. */
static void build(Scope *s, HttpExchange *ex, const HttpAnswer *answer)
{
    HttpAnswer apology;
    Error *e = http_answer_build(s, ex, answer, &ex->response, &ex->status);

    ex->answer_size = answer->has_file ? answer->file_size : answer->body.size;
    if (!e)
        return;
    log_failure(s, e);
    http_answer_failure(s, ex, e, &apology);
    e = http_answer_build(s, ex, &apology, &ex->response, &ex->status);
    log_failure(s, e); /* then the connection is closed without an answer */
}

static void finish(Scope *s, HttpExchange *ex, Error *e, HttpAnswer *answer)
{
    const HttpApp *app = &ex->server->app;

    atomic_fetch_add(&ex->server->requests, 1);
    if (e && !ex->taken) {
        drop_file(answer);
        http_answer_failure(s, ex, e, answer);
    }
    if (!ex->taken)
        build(s, ex, answer);
    log_failure(s, e);
    if (app->done)
        app->done(s, app->app, &ex->rq,
                  &(HttpOutcome){ex->status, clock_us() - ex->first_turn_at, e});
}

static void unit_fields(Scope *s, const HttpRequest *rq)
{
    scope_field(s, "request_id", rq->id);
    scope_field(s, "method", rq->method_name);
    scope_field(s, "path", text_head(s, rq->logged, 200));
}

/* True when the exchange has its answer, false when it waits for another turn. */
static bool turn(HttpExchange *ex)
{
    HttpServer *server = ex->server;
    UNIT(s, scope_cancel(server->work), "request");
    HttpAnswer answer = {0};
    int64_t left = ex->queued_at + server->settings.request_us - clock_us();

    unit_fields(s, &ex->rq);
    scope_limit(s, left > 0 ? left : 0);
    ex->wait_us = -1;
    ex->rq.waited_us = ex->rq.turn ? clock_us() - ex->first_turn_at : 0;
    Error *e = run_handler(s, ex, &answer);
    if (!e && ex->wait_us >= 0 && !ex->taken) {
        drop_file(&answer);
        return false;
    }
    finish(s, ex, e, &answer);
    return true;
}

/* Parks it until it is woken, or queues it at once when that happened meanwhile. */
static void park(HttpExchange *ex)
{
    HttpServer *server = ex->server;

    LOCKED (&server->mutex) {
        exchange_remove(&server->running, ex);
        ex->rq.turn++;
        ex->phase = EXCHANGE_PARKED;
        ex->parked_until = clock_us() + ex->wait_us;
        exchange_push(&server->parked, ex);
        if (ex->woken || ex->gone || server->stopping)
            http_unpark(ex);
    }
}

static void resume(HttpExchange *ex)
{
    HttpServer *server = ex->server;
    struct MHD_Connection *mhd = ex->mhd;

    http_waiter_end(ex);
    LOCKED (&server->mutex) {
        exchange_remove(&server->running, ex);
        ex->phase = EXCHANGE_ANSWERED;
        if (!server->queue.count && !server->running.count)
            condition_wake_all(&server->idle_condition);
    }
    MHD_resume_connection(mhd); /* from here on the exchange is the event thread's */
}

/* ---- The threads ---- */

/* *out is NULL at the end. */
static fallible next(Scope *s, HttpServer *server, int event, HttpExchange **out)
{
    HttpExchange *ex = NULL;

    LOCKED (&server->mutex) {
        while (!server->queue.count && !server->ending)
            TRY(condition_wait_by(s, &server->work_condition, &server->mutex, event));
        ex = server->queue.first;
        if (ex) {
            exchange_remove(&server->queue, ex);
            ex->phase = EXCHANGE_RUNNING;
            exchange_push(&server->running, ex);
        }
    }
    *out = ex;
    return OK;
}

static Error *work(Scope *s, void *arg)
{
    HttpServer *server = arg;
    int event;

    TRY(event_open(s, &event));
    for (;;) {
        HttpExchange *ex;
        TRY(next(s, server, event, &ex));
        if (!ex)
            return OK;
        if (turn(ex))
            resume(ex);
        else
            park(ex);
    }
}

Error *http_workers_start(Scope *s, HttpServer *server)
{
    for (int i = 0; i < server->settings.workers; i++)
        TRY(thread_start(s, text(s, "http %d", i + 1), work, server, NULL));
    return OK;
}
