/* Looking hosts up, on detached threads. */

#include "net/resolve.h"

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/thread.h"

/* Lives until both the thread and who waits have dropped it. What it finds is read once it is done, which
 * the event tells. */
typedef struct LookUp {
    Scope *home;
    _Atomic int holds;
    const char *host;
    const char *port;
    int event;
    _Atomic bool done;
    int fault; /* of getaddrinfo */
    Addresses found;
} LookUp;

static void look_up_drop(void *what)
{
    LookUp *l = what;

    if (atomic_fetch_sub(&l->holds, 1) == 1)
        scope_close(l->home);
}

static void take_family(const struct addrinfo *list, int family, Addresses *out)
{
    out->count = 0;
    for (const struct addrinfo *a = list; a && out->count < ADDRESSES_MAX; a = a->ai_next) {
        if (a->ai_family != family || a->ai_addrlen > sizeof(struct sockaddr_in6))
            continue;
        Address *to = &out->items[out->count++];
        memcpy(&to->at, a->ai_addr, a->ai_addrlen);
        to->size = a->ai_addrlen;
    }
}

/* The preferred family first, then one of each in turn. */
static void take_in_turn(const struct addrinfo *list, Addresses *out)
{
    int first = list->ai_family;
    Addresses sides[2];

    take_family(list, first, &sides[0]);
    take_family(list, first == AF_INET ? AF_INET6 : AF_INET, &sides[1]);
    out->count = 0;
    for (size_t i = 0; i < ADDRESSES_MAX; i++)
        for (int side = 0; side < 2; side++)
            if (i < sides[side].count && out->count < ADDRESSES_MAX)
                out->items[out->count++] = sides[side].items[i];
}

static int ask(const char *host, const char *port, int flags, Addresses *out)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
    struct addrinfo *found = NULL;
    int fault = getaddrinfo(host, port, &wanted, &found);

    if (fault)
        return fault;
    take_in_turn(found, out);
    freeaddrinfo(found);
    return out->count ? 0 : EAI_NONAME;
}

static void *look_up_main(void *what)
{
    LookUp *l = what;

    l->fault = ask(l->host, l->port, AI_ADDRCONFIG, &l->found);
    atomic_store(&l->done, true);
    event_set(l->event);
    look_up_drop(l);
    return NULL;
}

static int start_detached(LookUp *l)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int number = pthread_attr_init(&attributes);

    if (number)
        return number;
    number = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (!number)
        number = pthread_create(&thread, &attributes, look_up_main, l);
    pthread_attr_destroy(&attributes);
    return number;
}

static fallible look_up(Scope *s, LookUp *l)
{
    int number;

    TRY(error_move(s, event_open(l->home, &l->event)));
    atomic_fetch_add(&l->holds, 1);
    number = start_detached(l);
    if (number) {
        look_up_drop(l);
        return fail_errno(s, number, "starting a thread to look up a host");
    }
    struct pollfd fd = {.fd = l->event, .events = POLLIN};
    while (!atomic_load(&l->done)) {
        int ready;
        TRY(scope_poll(s, &fd, 1, -1, &ready));
    }
    return OK;
}

Error *resolve(Scope *s, const char *host, int port, Addresses *out)
{
    SCOPE(tmp, s);
    const char *port_text = text(tmp, "%d", port);

    if (ask(host, port_text, AI_NUMERICHOST, out) == 0)
        return OK;
    Scope *home = unit_open(NULL, "look-up");
    LookUp *l = NEW(home, LookUp);
    *l = (LookUp){.home = home, .host = text_copy(home, host), .port = text_copy(home, port_text)};
    atomic_store(&l->holds, 1);
    scope_undo(tmp, look_up_drop, l);
    TRY(look_up(s, l));
    if (l->fault)
        return fail(s, UNAVAILABLE, "%s has no address: %s", host, gai_strerror(l->fault));
    *out = l->found;
    return OK;
}
