/* How often something may happen: a leaky bucket for each name, by the generic cell rate algorithm (GCRA,
 * ITU-T I.371), which keeps one number a name.
 *
 *     RateAsk asks[] = {{"user:ann", {.count = 600, .per_us = US_PER_MIN}}};
 *     int64_t wait = rates_take(s, rates, asks, 1);
 *     if (wait)
 *         …                                     // nothing was taken: come again after that time
 *
 * With Redis the numbers lie there, are changed by one script, and go by its clock: they are right across
 * processes. While Redis is away each process allows its share, by how many asked it in the last minute.
 * Without Redis they are this process's own. Thread-safe.
 */
#pragma once

#include "net/redis.h"

enum {
    RATES_ASKED_MAX = 4, /* names of one question */
    RATES_KEPT =
        8192, /* names that a process remembers; the one that may go on soonest makes room */
};

typedef struct Rates Rates;

typedef struct Rate {
    int64_t count; /* in per_us, evenly; 0: without limit */
    int64_t per_us;
    int64_t burst; /* that many at once after a pause; 0: count */
} Rate;

typedef struct RateAsk {
    const char *name;
    Rate rate;
} RateAsk;

typedef struct RatesOptions {
    Redis *
        redis; /* outlives the Rates; NULL: none. Each question waits for it: give it short times */
    const char *prefix; /* of the keys, with the hash tag of a cluster; NULL: "{dursor}:" */
} RatesOptions;

fallible rates_open(Scope *s, const RatesOptions *options, Rates **out);
/* One of each, or none of any. 0 when they were taken, else how long until it is worth asking again. */
int64_t rates_take(Scope *s, Rates *rates, const RateAsk *asks, size_t count);
/* The same by this process's own numbers alone, each of the processes having an equal share. */
int64_t rates_take_here(Rates *rates, const RateAsk *asks, size_t count, int64_t processes);
