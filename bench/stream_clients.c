/* Thousands of readers of event streams in one thread.
 *
 *     stream-clients PORTS TOKEN COUNT PATH
 *
 * Opens COUNT streams of PATH, at each of the PORTS ("8000,8001") as many, and waits until each has its first event ("hello"); prints {"open": n, "ms": t}.
 * Then each line of standard input is a path to be posted to, at the first port: it prints in how many milliseconds, from before
 * the request, half of the streams and all of them had an event of kind "status". Ends with standard input. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/memory.h"

enum {
    COUNT_MAX = 100 * 1000,
    OPENING_MAX = 200,
    TURN_EVENTS = 512,
    PORTS_MAX = 16,
    READ_SIZE = 16 << 10,
    LINE_SIZE = 512
};

#define PATIENCE_US (60 * US_PER_S)

typedef struct Clients {
    int ports[PORTS_MAX];
    int port_count;
    const char *token;
    const char *path;
    int epoll;
    int count;
    int *fds;
    bool *greeted;
    int opened, hellos;
    int64_t *told_at; /* when each stream had the event; 0: not yet */
    int told;
} Clients;

static fallible connect_to(Scope *s, int port, int *out)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    *out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*out < 0 || connect(*out, (struct sockaddr *)&to, sizeof to))
        return fail(s, UNAVAILABLE, "cannot connect to port %d: %s", port, strerror(errno));
    return OK;
}

/* The name in it only has to be one of the server's. */
static fallible send_request(Scope *s, const Clients *c, int fd, const char *method,
                             const char *path)
{
    SCOPE(tmp, s);
    const char *request = text(tmp,
                               "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                               "%s\r\nContent-Length: 0\r\n\r\n",
                               method, path, c->token);

    if (write(fd, request, strlen(request)) != (ssize_t)strlen(request))
        return fail(s, UNAVAILABLE, "cannot send: %s", strerror(errno));
    return OK;
}

static fallible open_one(Scope *s, Clients *c)
{
    int at = c->opened;
    struct epoll_event watch = {.events = EPOLLIN, .data.u32 = (uint32_t)at};

    TRY(connect_to(s, c->ports[at % c->port_count], &c->fds[at]));
    TRY(send_request(s, c, c->fds[at], "GET", c->path));
    if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->fds[at], &watch))
        return fail(s, BUG, "epoll: %s", strerror(errno));
    c->opened++;
    return OK;
}

static fallible read_one(Scope *s, Clients *c, uint32_t at)
{
    char data[READ_SIZE + 1];
    ssize_t size = read(c->fds[at], data, READ_SIZE);

    if (size <= 0)
        return fail(s, UNAVAILABLE, "stream %u was closed", at);
    data[size] = 0;
    if (!c->greeted[at] && !text_starts(data, "HTTP/1.1 200"))
        return fail(s, UPSTREAM, "a stream was refused: %.100s", data);
    if (strstr(data, "event: hello"))
        c->hellos++;
    c->greeted[at] = true;
    if (!c->told_at[at] && strstr(data, "event: status")) {
        c->told_at[at] = clock_us();
        c->told++;
    }
    return OK;
}

static fallible take(Scope *s, Clients *c, int64_t until)
{
    struct epoll_event events[TURN_EVENTS];
    int64_t left = until - clock_us();
    int count = left > 0 ? epoll_wait(c->epoll, events, TURN_EVENTS, (int)(left / 1000) + 1) : 0;

    if (count <= 0)
        return fail(s, TIMEOUT, "%d of %d streams open, %d greeted, %d told of the event",
                    c->opened, c->count, c->hellos, c->told);
    for (int i = 0; i < count; i++)
        TRY(read_one(s, c, events[i].data.u32));
    return OK;
}

static fallible open_all(Scope *s, Clients *c)
{
    int64_t began = clock_us();

    while (c->hellos < c->count) {
        while (c->opened < c->count && c->opened - c->hellos < OPENING_MAX)
            TRY(open_one(s, c));
        TRY(take(s, c, began + PATIENCE_US));
    }
    printf("{\"open\": %d, \"ms\": %.3f}\n", c->hellos, (double)(clock_us() - began) / 1000);
    fflush(stdout);
    return OK;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static fallible fire(Scope *s, Clients *c, const char *path)
{
    int64_t began = clock_us();
    int fd;

    c->told = 0;
    memset(c->told_at, 0, (size_t)c->count * sizeof *c->told_at);
    TRY(connect_to(s, c->ports[0], &fd));
    TRY(send_request(s, c, fd, "POST", path));
    while (c->told < c->count)
        TRY(take(s, c, began + PATIENCE_US));
    close(fd);
    qsort(c->told_at, (size_t)c->count, sizeof *c->told_at, by_size);
    printf("{\"half_ms\": %.3f, \"all_ms\": %.3f}\n",
           (double)(c->told_at[c->count / 2] - began) / 1000,
           (double)(c->told_at[c->count - 1] - began) / 1000);
    fflush(stdout);
    return OK;
}

static fallible ports_read(Scope *s, const char *given, Clients *c)
{
    TextList parts = text_split(s, given, ',');
    int64_t port;

    EACH (const char *, part, &parts) {
        if (c->port_count == PORTS_MAX || !text_integer(*part, 1, 65535, &port))
            return fail(s, INVALID, "PORTS are at most %d numbers with commas between", PORTS_MAX);
        c->ports[c->port_count++] = (int)port;
    }
    return OK;
}

static fallible run(Scope *s, char **argv)
{
    Clients c = {.token = argv[2], .path = argv[4]};
    int64_t count, descriptors;
    char line[LINE_SIZE];

    TRY(ports_read(s, argv[1], &c));
    if (!text_integer(argv[3], 1, COUNT_MAX, &count))
        return fail(s, INVALID, "COUNT is a number");
    TRY(descriptors_raise(s, &descriptors));
    c.count = (int)count;
    c.fds = NEW_ARRAY(s, int, count);
    c.greeted = NEW_ARRAY(s, bool, count);
    c.told_at = NEW_ARRAY(s, int64_t, count);
    c.epoll = epoll_create1(EPOLL_CLOEXEC);
    TRY(open_all(s, &c));
    while (fgets(line, sizeof line, stdin))
        TRY(fire(s, &c, text_trim(s, line)));
    return OK;
}

int main(int argc, char **argv)
{
    UNIT(s, NULL, "stream-clients");
    Error *e =
        argc == 5 ? run(s, argv) : fail(s, INVALID, "usage: stream-clients PORTS TOKEN COUNT PATH");

    if (e)
        fprintf(stderr, "%s\n", e->message);
    return e ? 1 : 0;
}
