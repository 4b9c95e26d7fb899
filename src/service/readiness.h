/* Whether this process could do its work now: what a probe asks. */
#pragma once

#include "service/app.h"

/* UNAVAILABLE, code "not_ready", in words that anybody may read, when it was asked to stop, the database
 * does not answer, or its schema is not this program's. Why the database does not answer is logged only. */
fallible readiness_check(Scope *s, App *app);
/* From now on it is not ready. From any thread. */
void readiness_end(App *app);
