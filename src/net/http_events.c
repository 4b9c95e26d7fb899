/* What libmicrohttpd's event thread calls: connections come and go, heads and bodies arrive.
 *
 * Traps of libmicrohttpd 0.9.75 that shape this file: an answer in the first call of the access
 * handler closes the connection, so answers wait for a later call; its inactivity timeout is reset
 * by every byte, so deadlines are the door's; and a connection that it closes while the client still
 * sends is reset, which can take the answer from the client, so refusals are written here on a
 * duplicate of the socket that the door reads empty. */

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/http_exchange.h"
#include "sys/fault.h"

enum {
    POOL_EXTRA = 16 << 10, /* a connection's memory beside its head */
    /* Over 32 KiB the library maps a connection's memory instead of taking it from the heap, so that a
     * burst of connections gives it back to the system. */
    POOL_LEAST = 36 << 10,
    CONNECTION_SLACK = 64, /* the door counts with a short delay */
};

/* ---- Exchanges ---- */

static void exchange_end(HttpExchange *ex)
{
    HttpServer *server = ex->server;

    if (ex->phase == EXCHANGE_NONE)
        return;
    http_waiter_end(ex);
    if (ex->response)
        MHD_destroy_response(ex->response);
    atomic_fetch_sub(&server->body_bytes, (int64_t)ex->body.size);
    scope_close(ex->home);
    *ex = (HttpExchange){.server = server, .connection = ex->connection, .taken = ex->taken};
    if (atomic_fetch_sub(&server->open_exchanges, 1) > 1)
        return;
    LOCKED (&server->mutex)
        condition_wake_all(&server->idle_condition);
}

static Connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info->socket_context;
}

/* The request line has arrived: the earliest that libmicrohttpd tells of a request. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
    HttpServer *server = cls;
    Connection *c = connection_of(mhd);
    HttpExchange *ex = &c->exchange;

    exchange_end(ex);
    c->requests++;
    atomic_fetch_add(&server->open_exchanges, 1);
    *ex = (HttpExchange){
        .server = server, .connection = c, .mhd = mhd, .phase = EXCHANGE_HEAD, .wait_us = -1};
    ex->home = scope_child(c->s);
    ex->body = buffer_in(ex->home);
    ex->rq.exchange = ex;
    ex->rq.target = text_copy(ex->home, target);
    return ex;
}

static void set_deadline(Connection *c, int64_t us)
{
    atomic_store(&c->between, false);
    atomic_store(&c->until, us == HTTP_NEVER ? HTTP_NEVER : clock_us() + us);
}

static void set_answer_deadline(HttpExchange *ex, uint64_t size)
{
    const HttpServerSettings *settings = &ex->server->settings;

    set_deadline(ex->connection,
                 settings->answer_us + (int64_t)(size / settings->answer_rate_min) * US_PER_S);
}

/* ---- Refusals ---- */

static void write_refusal(Scope *s, HttpExchange *ex, const Refusal *refusal, int fd)
{
    HttpAnswer answer;
    Buffer b = buffer_in(s);

    http_answer_failure(s, ex, http_refusal_error(s, refusal), &answer);
    if (!header_get(&answer.headers, "X-Request-ID"))
        http_answer_header(s, &answer, "X-Request-ID", ex->rq.id);
    http_answer_header(s, &answer, "Content-Length", text(s, "%zu", answer.body.size));
    http_answer_header(s, &answer, "Connection", "close");
    http_write_head(&b, refusal->status, &answer.headers);
    if (ex->rq.method != HTTP_HEAD)
        buffer_bytes(&b, answer.body);
    ssize_t sent = send(fd, b.data, b.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != (ssize_t)b.size)
        log_debug(s, "a refusal did not reach its client");
}

/* Answers and closes without reading the rest. */
static enum MHD_Result refuse(HttpExchange *ex, Refusal refusal)
{
    UNIT(s, NULL, "refusal");
    int fd = fcntl(ex->connection->fd, F_DUPFD_CLOEXEC, 0);

    atomic_fetch_add(&ex->server->refused, 1);
    ex->taken = true;
    if (fd >= 0) {
        write_refusal(s, ex, &refusal, fd);
        http_linger(ex->server, fd);
    }
    return MHD_NO;
}

/* Answers in its turn and keeps the connection: the request was read to its end. */
static enum MHD_Result turn_away(HttpExchange *ex, Refusal refusal)
{
    UNIT(s, NULL, "refusal");
    HttpAnswer answer;
    struct MHD_Response *response;
    int status;

    atomic_fetch_add(&ex->server->refused, 1);
    http_answer_failure(s, ex, http_refusal_error(s, &refusal), &answer);
    Error *e = http_answer_build(s, ex, &answer, &response, &status);
    if (e) {
        log_failure(s, e);
        return MHD_NO;
    }
    ex->phase = EXCHANGE_ANSWERED;
    set_answer_deadline(ex, answer.body.size);
    enum MHD_Result result = MHD_queue_response(ex->mhd, (unsigned)refusal.status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- A request's way ---- */

static enum MHD_Result take_head(HttpExchange *ex, const char *method, const char *version)
{
    Refusal refusal = http_head_read(ex, method, version);

    if (refusal.status)
        return refuse(ex, refusal);
    ex->phase = EXCHANGE_BODY;
    if (http_head_body_size(&ex->rq) != 0)
        set_deadline(ex->connection, ex->server->settings.body_us);
    return MHD_YES;
}

static enum MHD_Result take_body(HttpExchange *ex, const char *data, size_t *size)
{
    HttpServer *server = ex->server;

    if (ex->body.size + *size > server->settings.body_max)
        return refuse(ex, (Refusal){413, TOO_LARGE, "the body is too large"});
    int64_t held = atomic_fetch_add(&server->body_bytes, (int64_t)*size) + (int64_t)*size;
    if (held > (int64_t)server->settings.bodies_max) {
        atomic_fetch_sub(&server->body_bytes, (int64_t)*size);
        return refuse(ex,
                      (Refusal){503, UNAVAILABLE, "too many large requests at once, try again"});
    }
    buffer_add(&ex->body, data, *size);
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result take_end(HttpExchange *ex)
{
    set_deadline(ex->connection, HTTP_NEVER);
    ex->rq.body = buffer_view(&ex->body);
    if (http_queue(ex))
        return MHD_YES;
    return turn_away(ex, (Refusal){503, UNAVAILABLE, "too many requests are waiting, try again"});
}

static enum MHD_Result give_answer(HttpExchange *ex)
{
    if (ex->taken || !ex->response)
        return MHD_NO;
    set_answer_deadline(ex, ex->answer_size);
    return MHD_queue_response(ex->mhd, (unsigned)ex->status, ex->response);
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *mhd, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *size, void **context)
{
    HttpExchange *ex = *context;

    (void)cls, (void)mhd, (void)url;
    switch (ex->phase) {
    case EXCHANGE_HEAD:
        return take_head(ex, method, version);
    case EXCHANGE_BODY:
        return *size ? take_body(ex, data, size) : take_end(ex);
    case EXCHANGE_ANSWERED:
        return give_answer(ex);
    default:
        return MHD_NO;
    }
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context,
                         enum MHD_RequestTerminationCode why)
{
    HttpExchange *ex = *context;

    (void)cls, (void)mhd, (void)why;
    if (!ex)
        return;
    Connection *c = ex->connection;
    exchange_end(ex);
    *context = NULL;
    int64_t now = clock_us();
    atomic_store(&c->since, now);
    atomic_store(&c->until, now + ex->server->settings.head_us);
    atomic_store(&c->between, true);
}

/* ---- Connections ---- */

static void connection_begin(HttpServer *server, struct MHD_Connection *mhd, void **context)
{
    Scope *s = unit_open(NULL, "connection");
    Connection *c = NEW(s, Connection);
    const struct sockaddr *address =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    int64_t now = clock_us();

    c->s = s;
    c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    c->exchange = (HttpExchange){.server = server, .connection = c};
    http_address_text(address, c->address);
    atomic_store(&c->since, now);
    atomic_store(&c->until, now + server->settings.head_us);
    *context = c;
    LOCKED (&server->mutex) {
        c->next = server->connections;
        if (c->next)
            c->next->previous = c;
        else
            event_set(server->door_event); /* it sleeps while there is nobody to look after */
        server->connections = c;
    }
    atomic_fetch_add(&server->connection_count, 1);
}

/* libmicrohttpd closes the socket only after this, so the door never shuts a stranger's. */
static void connection_end(HttpServer *server, Connection *c)
{
    int unread = 0;

    LOCKED (&server->mutex) {
        if (c->next)
            c->next->previous = c->previous;
        if (c->previous)
            c->previous->next = c->next;
        else
            server->connections = c->next;
    }
    /* Its own refusals (a head over the limit, say) leave bytes unread. */
    if (!c->exchange.taken && ioctl(c->fd, FIONREAD, &unread) == 0 && unread > 0) {
        int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
        if (fd >= 0)
            http_linger(server, fd);
    }
    exchange_end(&c->exchange);
    atomic_fetch_sub(&server->connection_count, 1);
    scope_close(c->s);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        connection_begin(cls, mhd, context);
    else
        connection_end(cls, *context);
}

/* Targets are decoded by http_head.c, strictly. */
static size_t leave_encoded(void *cls, struct MHD_Connection *mhd, char *t)
{
    (void)cls, (void)mhd;
    return strlen(t);
}

static size_t pool_size(const HttpServerSettings *settings)
{
    size_t size = settings->head_max + POOL_EXTRA;

    return size > POOL_LEAST ? size : POOL_LEAST;
}

Error *http_daemon_start(Scope *s, HttpServer *server)
{
    const HttpServerSettings *settings = &server->settings;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_USE_SUSPEND_RESUME |
                     MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET;

    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_access, server, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)settings->connections_max + CONNECTION_SLACK, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        pool_size(settings), MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        server, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_END);
    if (!server->daemon)
        return fail_errno(s, errno, "starting the http server");
    return OK;
}
