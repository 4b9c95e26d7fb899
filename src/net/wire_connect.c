/* From a target to a connected socket. */

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/wire_parts.h"
#include "sys/fault.h"

#define NEXT_US (250 * US_PER_MS) /* RFC 8305 §5 */

enum {
    KEEPALIVE_IDLE_S = 30, /* under the minutes after which load balancers forget a connection */
    KEEPALIVE_EACH_S = 5,
    KEEPALIVE_COUNT = 4,
    LOST_MS = 20000, /* sent and not acknowledged for so long */
};

/* Attempts that are under way. */
typedef struct Race {
    const Addresses *addresses;
    size_t next; /* address to be tried */
    size_t count;
    struct pollfd fds[ADDRESSES_MAX];
    int fault; /* errno of the last that failed */
} Race;

static void tune(int fd)
{
    const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S},
        {IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_EACH_S},
        {IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, LOST_MS},
    };

    for (size_t i = 0; i < COUNT_OF(options);
         i++) /* none is needed to work: failures do not matter */
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
}

static void begin_next(Race *race)
{
    const Address *a = &race->addresses->items[race->next++];
    int fd = socket(a->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        race->fault = errno;
        return;
    }
    tune(fd);
    if (connect(fd, &a->at.any, a->size) < 0 && errno != EINPROGRESS) {
        race->fault = errno;
        close(fd);
        return;
    }
    race->fds[race->count++] = (struct pollfd){.fd = fd, .events = POLLOUT};
}

static int socket_fault(int fd)
{
    int fault = 0;
    socklen_t size = sizeof fault;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size) < 0 ? errno : fault;
}

/* The first that stands, or -1; those that failed leave the race. */
static int take_winner(Race *race)
{
    for (size_t i = 0; i < race->count;) {
        int fd = race->fds[i].fd;
        int fault = race->fds[i].revents ? socket_fault(fd) : 0;
        if (!race->fds[i].revents) {
            i++;
            continue;
        }
        race->fds[i] = race->fds[--race->count];
        if (!fault)
            return fd;
        race->fault = fault;
        close(fd);
    }
    return -1;
}

static fallible run(Scope *s, Race *race, int *out)
{
    int ready;

    *out = -1;
    while (*out < 0) {
        bool more = race->next < race->addresses->count;
        if (!race->count && !more)
            return fail_errno(s, race->fault, "no connection could be made");
        if (!race->count) {
            begin_next(race);
            continue;
        }
        TRY(scope_poll(s, race->fds, race->count, more ? NEXT_US : -1, &ready));
        *out = ready ? take_winner(race) : -1;
        if (*out < 0 && more)
            begin_next(race);
    }
    return OK;
}

Error *wire_race(Scope *s, const Addresses *addresses, int *out)
{
    Race race = {.addresses = addresses};
    Error *e = run(s, &race, out);

    for (size_t i = 0; i < race.count; i++)
        close(race.fds[i].fd);
    return e;
}

static fallible connect_host(Scope *s, const WireTarget *target, int *out)
{
    Addresses addresses;

    TRY(resolve(s, target->host, target->port, &addresses));
    return wire_race(s, &addresses, out);
}

static fallible connect_path(Scope *s, const char *path, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof at.sun_path)
        return fail(s, INVALID, "the path is longer than the %zu bytes a socket's may have",
                    sizeof at.sun_path - 1);
    memcpy(at.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail_errno(s, errno, "making a socket");
    if (connect(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        int number = errno; /* EAGAIN: its queue is full, which is as good as away */
        close(fd);
        return fail(s, UNAVAILABLE, "no connection could be made: %s", strerror(number));
    }
    *out = fd;
    return OK;
}

Error *wire_connect(Scope *s, const WireTarget *target, int *out)
{
    return target->host ? connect_host(s, target, out) : connect_path(s, target->path, out);
}
