/* Old rows removed. */

#include "store/retention.h"

#include "store/queries.h"

fallible retain(Scope *s, Tx *tx, const Retention *kind, int64_t *count)
{
    *count = 0;
    return kind->older_us ? kind->prune(s, tx, kind->older_us, count) : OK;
}

static fallible prune(Scope *s, Tx *tx, const Statement *q, int64_t older_us, int64_t *count)
{
    int64_t since_us = -older_us, limit = RETAIN_ROWS;

    return query_run(s, tx, q, ARGS(ARG(since_us), ARG(limit)), count);
}

fallible jobs_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    return prune(s, tx, &q_jobs_prune, older_us, count);
}

fallible dead_letters_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    return prune(s, tx, &q_dead_letters_prune, older_us, count);
}

fallible news_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    return prune(s, tx, &q_news_prune, older_us, count);
}

fallible deliveries_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    return prune(s, tx, &q_deliveries_prune, older_us, count);
}

fallible intents_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    return prune(s, tx, &q_intents_prune, older_us, count);
}

fallible shares_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    return prune(s, tx, &q_shares_prune, older_us, count);
}

fallible idempotency_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    int64_t limit = RETAIN_ROWS;

    (void)older_us;
    return query_run(s, tx, &q_idempotency_sweep, ARGS(ARG(limit)), count);
}

/* ---- Events ---- */

/* As many of its events as there is room for; *room is 0 when some are left. */
static fallible run_prune(Scope *s, Tx *tx, const PrunableRun *run, int64_t *room)
{
    const char *run_id = run->run_id;
    int64_t until_seq = run->first_seq.value + *room, deleted = 0;

    if (!run->first_seq.set)
        return OK;
    TRY(query_run(s, tx, &q_events_prune, ARGS(ARG(run_id), ARG(until_seq)), &deleted));
    *room = until_seq <= run->event_seq ? 0 : *room - deleted;
    return OK;
}

/* The oldest runs that still may have events, and the place behind those that have none any more. */
static fallible runs_prune(Scope *s, Tx *tx, int64_t since_us, int64_t *count)
{
    int64_t limit = RETAIN_RUNS, room = RETAIN_EVENTS;
    const PrunableRun *last = NULL;
    PrunableRunList runs = {0};

    TRY(query_list(s, tx, &q_runs_prunable, ARGS(ARG(since_us), ARG(limit)), &runs));
    EACH (const PrunableRun, run, &runs) {
        TRY(run_prune(s, tx, run, &room));
        ++*count;
        if (room <= 0)
            break;
        last = run;
    }
    return last ? query_run(s, tx, &q_events_pruned, ARGS(ARG_ROW(prunable_run_type, last)), NULL)
                : OK;
}

fallible events_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count)
{
    int64_t since_us = -older_us;
    Count dropped = {0};

    TRY(query_one(s, tx, &q_events_prune_month, ARGS(ARG(since_us)), &dropped));
    *count = dropped.count;
    return dropped.count ? OK : runs_prune(s, tx, since_us, count);
}
