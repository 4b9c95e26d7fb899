/* The circuit of one address: after so many connections in a row that failed it opens, and calls
 * fail at once instead of each waiting for its own timeout; after a pause one call may try
 * (half-open), and its outcome closes or opens it again. An answer of any status is a success: the
 * address was reached. Pure: the caller holds the lock and passes the clock. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct BreakerRule {
    int64_t failures; /* in a row that open it */
    int64_t pause_us;
} BreakerRule;

typedef struct Breaker {
    int64_t failures;
    int64_t open_until; /* 0: closed */
    bool probing;       /* half-open, and the one call is under way */
} Breaker;

/* 0: a call may try; breaker_begin must follow. Else how long until it is worth asking again. */
int64_t breaker_wait(const Breaker *breaker, const BreakerRule *rule, int64_t now);
/* Tells that a call tries. True when it is the one that probes; then one of the next three must follow. */
bool breaker_begin(Breaker *breaker);
void breaker_reached(Breaker *breaker);
void breaker_failed(Breaker *breaker, const BreakerRule *rule, int64_t now);
/* The probing call ended without an answer to the question (cancelled): another may probe. */
void breaker_unknown(Breaker *breaker);
