/* Opening, reading and writing; what is TLS is done in stream_tls.c. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream_parts.h"
#include "sys/fault.h"

const char *stream_target_shown(Scope *s, const StreamTarget *target)
{
    if (!target->host)
        return text_copy(s, target->path);
    return text(s, strchr(target->host, ':') ? "[%s]:%d" : "%s:%d", target->host, target->port);
}

/* ---- Opening ---- */

void stream_close(Stream *stream)
{
    if (!stream)
        return;
    stream_tls_end(stream);
    if (stream->fd >= 0)
        close(stream->fd);
    scope_close(stream->home);
}

static fallible begin(Scope *s, Stream *stream, const StreamTarget *target)
{
    TRY(stream_connect(s, target, &stream->fd));
    return target->tls ? stream_tls_begin(s, stream, target) : OK;
}

static bool is_over(Error *e, Scope *s)
{
    return failed_as(e, TIMEOUT) && scope_remaining(s) > 0;
}

Error *stream_open(Scope *s, const StreamTarget *target, Stream **out)
{
    Scope *home = unit_open(NULL, "stream");
    Stream *stream = NEW(home, Stream);
    SCOPE(tmp, s);

    *stream = (Stream){.fd = -1, .home = home, .shown = stream_target_shown(home, target)};
    if (target->connect_us)
        scope_limit(tmp, target->connect_us);
    Error *e = begin(tmp, stream, target);
    if (is_over(e, s))
        e = fail(s, UNAVAILABLE, "no connection within %lld ms",
                 (long long)(target->connect_us / US_PER_MS));
    if (!e) {
        *out = stream;
        return OK;
    }
    e = error_while(e, "%s", stream->shown);
    stream_close(stream);
    return e;
}

/* ---- Reading and writing ---- */

static fallible plain_read(Scope *s, Stream *stream, Bytes room, size_t *got, short *wait)
{
    ssize_t n = recv(stream->fd, (char *)(uintptr_t)room.data, room.size, 0);

    *wait = POLLIN;
    *got = n > 0 ? (size_t)n : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return fail_errno(s, errno, "the connection was lost");
    if (n == 0)
        return fail(s, UNAVAILABLE, "the server closed the connection");
    return OK;
}

static fallible plain_write(Scope *s, Stream *stream, Bytes bytes, size_t *sent, short *wait)
{
    ssize_t n = send(stream->fd, bytes.data, bytes.size, MSG_NOSIGNAL);

    *wait = POLLOUT;
    *sent = n > 0 ? (size_t)n : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return fail_errno(s, errno, "the connection was lost");
    return OK;
}

static fallible wait_for(Scope *s, const Stream *stream, short events)
{
    struct pollfd fd = {.fd = stream->fd, .events = events};
    int ready;

    return scope_poll(s, &fd, 1, -1, &ready);
}

Error *stream_read(Scope *s, Stream *stream, char *into, size_t room, size_t *got)
{
    short wait;

    for (;;) {
        size_t n;
        Bytes all = {into, room};
        TRY_WHILE(stream->tls ? stream_tls_read(s, stream, all, &n, &wait)
                              : plain_read(s, stream, all, &n, &wait),
                  "%s", stream->shown);
        if (n) {
            *got = n;
            return OK;
        }
        TRY(wait_for(s, stream, wait));
    }
}

Error *stream_write(Scope *s, Stream *stream, Bytes bytes, size_t *sent)
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
        TRY_WHILE(stream->tls ? stream_tls_write(s, stream, rest, &n, &wait)
                              : plain_write(s, stream, rest, &n, &wait),
                  "%s", stream->shown);
        done += n;
        if (!n)
            TRY(wait_for(s, stream, wait));
    }
}

bool stream_idle(Stream *stream)
{
    char byte;

    if (stream->tls)
        return !stream_tls_stirs(stream);
    return recv(stream->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EINTR);
}
