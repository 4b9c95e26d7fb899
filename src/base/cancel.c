/* A tree of cancellations: asking one asks all below it. One lock guards the tree's links; the state
 * itself is an atomic that readers look at without it. */

#include "base/cancel.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { SPARES_MAX = 16 }; /* as many as short units usually run at once below one parent */

/* Making and closing a descriptor for each short unit that waits would cost more than its waiting, so
 * an unused one is left with the parent for the next. All but the reason is guarded by tree_lock. */
struct Cancel {
    _Atomic(const char *) reason; /* NULL: not asked */
    int fd;                       /* -1 until somebody waits */
    int spares[SPARES_MAX];       /* not readable */
    int spare_count;
    Cancel *parent;
    Cancel *first_child;
    Cancel *next, *previous;
};

static pthread_mutex_t tree_lock = PTHREAD_MUTEX_INITIALIZER;

static void ask(Cancel *c, const char *reason)
{
    const char *none = NULL;

    if (!atomic_compare_exchange_strong(&c->reason, &none, reason))
        return;
    if (c->fd >= 0 && eventfd_write(c->fd, 1) != 0)
        abort(); /* a counter of 1 always fits */
    for (Cancel *child = c->first_child; child; child = child->next)
        ask(child, reason);
}

Cancel *cancel_open(Cancel *parent)
{
    Cancel *c = calloc(1, sizeof *c);

    if (!c)
        abort();
    c->fd = -1;
    if (!parent)
        return c;
    pthread_mutex_lock(&tree_lock);
    c->parent = parent;
    c->next = parent->first_child;
    if (c->next)
        c->next->previous = c;
    parent->first_child = c;
    atomic_store(&c->reason, atomic_load(&parent->reason));
    pthread_mutex_unlock(&tree_lock);
    return c;
}

/* Leaves the descriptor with the parent if nobody has written to it. */
static void spare_fd(Cancel *c)
{
    Cancel *parent = c->parent;

    if (c->fd < 0 || cancel_asked(c) || !parent || parent->spare_count == SPARES_MAX)
        return;
    parent->spares[parent->spare_count++] = c->fd;
    c->fd = -1;
}

void cancel_close(Cancel *c)
{
    pthread_mutex_lock(&tree_lock);
    assert(!c->first_child); /* a parent outlives its units */
    spare_fd(c);
    if (c->next)
        c->next->previous = c->previous;
    if (c->previous)
        c->previous->next = c->next;
    else if (c->parent)
        c->parent->first_child = c->next;
    pthread_mutex_unlock(&tree_lock);
    if (c->fd >= 0)
        close(c->fd);
    while (c->spare_count)
        close(c->spares[--c->spare_count]);
    free(c);
}

void cancel_now(Cancel *c, const char *reason)
{
    pthread_mutex_lock(&tree_lock);
    ask(c, reason);
    pthread_mutex_unlock(&tree_lock);
}

bool cancel_asked(const Cancel *c)
{
    return atomic_load(&c->reason) != NULL;
}

const char *cancel_reason(const Cancel *c)
{
    return atomic_load(&c->reason);
}

int cancel_fd(Cancel *c)
{
    pthread_mutex_lock(&tree_lock);
    if (c->fd < 0 && !cancel_asked(c) && c->parent && c->parent->spare_count)
        c->fd = c->parent->spares[--c->parent->spare_count];
    if (c->fd < 0)
        c->fd = eventfd(cancel_asked(c) ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
    int fd = c->fd;
    pthread_mutex_unlock(&tree_lock);
    return fd;
}
