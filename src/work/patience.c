/* Trying again while the database is away. */

#include "work/patience.h"

#include "base/log.h"
#include "base/time.h"

#define WAIT_US     (500 * US_PER_MS)
#define WAIT_MAX_US (2 * US_PER_S)

static int64_t wait_after(const Error *e)
{
    int64_t us = e->retry_after_us > WAIT_US ? e->retry_after_us : WAIT_US;

    return us < WAIT_MAX_US ? us : WAIT_MAX_US;
}

fallible patiently(Scope *s, PatientStep *step, void *self)
{
    for (;;) {
        Error *e = step(s, self);
        if (!failed_as(e, UNAVAILABLE))
            return e;
        log_failure(s, e);
        TRY_WHILE(scope_sleep(s, wait_after(e)), "waiting for the database");
    }
}
