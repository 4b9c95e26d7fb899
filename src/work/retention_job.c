/* Removing what is older than it is kept. One job row, once an hour; while much is left it goes on soon,
 * but gives its place to the sweep every few seconds. */

#include "store/retention.h"

#include "base/log.h"
#include "work/runner.h"

#define RETENTION_EVERY_US (60 * US_PER_MIN)
#define RETENTION_TURN_US  (3 * US_PER_S) /* no further transaction is begun after that */
#define RETENTION_AGAIN_US US_PER_S

static int64_t days(int64_t count)
{
    return count * 24 * 60 * US_PER_MIN;
}

/* Some of it; *left says that there may be more. */
static fallible turn(Scope *s, App *app, const Retention *kind, bool *left)
{
    SCOPE(tmp, s);
    int64_t count;
    Tx *tx;

    TRY(scope_check(tmp));
    TRY(tx_system(tmp, app->store, &tx));
    TRY(retain(tmp, tx, kind, &count));
    *left = count > 0;
    return tx_commit(tmp, tx);
}

/* Until nothing is left of the kind or the time is over. */
static fallible apply(Scope *s, App *app, const Retention *kind, int64_t until, bool *left)
{
    *left = true;
    while (*left && clock_us() < until)
        TRY(turn(s, app, kind, left));
    return OK;
}

static fallible retention_apply(Scope *s, App *app, bool *left)
{
    const Settings *keep = app->settings;
    const Retention kinds[] = {
        {"finished jobs", jobs_prune, days(keep->keep_jobs_days)},
        {"dead letters", dead_letters_prune, days(keep->keep_dead_jobs_days)},
        {"old idempotency keys", idempotency_prune, US_PER_S},
        /* Twice as long as a cursor is good. */
        {"old changes", news_prune, 2 * keep->keep_news_minutes * US_PER_MIN},
        {"known deliveries", deliveries_prune, days(keep->keep_deliveries_days)},
        {"effects outside", intents_prune, days(keep->keep_intents_days)},
        {"ended links", shares_prune, days(keep->keep_shares_days)},
        {"events of old runs", events_prune, days(keep->keep_events_days)},
    };
    int64_t until = clock_us() + RETENTION_TURN_US;

    *left = false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        bool more = false;
        Error *e = apply(s, app, &kinds[i], until, &more);
        if (e && cancel_asked(scope_cancel(s)))
            return e;
        if (e) /* the others go on; tried again in an hour */
            log_failure(s, error_while(e, "removing %s", kinds[i].what));
        *left = *left || (more && !e);
    }
    return OK;
}

fallible retention_job(Scope *s, Slot *slot)
{
    App *app = slot->runner->app;
    bool left;
    Tx *tx;

    TRY(sweep_schedule(s, app));
    TRY(retention_apply(s, app, &left));
    TRY(tx_write(s, app->store, &slot->caller, &tx));
    TRY(job_repeat(s, tx, &slot->lease, left ? RETENTION_AGAIN_US : RETENTION_EVERY_US, NULL));
    return tx_commit(s, tx);
}
