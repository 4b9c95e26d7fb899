/* Writing an answer piece by piece, in chunks (RFC 9112, section 7.1). */

#include "net/http_writer.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_exchange.h"
#include "sys/fault.h"

struct HttpWriter {
    int fd;        /* -1: closed */
    bool headless; /* the request was HEAD: no body is sent */
};

static void writer_close(void *what)
{
    HttpWriter *w = what;

    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
}

static fallible write_all(Scope *s, HttpWriter *w, Bytes bytes)
{
    while (bytes.size) {
        struct pollfd fd = {.fd = w->fd, .events = POLLOUT};
        int ready;
        ssize_t size = send(w->fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size >= 0)
            bytes = (Bytes){bytes.data + size, bytes.size - (size_t)size};
        else if (errno == EAGAIN)
            TRY(scope_poll(s, &fd, 1, -1, &ready));
        else if (errno != EINTR)
            return fail_errno(s, errno, "writing to the client");
    }
    return scope_check(s);
}

Error *http_writer_open(Scope *s, const HttpRequest *rq, int status, const PairList *headers,
                        HttpWriter **out)
{
    HttpWriter *w = NEW(s, HttpWriter);
    Buffer b = buffer_in(s);
    PairList all = {0};

    EACH (Pair, h, headers)
        pairs_add(s, &all, h->name, h->value);
    pairs_add(s, &all, "Transfer-Encoding", "chunked");
    pairs_add(s, &all, "Connection", "close");
    if (!header_get(headers, "X-Request-ID"))
        pairs_add(s, &all, "X-Request-ID", rq->id);
    http_write_head(&b, status, &all);
    TRY(http_take_socket(s, rq, &w->fd));
    w->headless = rq->method == HTTP_HEAD;
    scope_undo(s, writer_close, w);
    TRY(write_all(s, w, buffer_view(&b)));
    *out = w;
    return OK;
}

Error *http_write(Scope *s, HttpWriter *w, Bytes piece)
{
    if (!piece.size || w->headless)
        return scope_check(s); /* an empty chunk would end the body */
    SCOPE(tmp, s);
    Buffer b = buffer_in(tmp);
    buffer_format(&b, "%zx\r\n", piece.size);
    buffer_bytes(&b, piece);
    buffer_text(&b, "\r\n");
    return write_all(s, w, buffer_view(&b));
}

Error *http_writer_end(Scope *s, HttpWriter *w)
{
    if (!w->headless)
        TRY(write_all(s, w, BYTES("0\r\n\r\n")));
    shutdown(w->fd, SHUT_WR);
    writer_close(w);
    return OK;
}

void http_writer_reset(HttpWriter *w)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    writer_close(w);
}

Error *http_reset(Scope *s, const HttpRequest *rq)
{
    HttpWriter w;

    TRY(http_take_socket(s, rq, &w.fd));
    http_writer_reset(&w);
    return OK;
}
