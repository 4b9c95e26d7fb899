/* The door: accepts connections, shuts those that take too long, reads refused ones empty, notices
 * clients that left while their request runs, and ends the waits of long polls. */

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/http_exchange.h"
#include "sys/fault.h"

enum {
    EVENTS_MAX = 64,
    ACCEPTS_MAX = 64, /* in one go, so that a flood does not hold up the rest */
    LINGER_READ = 16 << 10,
    LINGER_READS_MAX = 64, /* in one go */
    QUIET_SLACK_MS = 20,   /* how exact the kernel's clock of the last byte is */
};

/* What an epoll event is about. */
typedef enum Tag { TAG_EVENT, TAG_END, TAG_LISTENER, TAG_LINGER } Tag;

static uint64_t tag(Tag what, size_t index)
{
    return (uint64_t)what << 32 | index;
}

static fallible watch(Scope *s, HttpServer *server, int fd, uint64_t data)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = data};

    if (epoll_ctl(server->door_epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        return fail_errno(s, errno, "watching a socket");
    return OK;
}

/* ---- Lingering ---- */

void http_linger(HttpServer *server, int fd)
{
    bool taken = false;

    shutdown(fd, SHUT_WR);
    LOCKED (&server->mutex) {
        for (size_t i = 0; i < HTTP_LINGERS_MAX && !taken; i++) {
            struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag(TAG_LINGER, i)};
            if (server->lingers[i].fd >= 0 ||
                epoll_ctl(server->door_epoll, EPOLL_CTL_ADD, fd, &event) < 0)
                continue;
            server->lingers[i] = (Linger){fd, clock_us() + HTTP_LINGER_US};
            taken = true;
        }
    }
    if (!taken)
        close(fd);
    else
        event_set(server->door_event);
}

/* With the mutex held. The registration goes first: another descriptor may still keep the socket open. */
static void linger_close(HttpServer *server, Linger *linger)
{
    epoll_ctl(server->door_epoll, EPOLL_CTL_DEL, linger->fd, NULL);
    close(linger->fd);
    linger->fd = -1;
}

static void linger_read(HttpServer *server, size_t index)
{
    char dump[LINGER_READ];
    Linger *linger = &server->lingers[index];

    LOCKED (&server->mutex) {
        for (int i = 0; i < LINGER_READS_MAX && linger->fd >= 0; i++) {
            ssize_t size = recv(linger->fd, dump, sizeof dump, MSG_DONTWAIT);
            if (size < 0 && (errno == EAGAIN || errno == EINTR))
                break;
            if (size <= 0)
                linger_close(server, linger);
        }
    }
}

/* ---- Accepting ---- */

static size_t connections_from(HttpServer *server, const char *address)
{
    size_t count = 0;

    LOCKED (&server->mutex)
        for (Connection *c = server->connections; c; c = c->next)
            count += text_equal(c->address, address);
    return count;
}

static bool has_room(HttpServer *server, const struct sockaddr *address)
{
    char text[HTTP_ADDRESS_SIZE];
    const HttpServerSettings *settings = &server->settings;

    if (atomic_load(&server->connection_count) >= (int64_t)settings->connections_max)
        return false;
    if (!settings->connections_per_address_max)
        return true;
    http_address_text(address, text);
    return connections_from(server, text) < settings->connections_per_address_max;
}

static void turn_away(HttpServer *server, int fd)
{
    static const char full[] =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";

    atomic_fetch_add(&server->refused, 1);
    if (send(fd, full, sizeof full - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        http_linger(server, fd);
    else
        close(fd);
}

static void let_in(HttpServer *server, int fd, const struct sockaddr *address, socklen_t size)
{
    if (!has_room(server, address))
        turn_away(server, fd);
    else if (MHD_add_connection(server->daemon, fd, address, size) != MHD_YES)
        atomic_fetch_add(&server->refused, 1); /* the library has closed it */
}

/* False when the process has no descriptor left: the door then rests until its next look around. */
static bool accept_some(HttpServer *server, int listener)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        int fd =
            accept4(listener, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            let_in(server, fd, (struct sockaddr *)&address, size);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            return false;
        if (errno == EAGAIN)
            return true;
    }
    return true;
}

static void listeners_watch(HttpServer *server, bool on)
{
    for (size_t i = 0; i < server->listener_count; i++) {
        struct epoll_event event = {.events = on ? EPOLLIN : 0, .data.u64 = tag(TAG_LISTENER, i)};
        epoll_ctl(server->door_epoll, EPOLL_CTL_MOD, server->listeners[i], &event);
    }
}

static void listeners_close(HttpServer *server)
{
    for (size_t i = 0; i < server->listener_count; i++)
        close(server->listeners[i]);
    server->listener_count = 0;
    LOCKED (&server->mutex) {
        server->listening = false;
        condition_wake_all(&server->idle_condition);
    }
}

/* ---- Looking around ---- */

/* How long the client has been quiet, by the kernel. */
static int64_t quiet_us(int fd)
{
    struct tcp_info info;
    socklen_t size = sizeof info;

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return 0;
    return (int64_t)(info.tcpi_last_data_recv + QUIET_SLACK_MS) * US_PER_MS;
}

/* Its time is over, unless it is only idle between two requests: a slow head is told from that by
 * whether bytes came since the last answer. */
static bool is_too_slow(HttpServer *server, Connection *c, int64_t now)
{
    const HttpServerSettings *settings = &server->settings;
    int64_t idle = now - atomic_load(&c->since);

    if (!atomic_load(&c->between) || idle >= settings->idle_us)
        return true;
    if (quiet_us(c->fd) < idle) {
        if (c->dripping)
            return true;
        c->dripping = true;
    }
    int64_t next = now + settings->head_us;
    int64_t last = atomic_load(&c->since) + settings->idle_us;
    atomic_store(&c->until, next < last ? next : last);
    return false;
}

static void shut_slow_ones(HttpServer *server, int64_t now)
{
    LOCKED (&server->mutex) {
        for (Connection *c = server->connections; c; c = c->next) {
            if (!atomic_load(&c->between))
                c->dripping = false;
            if (now < atomic_load(&c->until) || !is_too_slow(server, c, now))
                continue;
            shutdown(c->fd, SHUT_RDWR);
            atomic_store(&c->until, HTTP_NEVER);
            atomic_fetch_add(&server->timed_out, 1);
        }
        for (size_t i = 0; i < HTTP_LINGERS_MAX; i++)
            if (server->lingers[i].fd >= 0 && now >= server->lingers[i].until)
                linger_close(server, &server->lingers[i]);
    }
}

static void end_waits(HttpServer *server, int64_t now)
{
    LOCKED (&server->mutex) {
        for (HttpExchange *ex = server->parked.first, *next; ex; ex = next) {
            next = ex->next;
            if (now >= ex->parked_until)
                http_unpark(ex);
        }
    }
}

/* With the mutex held. */
static void client_gone(HttpExchange *ex)
{
    ex->gone = true;
    if (ex->working)
        cancel_now(scope_cancel(ex->working), "the client went away");
    if (ex->phase == EXCHANGE_PARKED)
        http_unpark(ex);
}

/* With the mutex held: one system call for the list. */
static void notice_gone_in(Scope *s, const ExchangeList *list)
{
    size_t count = (size_t)list->count;
    struct pollfd *fds = NEW_ARRAY(s, struct pollfd, count);
    HttpExchange *ex = list->first;

    for (size_t i = 0; i < count; i++, ex = ex->next)
        fds[i] = (struct pollfd){.fd = ex->connection->fd, .events = POLLRDHUP};
    if (poll(fds, count, 0) <= 0)
        return;
    ex = list->first;
    for (size_t i = 0; i < count; i++) {
        HttpExchange *after = ex->next;
        if (fds[i].revents)
            client_gone(ex);
        ex = after;
    }
}

/* A suspended connection is not in libmicrohttpd's epoll set, so nobody else sees its client go. Who
 * closes its sending half counts as gone, as with other servers. */
static void notice_gone(Scope *s, HttpServer *server)
{
    SCOPE(tmp, s);

    LOCKED (&server->mutex) {
        notice_gone_in(tmp, &server->running);
        notice_gone_in(tmp, &server->queue);
        notice_gone_in(tmp, &server->parked);
    }
}

static bool is_busy(HttpServer *server)
{
    bool busy = false;

    LOCKED (&server->mutex) {
        busy = server->connections != NULL;
        for (size_t i = 0; i < HTTP_LINGERS_MAX && !busy; i++)
            busy = server->lingers[i].fd >= 0;
    }
    return busy;
}

/* ---- The thread ---- */

typedef struct Door {
    HttpServer *server;
    bool ended, rests;
} Door;

static void take_event(Scope *s, Door *door, uint64_t data)
{
    HttpServer *server = door->server;
    size_t index = data & UINT32_MAX;

    switch ((Tag)(data >> 32)) {
    case TAG_EVENT:
        event_clear(server->door_event);
        break;
    case TAG_END:
        door->ended = true;
        break;
    case TAG_LISTENER:
        if (!accept_some(server, server->listeners[index])) {
            log_warning(s, "no descriptor is left for new connections");
            listeners_watch(server, false);
            door->rests = true;
        }
        break;
    case TAG_LINGER:
        linger_read(server, index);
        break;
    }
}

static bool is_stopping(HttpServer *server)
{
    bool stopping = false;

    LOCKED (&server->mutex)
        stopping = server->stopping;
    return stopping;
}

static void look_around(Scope *s, Door *door)
{
    int64_t now = clock_us();

    shut_slow_ones(door->server, now);
    end_waits(door->server, now);
    notice_gone(s, door->server);
    if (door->rests)
        listeners_watch(door->server, true);
    door->rests = false;
}

static Error *door_run(Scope *s, void *arg)
{
    Door door = {.server = arg};
    HttpServer *server = arg;
    int64_t looked = clock_us();

    TRY(watch(s, server, server->door_event, tag(TAG_EVENT, 0)));
    TRY(watch(s, server, cancel_fd(scope_cancel(s)), tag(TAG_END, 0)));
    for (size_t i = 0; i < server->listener_count; i++)
        TRY(watch(s, server, server->listeners[i], tag(TAG_LISTENER, i)));
    while (!door.ended) {
        struct epoll_event events[EVENTS_MAX];
        int wait = door.rests || is_busy(server) ? (int)(HTTP_TICK_US / US_PER_MS) : -1;
        int count = epoll_wait(server->door_epoll, events, EVENTS_MAX, wait);
        for (int i = 0; i < count; i++)
            take_event(s, &door, events[i].data.u64);
        if (is_stopping(server) && server->listener_count)
            listeners_close(server);
        if (clock_us() - looked >= HTTP_TICK_US) {
            look_around(s, &door);
            looked = clock_us();
        }
    }
    return OK;
}

Error *http_door_start(Scope *s, HttpServer *server)
{
    return thread_start(s, "http door", door_run, server, NULL);
}
