/* Redis for tests. */

#include "test/net/given_redis.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/fault.h"
#include "sys/file.h"

fallible redis_variable(Scope *s, const char *name, const char **out)
{
    *out = getenv(name);
    if (text_empty(*out))
        return fail(s, INVALID, "%s is not set: run the tests by ./dev test or ./dev servers",
                    name);
    return OK;
}

fallible redis_at(Scope *s, const char *url, Redis **out)
{
    return redis_open(s, &(RedisOptions){.url = url, .name = "dursor-test"}, out);
}

Error *redis_test(Scope *s, RedisKind kind, RedisTest *test)
{
    static const char *const variables[] = {"DURSOR_TEST_REDIS_URL", "DURSOR_TEST_REDIS_TLS_URL",
                                            "DURSOR_TEST_REDIS_CLUSTER_URL"};
    GivenRedis g = {.kind = kind, .tag = text(s, "{test:%s}", random_hex(s, 8))};

    scope_limit(s, 60 * US_PER_S);
    TRY(redis_variable(s, variables[kind], &g.url));
    TRY(redis_at(s, g.url, &g.redis));
    return test(s, &g);
}

Bytes redis_key(Scope *s, const GivenRedis *g, const char *name)
{
    return bytes_of(text(s, "%s:%s", g->tag, name));
}

/* ---- A server of the test's own ---- */

static fallible free_port(Scope *s, int *out)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 &&
                getsockname(fd, (struct sockaddr *)&at, &size) == 0;
    int number = errno;

    close_with(s, fd); /* held until one is found, so that the next is another */
    *out = ntohs(at.sin_port);
    return good ? OK : fail_errno(s, number, "looking for a free port");
}

/* The servers of a cluster take the port 10,000 above as well. */
fallible given_port(Scope *s, int *out)
{
    SCOPE(tmp, s);

    do
        TRY(free_port(tmp, out));
    while (*out > 55000);
    return OK;
}

/* The client's own back-off is the pause between two looks. */
static fallible wait_until_it_answers(Scope *s, const char *url)
{
    Redis *redis;
    RedisReply *reply;

    TRY(redis_at(s, url, &redis));
    for (;;) {
        Error *e = TELL_ANY(redis, &reply, BYTES("PING"));
        if (!e || !failed_as(e, UNAVAILABLE))
            return failed_as(e, DENIED) ? OK : e;
        TRY(scope_sleep(s, e->retry_after_us));
    }
}

fallible server_start(Scope *s, GivenServer *server, const TextList *options)
{
    TextList argv = {0};
    const char *port = text(s, "%d", server->port);
    const TextList own = TEXTS(server->program, "--bind", "127.0.0.1", "--port", port, "--dir",
                               server->folder, "--logfile", text(s, "%s/log", server->folder));

    server->home = unit_open(scope_cancel(server->s), "server");
    EACH (const char *, t, &own)
        texts_add(s, &argv, *t);
    EACH (const char *, t, options)
        texts_add(s, &argv, *t);
    ProcessSpec spec = {.argv = argv, .env = TEXTS("LC_ALL=C"), .dir = server->folder};
    TRY(error_move(s, process_open(server->home, &spec, &server->process)));
    SCOPE(tmp, s);
    scope_limit(tmp, 20 * US_PER_S);
    TRY_WHILE(wait_until_it_answers(tmp, server->url), "starting a Redis");
    return OK;
}

fallible server_kill(Scope *s, GivenServer *server)
{
    (void)s;
    scope_close(server->home);
    server->home = NULL;
    return OK;
}

static void end_server(void *what)
{
    GivenServer *server = what;

    scope_close(server->home);
}

fallible given_server(Scope *s, const TextList *options, GivenServer **out)
{
    GivenServer *server = NEW(s, GivenServer);
    const char *real;

    TRY(redis_variable(s, "DURSOR_TEST_REDIS_SERVER", &real));
    server->s = s;
    TRY(directory_temporary(s, "/tmp", "dursor-redis", &server->folder));
    server->program =
        text(s, "%s/redis-server", server->folder); /* the name decides what it does */
    if (symlink(real, server->program) < 0)
        return fail_errno(s, errno, "naming the server");
    TRY(given_port(s, &server->port));
    server->url = text(s, "redis://127.0.0.1:%d", server->port);
    scope_undo(s, end_server, server);
    TRY(server_start(s, server, options));
    *out = server;
    return OK;
}
