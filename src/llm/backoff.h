/* How long to wait before another try: full jitter (a random part of a doubling limit), on top of
 * what the provider asked for, so that calls told the same time do not come back at one moment. Pure. */
#pragma once

#include <stdint.h>

typedef struct Backoff {
    int64_t first_us; /* limit after the first failure */
    int64_t most_us;
} Backoff;

/* failures: from 1. random: from [0, 1). The result is at least minimum_us. */
int64_t backoff_wait(const Backoff *backoff, int64_t failures, int64_t minimum_us, double random);
