/* What runs may cost, before they start.
 *
 * From three earlier runs of a model on the repository on, the middle half of what they used is the
 * estimate. Else it goes by size: the least is one turn with a quarter of the files that fit, the most
 * three turns with all of them. Nothing is taken from a cache, so that the money is on the safe side. */
#pragma once

#include "model/trial_views.h"
#include "service/app.h"
#include "store/repos.h"

enum {
    ESTIMATE_FILES_MAX = 20000, /* whose sizes are looked at; more are taken as of their size */
    ESTIMATE_FILE_BYTES_MAX = 256 << 10, /* larger ones are never shown whole */
    ESTIMATE_RUNS_LEAST = 3,
};

/* ask names the repository. MISSING for an unknown repository, model or base. Nothing is fetched. */
fallible estimate_make(Scope *s, App *app, const Caller *caller, const EstimateAsk *ask,
                       Estimate *out);
