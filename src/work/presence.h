/* That this process lives, provable by others on this machine: a locked file and a row in workers.
 * The kernel frees the lock however the process dies. */
#pragma once

#include "service/app.h"

typedef struct Presence {
    App *app;
    const char *id; /* of the row, made at opening: the owner of leases */
    const char *lock_path;
    int64_t concurrency;
} Presence;

/* Registers and holds the lock until s closes, which gives back what is still leased and removes the
 * row. */
fallible presence_open(Scope *s, App *app, int64_t concurrency, Presence **out);
/* For workers elsewhere, who cannot see the lock: says that it lives, also when somebody has already
 * removed the row. */
fallible presence_seen(Scope *s, const Presence *presence);
