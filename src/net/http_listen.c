/* Listening on numeric addresses, all with one port. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_exchange.h"
#include "sys/fault.h"

enum {
    BACKLOG = 1024,
    PORT_TRIES = 20, /* a free port must be free on all addresses */
};

typedef union Address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} Address;

static fallible parse_address(Scope *s, const char *t, int port, Address *out)
{
    Address a = {0};

    if (inet_pton(AF_INET, t, &a.v4.sin_addr) == 1) {
        a.v4.sin_family = AF_INET;
        a.v4.sin_port = htons((uint16_t)port);
    } else if (inet_pton(AF_INET6, t, &a.v6.sin6_addr) == 1) {
        a.v6.sin6_family = AF_INET6;
        a.v6.sin6_port = htons((uint16_t)port);
    } else {
        return fail(s, INVALID, "%s is not an address to listen on, such as 127.0.0.1 or ::1", t);
    }
    *out = a;
    return OK;
}

void http_address_text(const struct sockaddr *address, char out[HTTP_ADDRESS_SIZE])
{
    const Address *a = (const void *)address;

    out[0] = 0;
    if (a && a->any.sa_family == AF_INET)
        inet_ntop(AF_INET, &a->v4.sin_addr, out, HTTP_ADDRESS_SIZE);
    else if (a && a->any.sa_family == AF_INET6)
        inet_ntop(AF_INET6, &a->v6.sin6_addr, out, HTTP_ADDRESS_SIZE);
}

static socklen_t address_size(const Address *a)
{
    return a->any.sa_family == AF_INET ? sizeof a->v4 : sizeof a->v6;
}

/* The number of what went wrong; 0: it listens. */
static int bind_and_listen(int fd, const Address *a)
{
    int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return errno;
    if (a->any.sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        return errno;
    if (bind(fd, &a->any, address_size(a)) < 0 || listen(fd, BACKLOG) < 0)
        return errno;
    return 0;
}

static int socket_for(const Address *a, int *fd)
{
    *fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return *fd < 0 ? errno : bind_and_listen(*fd, a);
}

/* *out is -1 when the machine has no such address. */
static fallible listen_on(Scope *s, const char *address, int port, int *out)
{
    Address a;
    int fd;

    TRY(parse_address(s, address, port, &a));
    int number = socket_for(&a, &fd);
    if (number && fd >= 0)
        close(fd);
    *out = number ? -1 : fd;
    if (number == 0 || number == EAFNOSUPPORT || number == EADDRNOTAVAIL)
        return OK; /* what the machine lacks, the other addresses may make up for */
    const char *shown = text(s, strchr(address, ':') ? "[%s]:%d" : "%s:%d", address, port);
    if (number == EADDRINUSE)
        return fail(s, CONFLICT, "listening on %s: the port is taken by another program", shown);
    return fail_errno(s, number, "listening on %s", shown);
}

static fallible port_of(Scope *s, int fd, int *out)
{
    Address a = {0};
    socklen_t size = sizeof a;

    if (getsockname(fd, &a.any, &size) < 0)
        return fail_errno(s, errno, "asking for the port");
    *out = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
    return OK;
}

static void close_all(HttpServer *server)
{
    for (size_t i = 0; i < server->listener_count; i++)
        close(server->listeners[i]);
    server->listener_count = 0;
}

static fallible listen_on_all(Scope *s, HttpServer *server)
{
    server->port = server->settings.port;
    EACH (const char *, address, &server->settings.addresses) {
        int fd;
        TRY(listen_on(s, *address, server->port, &fd));
        if (fd < 0)
            continue;
        server->listeners[server->listener_count++] = fd;
        TRY(port_of(s, fd, &server->port));
    }
    return server->listener_count
               ? OK
               : fail(s, UNAVAILABLE, "this machine has none of the addresses to listen on");
}

Error *http_listen(Scope *s, HttpServer *server)
{
    if (server->settings.addresses.count > HTTP_LISTENERS_MAX)
        return fail(s, INVALID, "more than %d addresses to listen on", HTTP_LISTENERS_MAX);
    for (int i = 1;; i++) {
        Error *e = listen_on_all(s, server);
        if (!e)
            return OK;
        close_all(server);
        if (server->settings.port || i == PORT_TRIES || !failed_as(e, CONFLICT))
            return e;
        error_drop(e, "another free port is tried");
    }
}
