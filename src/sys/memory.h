/* What this process uses of the machine. */
#pragma once

#include "base/error.h"

typedef struct MemoryUse {
    int64_t pss; /* bytes; pages shared with others counted in parts */
    int64_t rss; /* bytes */
} MemoryUse;

fallible memory_use(Scope *s, MemoryUse *out);
fallible descriptors_open(Scope *s, int *out);
/* Raises the soft limit of descriptors to the hard one; *out is the limit now. */
fallible descriptors_raise(Scope *s, int64_t *out);
/* Microseconds of CLOCK_BOOTTIME: goes on while the machine sleeps, unlike clock_us. For leases. */
int64_t boot_us(void);
