/* Steps that outlast a database that is away: a failover must not cost a run what it has done so far.
 *
 *     TRY(patiently(s, store_end, a));   // until the lease of the job is over, which ends s
 */
#pragma once

#include "base/error.h"

/* Can be repeated: what it does has one outcome, however often. What it opens is closed after each try. */
typedef Error *PatientStep(Scope *s, void *self);

/* Tries again while the step fails as UNAVAILABLE, until s ends. The failures in between are logged. */
fallible patiently(Scope *s, PatientStep *step, void *self);
