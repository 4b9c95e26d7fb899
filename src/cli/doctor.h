/* The parts of dursor doctor. */
#pragma once

#include "model/settings.h"

#define DOCTOR_OUTSIDE_US (10 * US_PER_S) /* for each outside system to answer */

typedef enum Finding { FINE = 1, DOUBTFUL, BROKEN } Finding;

/* One thing that is looked at. A check that fails has found it BROKEN, in the error's words. */
typedef struct Check {
    const Settings *settings;
    bool has_database; /* it was found to be ready */
    Finding finding;
    const char *words;
} Check;

void doctor_found(Check *c, Finding finding, const char *words);

/* Who dursor is at GitHub, and what that access lacks. */
fallible doctor_github(Scope *s, Check *c);
