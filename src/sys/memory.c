/* Figures from /proc. */

#include "sys/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/file.h"

enum { ROLLUP_MAX = 16 << 10 };

/* "Pss:    1234 kB" */
static fallible kilobytes(Scope *s, Bytes rollup, const char *name, int64_t *bytes)
{
    Bytes line;

    while (bytes_line(&rollup, &line)) {
        const char *t = text_of(s, line);
        if (!text_starts(t, name))
            continue;
        *bytes = strtoll(t + strlen(name), NULL, 10) * 1024;
        return OK;
    }
    return fail(s, UNSUPPORTED, "/proc/self/smaps_rollup does not name %s", name);
}

Error *memory_use(Scope *s, MemoryUse *out)
{
    SCOPE(tmp, s);
    MemoryUse use;
    Bytes rollup;

    TRY(file_read(tmp, "/proc/self/smaps_rollup", ROLLUP_MAX, &rollup));
    TRY(kilobytes(tmp, rollup, "Pss:", &use.pss));
    TRY(kilobytes(tmp, rollup, "Rss:", &use.rss));
    *out = use;
    return OK;
}

Error *descriptors_open(Scope *s, int *out)
{
    SCOPE(tmp, s);
    TextList names;

    TRY(directory_list(tmp, "/proc/self/fd", &names));
    *out = (int)names.count - 1; /* one is the listing's own */
    return OK;
}

Error *descriptors_raise(Scope *s, int64_t *out)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return fail_errno(s, errno, "asking for the limit of descriptors");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return fail_errno(s, errno, "raising the limit of descriptors");
    *out = limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
    return OK;
}

int64_t boot_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}
