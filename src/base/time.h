/* Points in time: microseconds since 1970-01-01 UTC. Zero means absent. A type of its own, so that
 * no table takes one for a number. */
#pragma once

#include "base/text.h"

typedef struct Time {
    int64_t us;
} Time;

#define US_PER_MS  1000LL
#define US_PER_S   1000000LL
#define US_PER_MIN (60 * US_PER_S)

Time time_now(void);
bool time_set(Time t);
/* RFC 3339 with Z and six digits: 2026-01-10T11:34:47.123456Z. */
const char *time_text(Scope *s, Time t);
/* RFC 3339, or ISO 8601 without a zone (read as UTC), with 'T' or a space, up to nine digits of
 * fraction (cut to six). */
bool time_parse(const char *t, Time *out);
/* "30s", "500ms", "10m", "2h", or plain seconds. */
bool duration_parse(const char *t, int64_t *us);
