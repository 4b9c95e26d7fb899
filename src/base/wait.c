/* Waiting that ends with the scope: the cancel descriptor is polled beside the caller's own. */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/time.h"

enum { WAIT_FDS_MAX = 16 };

#define LOOK_US (10 * US_PER_MS) /* between looks at a cancellation that has no descriptor */

Error *scope_check(Scope *s)
{
    if (cancel_asked(scope_cancel(s)))
        return fail(s, CANCELLED, "%s", cancel_reason(scope_cancel(s)));
    if (scope_remaining(s) == 0)
        return fail(s, TIMEOUT, "%s took longer than it may", scope_name(s));
    return OK;
}

/* The nearest of the caller's time, the deadline and the next look, as poll wants it: up to the next
 * millisecond. */
static int poll_ms(Scope *s, int64_t timeout_us, bool blind)
{
    int64_t us = scope_remaining(s);

    if (timeout_us >= 0 && timeout_us < us)
        us = timeout_us;
    if (blind && us > LOOK_US)
        us = LOOK_US;
    if (us == INT64_MAX)
        return -1;
    int64_t ms = us / 1000 + (us % 1000 != 0);
    return ms > 1 << 30 ? 1 << 30 : (int)ms;
}

Error *scope_poll(Scope *s, struct pollfd *fds, size_t count, int64_t timeout_us, int *ready)
{
    struct pollfd all[WAIT_FDS_MAX + 1];
    int64_t until = timeout_us < 0 ? INT64_MAX : clock_us() + timeout_us;

    if (count > WAIT_FDS_MAX)
        return fail(s, BUG, "waiting for %zu descriptors, over %d", count, WAIT_FDS_MAX);
    for (size_t i = 0; i < count; i++)
        all[i] = fds[i];
    for (;;) {
        TRY(scope_check(s));
        all[count] = (struct pollfd){.fd = cancel_fd(scope_cancel(s)), .events = POLLIN};
        int64_t left = until == INT64_MAX ? -1 : until - clock_us();
        int n = poll(all, count + 1,
                     poll_ms(s, left > 0 || until == INT64_MAX ? left : 0, all[count].fd < 0));
        if (n < 0 && errno != EINTR)
            return fail(s, BUG, "poll: %s", strerror(errno));
        bool timed_out = until != INT64_MAX && clock_us() >= until;
        if (n <= 0 && !timed_out)
            continue;
        TRY(scope_check(s));
        for (size_t i = 0; i < count; i++)
            fds[i].revents = n > 0 ? all[i].revents : 0;
        *ready = n > 0 ? n : 0;
        return OK;
    }
}

Error *scope_sleep(Scope *s, int64_t us)
{
    int ready;

    return scope_poll(s, NULL, 0, us > 0 ? us : 0, &ready);
}
