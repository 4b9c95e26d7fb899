/* The site of given_http.h, and its raw client. */

#include "test/net/given_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/fault.h"

enum { BIG = 3 << 20 };

/* ---- Routes ---- */

static Error *hold(Scope *s, Site *site, HttpAnswer *answer)
{
    Error *e = OK;

    LOCKED (&site->mutex) {
        site->holding++;
        condition_wake_all(&site->changed);
        while (!site->released && !e)
            e = condition_wait(s, &site->changed, &site->mutex);
        site->holding--;
        site->cancelled = e ? cancel_reason(scope_cancel(s)) : NULL;
        condition_wake_all(&site->changed);
    }
    TRY(e);
    answer->body = BYTES("released\n");
    return OK;
}

/* Looks at neither its deadline nor its cancellation. */
static Error *hold_stubbornly(Site *site, HttpAnswer *answer)
{
    UNIT(own, NULL, "stubborn");
    HttpAnswer ignored;

    error_drop(hold(own, site, &ignored), "it has no end of its own");
    answer->body = BYTES("released\n");
    return OK;
}

static Error *poll_news(Scope *s, Site *site, const HttpRequest *rq, HttpAnswer *answer)
{
    HttpWaiter *waiter = http_waiter(s, rq);
    bool news = false;

    LOCKED (&site->mutex) {
        http_waiter_drop(site->waiter);
        site->waiter = http_waiter_keep(waiter);
        news = site->news;
    }
    if (!news && rq->waited_us < 700 * US_PER_MS) {
        http_wait(rq, 700 * US_PER_MS - rq->waited_us);
        return OK;
    }
    answer->body = bytes_of(text(s, "news=%d turns=%d\n", news, rq->turn));
    return OK;
}

static Error *wait_woken(Scope *s, const HttpRequest *rq, HttpAnswer *answer)
{
    http_wake(http_waiter(s, rq));
    if (rq->turn == 0)
        http_wait(rq, US_PER_MIN);
    answer->body = bytes_of(text(s, "turns=%d\n", rq->turn));
    return OK;
}

static Error *stream(Scope *s, Site *site, const HttpRequest *rq)
{
    Stream *opened;
    Frame *hello = frame_event("hello", NULL, BYTES("{}"), 0);
    Error *e = stream_open(s, site->streams, rq, &(StreamOptions){.group = "g"}, &opened);

    if (!e) {
        stream_send(opened, hello);
        stream_go(opened);
    }
    frame_drop(hello);
    return e;
}

static Error *give_file(Scope *s, HttpAnswer *answer)
{
    int fd = memfd_create("digits", MFD_CLOEXEC);

    if (fd < 0 || write(fd, "0123456789", 10) != 10)
        return fail_errno(s, errno, "making a file");
    answer->has_file = true;
    answer->file_fd = fd;
    answer->file_from = 3;
    answer->file_size = 3;
    return OK;
}

static const char *describe(Scope *s, const HttpRequest *rq)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "%s", rq->method_name);
    EACH (const char *, segment, &rq->segments)
        buffer_format(&b, " [%s]", *segment);
    EACH (Pair, p, &rq->query)
        buffer_format(&b, " %s=%s", p->name, p->value);
    return buffer_string(&b);
}

static Error *route(Scope *s, void *app, const HttpRequest *rq, HttpAnswer *answer)
{
    Site *site = app;

    LOCKED (&site->mutex)
        site->runs++;
    http_answer_header(s, answer, "Content-Type", "text/plain");
    answer->body = BYTES("hello\n");
    if (text_equal(rq->path, "/echo"))
        answer->body = rq->body;
    else if (text_starts(rq->path, "/where"))
        answer->body = bytes_of(describe(s, rq));
    else if (text_equal(rq->path, "/big"))
        answer->body = (Bytes){scope_alloc(s, BIG), BIG};
    else if (text_equal(rq->path, "/split"))
        http_answer_header(s, answer, "X", "a\r\nSet-Cookie: b");
    else if (text_equal(rq->path, "/file"))
        return give_file(s, answer);
    else if (text_equal(rq->path, "/fail"))
        return fail(s, MISSING, "no such page");
    else if (text_equal(rq->path, "/hold"))
        return hold(s, site, answer);
    else if (text_equal(rq->path, "/stubborn"))
        return hold_stubbornly(site, answer);
    else if (text_equal(rq->path, "/hasty"))
        return wait_woken(s, rq, answer);
    else if (text_equal(rq->path, "/poll"))
        return poll_news(s, site, rq, answer);
    else if (text_equal(rq->path, "/stream"))
        return stream(s, site, rq);
    return OK;
}

/* ---- The site ---- */

/* Before the server stops: it waits for what runs. */
static void release(void *site)
{
    site_release(site);
}

static void drop_waiter(void *what)
{
    Site *site = what;

    http_waiter_drop(site->waiter);
}

Site *given_site_with_streams(Scope *s, const HttpServerSettings *settings,
                              const StreamSettings *streams)
{
    static const char *const express[] = {"/alive", NULL};
    Site *site = NEW(s, Site);
    HttpApp app = {.app = site, .handle = route, .express = express};

    scope_limit(s, 20 * US_PER_S);
    scope_undo(s, drop_waiter, site);
    Error *e = streams_open(s, streams, &site->streams);
    if (!e)
        e = http_server_open(s, settings, &app, &site->server);
    error_drop(e, "a test without a server fails at its first request");
    if (!e)
        site->port = http_server_port(site->server);
    scope_undo(s, release, site);
    return site;
}

Site *given_site(Scope *s, const HttpServerSettings *settings)
{
    return given_site_with_streams(s, settings, &(StreamSettings){0});
}

void site_release(Site *site)
{
    LOCKED (&site->mutex) {
        site->released = true;
        condition_wake_all(&site->changed);
    }
}

Error *site_wait_holding(Scope *s, Site *site, int count)
{
    LOCKED (&site->mutex) {
        while (site->holding != count)
            TRY(condition_wait(s, &site->changed, &site->mutex));
    }
    return OK;
}

void site_news(Site *site)
{
    HttpWaiter *waiter = NULL;

    LOCKED (&site->mutex) {
        site->news = true;
        if (site->waiter)
            waiter = http_waiter_keep(site->waiter);
    }
    if (waiter)
        http_wake(waiter);
    http_waiter_drop(waiter);
}

/* ---- The client ---- */

static fallible dial_with(Scope *s, int port, int receive_buffer, int *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return fail_errno(s, errno, "socket");
    close_with(s, fd);
    if (receive_buffer &&
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) < 0)
        return fail_errno(s, errno, "narrowing");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return fail_errno(s, errno, "connecting");
    *out = fd;
    return OK;
}

Error *dial(Scope *s, int port, int *out)
{
    return dial_with(s, port, 0, out);
}

Error *dial_narrow(Scope *s, int port, int *out)
{
    return dial_with(s, port, 2048, out);
}

Error *say_bytes(Scope *s, int fd, Bytes bytes)
{
    while (bytes.size) {
        struct pollfd out = {.fd = fd, .events = POLLOUT};
        int ready;
        TRY(scope_poll(s, &out, 1, -1, &ready));
        ssize_t size = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0 && errno != EAGAIN)
            return fail_errno(s, errno, "sending");
        if (size > 0)
            bytes = (Bytes){bytes.data + size, bytes.size - (size_t)size};
    }
    return OK;
}

Error *say(Scope *s, int fd, const char *t)
{
    return say_bytes(s, fd, bytes_of(t));
}

/* *size is 0 at the end. */
static fallible hear_some(Scope *s, int fd, Buffer *b, size_t *size)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};
    char piece[16 << 10];
    int ready;

    TRY(scope_poll(s, &in, 1, -1, &ready));
    ssize_t got = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && errno != ECONNRESET)
        return fail_errno(s, errno, "receiving");
    *size = got > 0 ? (size_t)got : 0;
    buffer_add(b, piece, *size);
    return OK;
}

Error *hear_count(Scope *s, int fd, const char **out, size_t *count)
{
    Buffer b = buffer_in(s);
    size_t size;

    do
        TRY(hear_some(s, fd, &b, &size));
    while (size);
    *out = buffer_string(&b);
    *count = b.size;
    return OK;
}

Error *hear_all(Scope *s, int fd, const char **out)
{
    size_t count;

    return hear_count(s, fd, out, &count);
}

Error *hear_until(Scope *s, int fd, const char *part, const char **out)
{
    Buffer b = buffer_in(s);
    size_t size;

    do {
        TRY(hear_some(s, fd, &b, &size));
        if (!size)
            return fail(s, UNAVAILABLE, "closed after \"%s\"", buffer_string(&b));
    } while (!strstr(buffer_string(&b), part));
    *out = b.data;
    return OK;
}

Error *ask(Scope *s, int port, const char *request, const char **answer)
{
    int fd;

    TRY(dial(s, port, &fd));
    TRY(say(s, fd, request));
    return hear_all(s, fd, answer);
}

bool is_quiet(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

size_t count_of(const char *hay, const char *needle)
{
    size_t count = 0;

    for (const char *at = hay; (at = strstr(at, needle)); at += strlen(needle))
        count++;
    return count;
}
