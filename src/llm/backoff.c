/* Waits between tries. */

#include "llm/backoff.h"

int64_t backoff_wait(const Backoff *backoff, int64_t failures, int64_t minimum_us, double random)
{
    int64_t limit = backoff->first_us;

    for (int64_t i = 1; i < failures && limit < backoff->most_us; i++)
        limit *= 2;
    if (limit > backoff->most_us)
        limit = backoff->most_us;
    return (minimum_us > 0 ? minimum_us : 0) + (int64_t)((double)limit * random);
}
