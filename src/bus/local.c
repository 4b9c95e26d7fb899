/* The bus of one process. Between processes on one SQLite file, a change of the write-ahead log is
 * the wake-up; it cannot tell what changed, so it means "all". */

#include <poll.h>

#include "base/time.h"
#include "bus/driver.h"
#include "sys/watch.h"

typedef struct FileWatch {
    Bus *bus;
    const char *path;
} FileWatch;

/* Waits a little after each change: a busy log would otherwise be looked at for every page. */
static Error *watch_foreign(Scope *s, void *arg)
{
    const FileWatch *watched = arg;
    Watch *watch;
    int ready;

    TRY(watch_file(s, watched->path, &watch));
    struct pollfd fd = {.fd = watch->fd, .events = POLLIN};
    for (;;) {
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        if (watch_drain(watch))
            bus_wake(watched->bus, NULL);
        TRY(scope_sleep(s, FOREIGN_PAUSE_US));
    }
}

fallible local_bus_open(Scope *s, const BusOptions *options, Bus *bus)
{
    FileWatch *watched = NEW(s, FileWatch);

    *watched = (FileWatch){bus, text_copy(s, options->watch_path)};
    return watched->path ? thread_start(s, "bus-watch", watch_foreign, watched, NULL) : OK;
}

const BusDriver local_bus = {"local:", local_bus_open};
