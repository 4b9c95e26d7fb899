/* Closed, open, half-open. */

#include "llm/breaker.h"

int64_t breaker_wait(const Breaker *breaker, const BreakerRule *rule, int64_t now)
{
    if (!breaker->open_until)
        return 0;
    if (breaker->open_until > now)
        return breaker->open_until - now;
    /* What the probe finds is soon known; a tenth of the pause is soon enough to look. */
    return breaker->probing ? rule->pause_us / 10 + 1 : 0;
}

bool breaker_begin(Breaker *breaker)
{
    if (!breaker->open_until)
        return false;
    return breaker->probing = true;
}

void breaker_reached(Breaker *breaker)
{
    *breaker = (Breaker){0};
}

void breaker_failed(Breaker *breaker, const BreakerRule *rule, int64_t now)
{
    breaker->failures++;
    breaker->probing = false;
    if (breaker->failures >= rule->failures)
        breaker->open_until = now + rule->pause_us;
}

void breaker_unknown(Breaker *breaker)
{
    breaker->probing = false;
}
