/* Notices changes of a file or of the names in a directory (inotify), as a wake-up between
 * processes. It says that something changed, never what: look at the thing itself.
 *
 *     TRY(watch_file(s, text(s, "%s-wal", db), &watch));
 *     struct pollfd fd = {watch->fd, POLLIN, 0};
 *     TRY(scope_poll(s, &fd, 1, 5 * US_PER_S, &ready));
 *     if (watch_drain(watch))
 *         …
 *
 * Events can get lost (a full queue counts as a change), network filesystems have none from other
 * machines, and writes through mmap make none: keep a slow poll as the net.
 */
#pragma once

#include "base/error.h"

typedef struct Watch {
    int fd;           /* readable when there is something to drain */
    const char *name; /* the only name that counts; NULL: all */
} Watch;

/* Writes to, creation, renaming and removal of that file, which need not exist; its directory must.
 * Both are closed with s. LIMITED when the user has no watches left. */
fallible watch_file(Scope *s, const char *path, Watch **out);
/* The same for every name in that directory (not below). */
fallible watch_directory(Scope *s, const char *path, Watch **out);
/* Takes all events off; true when one of them counts. Never blocks. */
bool watch_drain(Watch *watch);
