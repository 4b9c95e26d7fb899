/* The peer of given_peer.h. */

#include "test/net/given_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/fault.h"
#include "test/net/given_http.h"

static fallible listen_somewhere(Scope *s, int backlog, int *fd, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    close_with(s, *fd);
    if (bind(*fd, (struct sockaddr *)&address, size) < 0 || listen(*fd, backlog) < 0 ||
        getsockname(*fd, (struct sockaddr *)&address, &size) < 0)
        return fail_errno(s, errno, "listening");
    *port = ntohs(address.sin_port);
    return OK;
}

/* The head, and as much body as it announces. */
static fallible hear_request(Scope *s, int fd, const char **out)
{
    Buffer b = buffer_in(s);
    const char *part;

    TRY(hear_until(s, fd, "\r\n\r\n", &part));
    buffer_text(&b, part);
    const char *length = strstr(part, "Content-Length: ");
    size_t wanted = (size_t)(strstr(part, "\r\n\r\n") + 4 - part) +
                    (length ? (size_t)strtoul(length + 16, NULL, 10) : 0);
    while (b.size < wanted) {
        TRY(hear_until(s, fd, "", &part));
        buffer_text(&b, part);
    }
    *out = buffer_string(&b);
    return OK;
}

static Error *serve_one(Scope *s, Peer *peer, int fd)
{
    const char *heard, *rest;

    TRY(hear_request(s, fd, &heard));
    peer->heard = heard;
    if (!peer->says)
        return OK;
    TRY(say(s, fd, peer->says));
    if (peer->closes)
        return OK;
    TRY(hear_all(s, fd, &rest));
    LOCKED (&peer->mutex) {
        peer->closed++;
        condition_wake_all(&peer->changed);
    }
    return OK;
}

static Error *peer_run(Scope *s, void *arg)
{
    Peer *peer = arg;

    for (;;) {
        struct pollfd in = {.fd = peer->listener, .events = POLLIN};
        int ready;
        TRY(scope_poll(s, &in, 1, -1, &ready));
        int fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        Error *e = serve_one(s, peer, fd);
        close(fd);
        if (failed_as(e, CANCELLED))
            return e;
        error_drop(e, "a client may break its connection");
    }
}

Peer *given_peer(Scope *s, const char *says)
{
    Peer *peer = NEW(s, Peer);

    scope_limit(s, 20 * US_PER_S);
    peer->says = says;
    Error *e = listen_somewhere(s, 16, &peer->listener, &peer->port);
    if (!e)
        e = thread_start(s, "peer", peer_run, peer, NULL);
    error_drop(e, "a test without its peer fails at once");
    return peer;
}

Error *peer_wait_closed(Scope *s, Peer *peer)
{
    LOCKED (&peer->mutex) {
        while (!peer->closed)
            TRY(condition_wait(s, &peer->changed, &peer->mutex));
    }
    return OK;
}

Error *given_full_listener(Scope *s, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener;

    TRY(listen_somewhere(s, 0, &listener, port));
    address.sin_port = htons((uint16_t)*port);
    for (int i = 0; i < 4; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        close_with(s, fd);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
            return fail_errno(s, errno, "filling the queue");
    }
    return OK;
}
