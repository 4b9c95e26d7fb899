/* Mutexes, conditions and events. */

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/thread.h"

enum { WITHOUT_EVENT_US = 10 * 1000 };

/* An error here is a mutex used wrongly: nothing after it can be trusted. */
static void must_be_zero(int number)
{
    if (number)
        abort();
}

Mutex *mutex_lock(Mutex *mutex)
{
    must_be_zero(pthread_mutex_lock(&mutex->native));
    return mutex;
}

Mutex *mutex_unlock(Mutex *mutex)
{
    must_be_zero(pthread_mutex_unlock(&mutex->native));
    return NULL;
}

void mutex_unlock_at(Mutex **mutex)
{
    if (*mutex)
        mutex_unlock(*mutex);
}

/* ---- Events ---- */

Error *event_open(Scope *s, int *out)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0)
        return fail_errno(s, errno, "making an event");
    close_with(s, fd);
    *out = fd;
    return OK;
}

void event_set(int fd)
{
    /* EAGAIN means that it counts to its end already, so it is set. */
    if (eventfd_write(fd, 1) < 0 && errno != EAGAIN)
        abort();
}

bool event_clear(int fd)
{
    eventfd_t count;

    return eventfd_read(fd, &count) == 0;
}

/* ---- Conditions: every waiter has an event of its own, so that scope_poll can wait for it ---- */

struct Waiter {
    struct Waiter *previous, *next;
    int event;
    bool woken; /* and out of the list */
};

static void waiter_add(Condition *c, struct Waiter *w)
{
    w->previous = c->last;
    if (c->last)
        c->last->next = w;
    else
        c->first = w;
    c->last = w;
}

static void waiter_remove(Condition *c, struct Waiter *w)
{
    if (w->previous)
        w->previous->next = w->next;
    else
        c->first = w->next;
    if (w->next)
        w->next->previous = w->previous;
    else
        c->last = w->previous;
}

/* While the process has no descriptor left a wait ends after a moment as if woken, so that waiting
 * never fails for that reason. */
static fallible wait_without_event(Scope *s, Mutex *mutex, int64_t us)
{
    mutex_unlock(mutex);
    Error *e = scope_sleep(s, us < 0 || us > WITHOUT_EVENT_US ? WITHOUT_EVENT_US : us);
    mutex_lock(mutex);
    return e;
}

static fallible wait_by(Scope *s, Condition *c, Mutex *mutex, int64_t us, int event)
{
    struct Waiter w = {.event = event};
    struct pollfd fd = {.fd = event, .events = POLLIN};
    int ready;

    waiter_add(c, &w);
    mutex_unlock(mutex);
    Error *e = scope_poll(s, &fd, 1, us, &ready);
    mutex_lock(mutex);
    if (!w.woken)
        waiter_remove(c, &w);
    else if (e)
        condition_wake(c); /* the wake was for somebody who can use it */
    return e;
}

Error *condition_wait_for(Scope *s, Condition *c, Mutex *mutex, int64_t us)
{
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (event < 0)
        return wait_without_event(s, mutex, us);
    Error *e = wait_by(s, c, mutex, us, event);
    close(event);
    return e;
}

Error *condition_wait_by(Scope *s, Condition *c, Mutex *mutex, int event)
{
    Error *e = wait_by(s, c, mutex, -1, event);

    (void)event_clear(event);
    return e;
}

Error *condition_wait(Scope *s, Condition *c, Mutex *mutex)
{
    return condition_wait_for(s, c, mutex, -1);
}

void condition_wake(Condition *c)
{
    struct Waiter *w = c->first;

    if (!w)
        return;
    waiter_remove(c, w);
    w->woken = true;
    event_set(w->event);
}

void condition_wake_all(Condition *c)
{
    while (c->first)
        condition_wake(c);
}
