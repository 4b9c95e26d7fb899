/* Agent programs on this machine, and what a message may be given to. */
#pragma once

#include "model/operation_views.h"

#define AGENT_VERSION_US (3 * US_PER_S) /* for a program to say its version */

enum { AGENT_VERSION_MAX = 4 << 10 }; /* bytes it may say */

/* Looks along PATH; each program found is asked for its version. */
fallible agents_view(Scope *s, AgentsView *out);
