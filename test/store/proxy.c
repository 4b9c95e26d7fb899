/* One thread, all its connections in one poll. */

#include "test/store/proxy.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/url.h"
#include "sys/fault.h"

enum { LINKS_MAX = 7, PIECE = 64 << 10 };

typedef struct Link {
    int client, server; /* -1: none */
    bool server_spoke;
} Link;

static int connect_to(const Proxy *p)
{
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;

    if (getaddrinfo(p->host, p->port, &wanted, &found) != 0)
        return -1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) < 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static void end_link(Link *link)
{
    if (link->client >= 0)
        close(link->client);
    if (link->server >= 0)
        close(link->server);
    *link = (Link){-1, -1, false};
}

static bool pass_on(int from, int to)
{
    char bytes[PIECE];
    ssize_t n = read(from, bytes, sizeof bytes);

    for (ssize_t sent = 0, more; sent < n; sent += more) {
        more = write(to, bytes + sent, (size_t)(n - sent));
        if (more <= 0)
            return false;
    }
    return n > 0;
}

static bool is_commit(int fd)
{
    char bytes[PIECE];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_PEEK);

    return n > 0 && memmem(bytes, (size_t)n, "COMMIT", sizeof "COMMIT");
}

static void from_client(Proxy *p, Link *link)
{
    if (p->silent)
        return;
    p->trips += link->server_spoke;
    link->server_spoke = false;
    bool chosen = p->at_commit != PASS && is_commit(link->client);
    if (p->cut || (chosen && p->at_commit == SWALLOW) || !pass_on(link->client, link->server) ||
        chosen)
        end_link(link);
    if (chosen)
        p->at_commit = PASS;
}

static void from_server(Link *link)
{
    link->server_spoke = true;
    if (!pass_on(link->server, link->client))
        end_link(link);
}

static void accept_one(Proxy *p, Link *links)
{
    int client = accept4(p->listening, NULL, NULL, SOCK_CLOEXEC);

    for (int i = 0; i < LINKS_MAX; i++) {
        if (links[i].client >= 0)
            continue;
        links[i] = (Link){client, p->silent ? -1 : connect_to(p), false};
        return;
    }
    close(client);
}

static fallible serve(Scope *s, Proxy *p, Link *links)
{
    struct pollfd fds[1 + 2 * LINKS_MAX];
    int ready;

    for (;;) {
        fds[0] = (struct pollfd){.fd = p->listening, .events = POLLIN};
        for (int i = 0; i < LINKS_MAX; i++) {
            fds[1 + 2 * i] =
                (struct pollfd){.fd = p->silent ? -1 : links[i].client, .events = POLLIN};
            fds[2 + 2 * i] = (struct pollfd){.fd = links[i].server, .events = POLLIN};
        }
        TRY(scope_poll(s, fds, COUNT_OF(fds), -1, &ready));
        for (int i = 0; i < LINKS_MAX; i++) {
            if (fds[2 + 2 * i].revents && links[i].server >= 0)
                from_server(&links[i]);
            if (fds[1 + 2 * i].revents && links[i].client >= 0)
                from_client(p, &links[i]);
        }
        if (fds[0].revents)
            accept_one(p, links);
    }
}

static Error *run(Scope *s, void *arg)
{
    Link links[LINKS_MAX];

    for (int i = 0; i < LINKS_MAX; i++)
        links[i] = (Link){-1, -1, false};
    Error *e = serve(s, arg, links);
    for (int i = 0; i < LINKS_MAX; i++)
        end_link(&links[i]);
    return e;
}

static fallible listen_somewhere(Scope *s, Proxy *p, int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;

    p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    close_with(s, p->listening);
    if (bind(p->listening, (struct sockaddr *)&at, sizeof at) < 0 || listen(p->listening, 8) < 0 ||
        getsockname(p->listening, (struct sockaddr *)&at, &size) < 0)
        return fail_errno(s, errno, "listening");
    *port = ntohs(at.sin_port);
    return OK;
}

fallible proxy_open(Scope *s, const char *url, Proxy **out)
{
    Proxy *p = NEW(s, Proxy);
    Url parts;
    int port;

    TRY(url_parse(s, url, &parts));
    p->host = parts.host;
    p->port = text(s, "%d", url_port(&parts));
    TRY(listen_somewhere(s, p, &port));
    p->url = text(s, "postgresql://%s:%s@127.0.0.1:%d%s?sslmode=disable", parts.user,
                  parts.password, port, parts.path);
    TRY(thread_start(s, "proxy", run, p, NULL));
    *out = p;
    return OK;
}
