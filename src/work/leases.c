/* Keeping leases: renewed well before they end, from a thread that nothing else blocks. A lease that
 * could not be renewed counts as lost at two thirds, by this machine's own clock, before anybody else
 * may take the job. */

#include <poll.h>

#include "base/log.h"
#include "sys/memory.h"
#include "work/runner.h"

#define RENEW_RETRY_US (500 * US_PER_MS)

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

/* A slot claimed after the states were read is not judged by them. */
static void judge(Runner *r, const LeaseStateList *states, int64_t asked_at, bool renewed)
{
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->options.concurrency; i++) {
            Slot *slot = &r->slots[i];
            if (!slot->busy || slot->held_until > asked_at + r->options.lease_us * 2 / 3)
                continue;
            const LeaseState *state = state_of(states, slot);
            if (!state)
                slot_end(slot, SLOT_LOST);
            else if (state->cancel_asked)
                slot_end(slot, SLOT_CANCELED);
            else if (renewed)
                slot->held_until = asked_at + r->options.lease_us * 2 / 3;
        }
    }
}

static void end_overdue(Runner *r)
{
    LOCKED (&r->mutex) {
        for (int64_t i = 0; i < r->options.concurrency; i++)
            if (r->slots[i].busy && boot_us() >= r->slots[i].held_until)
                slot_end(&r->slots[i], SLOT_LOST);
    }
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

Error *leases_run(Scope *s, void *arg)
{
    Runner *r = arg;
    Subscription *sub;
    int64_t renew_at = boot_us() + r->options.renew_us;
    int ready;

    TRY(bus_subscribe(s, r->app->bus, "cancel:", &sub));
    for (;;) {
        SCOPE(turn, s);
        struct pollfd fd = {.fd = subscription_fd(sub), .events = POLLIN};
        int64_t wait_us = renew_at - boot_us();
        TRY(scope_poll(turn, &fd, 1, wait_us > 0 ? wait_us : 0, &ready));
        if (ready)
            (void)subscription_take(turn, sub);
        bool renew = boot_us() >= renew_at;
        Error *e = runner_busy(r) ? ask(turn, r, renew) : OK;
        TRY(scope_check(turn));
        log_failure(turn, e);
        end_overdue(r);
        if (renew)
            renew_at = boot_us() + (e ? RENEW_RETRY_US : r->options.renew_us);
    }
}
