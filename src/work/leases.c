/* Keeping leases: renewed well before they end, from a thread that nothing else blocks. A lease that
 * could not be renewed counts as lost at two thirds, by this machine's own clock, before anybody else
 * may take the job. */

#include <poll.h>

#include "base/log.h"
#include "sys/memory.h"
#include "work/couriers.h"

#define RENEW_RETRY_US (500 * US_PER_MS)
#define SEEN_EVERY_US  (60 * US_PER_S) /* well below what a sweep takes for death */

static const char *const end_reasons[] = {[SLOT_GOES_ON] = "",
                                          [SLOT_LOST] = "lease lost",
                                          [SLOT_CANCELED] = "canceled",
                                          [SLOT_RETURNED] = "the worker is stopping"};

void slot_end(Slot *slot, SlotEnd end)
{
    if (slot->end != SLOT_GOES_ON)
        return;
    slot->end = end;
    if (slot->cancel)
        cancel_now(slot->cancel, end_reasons[end]);
}

static const LeaseState *state_of(const LeaseStateList *states, const Slot *slot)
{
    EACH (LeaseState, state, states)
        if (text_equal(state->id, slot->job.id) && state->fence == slot->lease.fence)
            return state;
    return NULL;
}

/* Two thirds of a lease that was renewed then. */
static int64_t held_from(const Runner *r, int64_t us)
{
    return us + r->options.lease_us * 2 / 3;
}

/* A slot that was claimed when the states were read, or later, is not judged by them. */
static void judge(Runner *r, const LeaseStateList *states, int64_t asked_at, bool renewed)
{
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++) {
            Slot *slot = &r->slots[i];
            if (!slot->busy || slot->since >= asked_at)
                continue;
            const LeaseState *state = state_of(states, slot);
            if (!state)
                slot_end(slot, SLOT_LOST);
            else if (state->cancel_asked)
                slot_end(slot, SLOT_CANCELED);
            else if (renewed)
                slot->held_until = held_from(r, asked_at);
        }
    }
}

/* Ends what is overdue; gives the boot_us at which the next one is. */
static int64_t end_overdue(Runner *r)
{
    int64_t next = INT64_MAX, now = boot_us();

    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->places; i++) {
            Slot *slot = &r->slots[i];
            if (!slot->busy || slot->end != SLOT_GOES_ON)
                continue;
            if (slot->held_until <= now)
                slot_end(slot, SLOT_LOST);
            else if (slot->held_until < next)
                next = slot->held_until;
        }
    }
    return next;
}

/* Renewing writes; looking for cancellation between renewals only reads. */
static fallible ask(Scope *s, Runner *r, bool renew)
{
    ClaimOrder order = {.owner = r->owner, .lease_us = r->options.lease_us, .epoch = r->epoch};
    LeaseStateList states = {0};
    int64_t asked_at = boot_us();
    Tx *tx;

    if (renew) {
        TRY(tx_system(s, r->app->store, &tx));
        TRY(jobs_renew(s, tx, &order, &states));
    } else {
        TRY(tx_system_read(s, r->app->store, &tx));
        TRY(jobs_held(s, tx, &order, &states));
    }
    TRY(tx_commit(s, tx));
    judge(r, &states, asked_at, renew);
    return OK;
}

/* No longer than the first lease lasts, so that a database which does not answer is noticed in time. */
static fallible ask_in_time(Scope *s, Runner *r, bool renew, int64_t overdue_at)
{
    SCOPE(tmp, s);
    int64_t left = overdue_at - boot_us();

    scope_limit(tmp, r->options.lease_us / 2);
    scope_limit(tmp, left > 0 ? left : 0);
    return ask(tmp, r, renew);
}

/* When what is to be done next; boot_us. */
typedef struct Times {
    int64_t renew, seen, overdue;
} Times;

static int64_t wait_until_next(const Times *at)
{
    int64_t next = at->renew < at->seen ? at->renew : at->seen;
    int64_t left = (at->overdue < next ? at->overdue : next) - boot_us();

    return left > 0 ? left : 0;
}

static fallible turn_once(Scope *s, Runner *r, Times *at)
{
    bool renew = boot_us() >= at->renew, seen = boot_us() >= at->seen;
    Error *e = runner_busy(r) ? ask_in_time(s, r, renew, at->overdue) : OK;

    TRY(scope_check(s));
    log_failure(s, e);
    at->overdue = end_overdue(r);
    if (renew && runner_busy(r))
        log_failure(s, courier_renew(s, r));
    if (renew)
        at->renew = boot_us() + (e ? RENEW_RETRY_US : r->options.renew_us);
    if (!seen)
        return OK;
    at->seen = boot_us() + SEEN_EVERY_US;
    return presence_seen(s, r->presence);
}

Error *leases_run(Scope *s, void *arg)
{
    Runner *r = arg;
    Subscription *sub;
    Times at = {boot_us() + r->options.renew_us, boot_us() + SEEN_EVERY_US, INT64_MAX};
    int ready;

    TRY(bus_subscribe(s, r->app->bus, "cancel:", &sub));
    for (;;) {
        SCOPE(turn, s);
        struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
        TRY(scope_poll(turn, &fd, 1, wait_until_next(&at), &ready));
        if (ready)
            (void)subscription_take(turn, sub);
        at.overdue = end_overdue(r);
        Error *e = turn_once(turn, r, &at);
        TRY(scope_check(turn));
        log_failure(turn, e);
    }
}
