/* Waiting without a worker, and taking sockets over. */

#include <fcntl.h>
#include <unistd.h>

#include "net/http_exchange.h"
#include "sys/fault.h"

/* Lives until its last keeper drops it. Its mutex comes before the server's. */
struct HttpWaiter {
    Scope *home;
    _Atomic int holds;
    Mutex mutex;
    HttpExchange *ex; /* under the mutex; NULL once the request has ended */
};

HttpWaiter *http_waiter_keep(HttpWaiter *w)
{
    atomic_fetch_add(&w->holds, 1);
    return w;
}

void http_waiter_drop(HttpWaiter *w)
{
    if (w && atomic_fetch_sub(&w->holds, 1) == 1)
        scope_close(w->home);
}

static void drop_waiter(void *w)
{
    http_waiter_drop(w);
}

HttpWaiter *http_waiter(Scope *s, const HttpRequest *rq)
{
    HttpExchange *ex = rq->exchange;

    if (!ex->waiter) {
        Scope *home = unit_open(NULL, "waiter");
        ex->waiter = NEW(home, HttpWaiter);
        *ex->waiter = (HttpWaiter){.home = home, .ex = ex};
        atomic_store(&ex->waiter->holds, 1);
    }
    scope_undo(s, drop_waiter, http_waiter_keep(ex->waiter));
    return ex->waiter;
}

void http_wait(const HttpRequest *rq, int64_t us)
{
    rq->exchange->wait_us = us > 0 ? us : 0;
}

void http_wake(HttpWaiter *w)
{
    LOCKED (&w->mutex) {
        HttpExchange *ex = w->ex;
        if (!ex)
            break;
        LOCKED (&ex->server->mutex) {
            ex->woken = true;
            if (ex->phase == EXCHANGE_PARKED)
                http_unpark(ex);
        }
    }
}

void http_waiter_end(HttpExchange *ex)
{
    HttpWaiter *w = ex->waiter;

    if (!w)
        return;
    ex->waiter = NULL;
    LOCKED (&w->mutex)
        w->ex = NULL;
    http_waiter_drop(w);
}

Error *http_take_socket(Scope *s, const HttpRequest *rq, int *out)
{
    HttpExchange *ex = rq->exchange;

    if (ex->taken)
        return fail(s, BUG, "the request's socket was taken already");
    int fd = fcntl(ex->connection->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return fail_errno(s, errno, "taking the client's socket over");
    ex->taken = true;
    *out = fd;
    return OK;
}
