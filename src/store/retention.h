/* What is kept for how long: rows that are older go, so many in a transaction, by the system's own work.
 *
 *     TRY(tx_system(s, store, &tx));
 *     TRY(retain(s, tx, &kind, &count));     // a count of 0: nothing is left of that kind
 *     TRY(tx_commit(s, tx));
 *
 * The events of a run go when it has ended that long ago; its own row, with its result, stays. On
 * PostgreSQL they go by the month: a partition is dropped when all of its runs have ended before the month
 * in which the time of retention ends, and where one holds it back, the rows of the others are deleted. A
 * reader notices by a gap in the numbers of events, which have none otherwise. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

enum {
    RETAIN_ROWS = 1000,   /* deleted in one transaction, but for events */
    RETAIN_RUNS = 100,    /* looked at in one */
    RETAIN_EVENTS = 5000, /* deleted in one */
};

typedef struct Retention {
    const char *what; /* for messages: "finished jobs" */
    fallible (*prune)(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
    int64_t older_us; /* 0: for ever, where the setting allows that */
} Retention;

/* tx_system. Removes some of what is older; *count says how much, of rows, partitions or runs. */
fallible retain(Scope *s, Tx *tx, const Retention *kind, int64_t *count);

/* The kinds. */
fallible events_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
fallible jobs_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
fallible dead_letters_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
fallible news_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
fallible deliveries_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
fallible intents_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
fallible shares_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
/* How long an answer is kept was decided when it was given: older_us is not looked at. */
fallible idempotency_prune(Scope *s, Tx *tx, int64_t older_us, int64_t *count);
