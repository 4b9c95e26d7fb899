/* The parts of dursor doctor. */
#pragma once

#include "model/settings.h"

#define DOCTOR_OUTSIDE_US (10 * US_PER_S) /* for each outside system to answer */

typedef enum Finding { FINE = 1, DOUBTFUL, BROKEN } Finding;

/* One thing that is looked at. A check that fails has found it BROKEN, in the error's words; one that finds
 * nothing has nothing to look at here. */
typedef struct Check {
    const Settings *settings;
    bool has_database; /* it was found to be ready */
    Finding finding;
    const char *words;
} Check;

void doctor_found(Check *c, Finding finding, const char *words);

/* A PostgreSQL: its version and clock, whom we are there, whether tenants are kept apart, what stands
 * before it. */
fallible doctor_server(Scope *s, Check *c);
fallible doctor_roles(Scope *s, Check *c);
fallible doctor_isolation(Scope *s, Check *c);
fallible doctor_pooler(Scope *s, Check *c);

/* Who dursor is at GitHub, and what that access lacks. */
fallible doctor_github(Scope *s, Check *c);
