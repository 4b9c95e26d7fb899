/* Opening, reading and writing; what is TLS is done in wire_tls.c. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/wire_parts.h"
#include "sys/fault.h"

const char *wire_target_shown(Scope *s, const WireTarget *target)
{
    if (!target->host)
        return text_copy(s, target->path);
    return text(s, strchr(target->host, ':') ? "[%s]:%d" : "%s:%d", target->host, target->port);
}

/* ---- Opening ---- */

void wire_close(Wire *wire)
{
    if (!wire)
        return;
    wire_tls_end(wire);
    if (wire->fd >= 0)
        close(wire->fd);
    scope_close(wire->home);
}

static fallible begin(Scope *s, Wire *wire, const WireTarget *target)
{
    TRY(wire_connect(s, target, &wire->fd));
    return target->tls ? wire_tls_begin(s, wire, target) : OK;
}

static bool is_over(Error *e, Scope *s)
{
    return failed_as(e, TIMEOUT) && scope_remaining(s) > 0;
}

Error *wire_open(Scope *s, const WireTarget *target, Wire **out)
{
    Scope *home = unit_open(NULL, "wire");
    Wire *wire = NEW(home, Wire);
    SCOPE(tmp, s);

    *wire = (Wire){.fd = -1, .home = home, .shown = wire_target_shown(home, target)};
    if (target->connect_us)
        scope_limit(tmp, target->connect_us);
    Error *e = begin(tmp, wire, target);
    if (is_over(e, s))
        e = fail(s, UNAVAILABLE, "no connection within %lld ms",
                 (long long)(target->connect_us / US_PER_MS));
    if (!e) {
        *out = wire;
        return OK;
    }
    e = error_while(e, "%s", wire->shown);
    wire_close(wire);
    return e;
}

/* ---- Reading and writing ---- */

static fallible plain_read(Scope *s, Wire *wire, Bytes room, size_t *got, short *wait)
{
    ssize_t n = recv(wire->fd, (char *)(uintptr_t)room.data, room.size, 0);

    *wait = POLLIN;
    *got = n > 0 ? (size_t)n : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return fail_errno(s, errno, "the connection was lost");
    if (n == 0)
        return fail(s, UNAVAILABLE, "the server closed the connection");
    return OK;
}

static fallible plain_write(Scope *s, Wire *wire, Bytes bytes, size_t *sent, short *wait)
{
    ssize_t n = send(wire->fd, bytes.data, bytes.size, MSG_NOSIGNAL);

    *wait = POLLOUT;
    *sent = n > 0 ? (size_t)n : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return fail_errno(s, errno, "the connection was lost");
    return OK;
}

static fallible wait_for(Scope *s, const Wire *wire, short events)
{
    struct pollfd fd = {.fd = wire->fd, .events = events};
    int ready;

    return scope_poll(s, &fd, 1, -1, &ready);
}

Error *wire_read(Scope *s, Wire *wire, char *into, size_t room, size_t *got)
{
    short wait;

    for (;;) {
        size_t n;
        Bytes all = {into, room};
        TRY_WHILE(wire->tls ? wire_tls_read(s, wire, all, &n, &wait)
                            : plain_read(s, wire, all, &n, &wait),
                  "%s", wire->shown);
        if (n) {
            *got = n;
            return OK;
        }
        TRY(wait_for(s, wire, wait));
    }
}

Error *wire_write(Scope *s, Wire *wire, Bytes bytes, size_t *sent)
{
    size_t done = 0;
    short wait;

    for (;;) {
        size_t n;
        Bytes rest = {bytes.data + done, bytes.size - done};
        if (sent)
            *sent = done;
        if (!rest.size)
            return OK;
        TRY_WHILE(wire->tls ? wire_tls_write(s, wire, rest, &n, &wait)
                            : plain_write(s, wire, rest, &n, &wait),
                  "%s", wire->shown);
        done += n;
        if (!n)
            TRY(wait_for(s, wire, wait));
    }
}

bool wire_idle(Wire *wire)
{
    char byte;

    if (wire->tls)
        return !wire_tls_stirs(wire);
    return recv(wire->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EINTR);
}
