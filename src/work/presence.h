/* That this process lives, provable by others on this machine: a locked file and a row in workers.
 * The kernel frees the lock however the process dies. */
#pragma once

#include "service/app.h"

/* Registers *id (made here) and holds its lock until s closes, which removes the row as well. */
fallible presence_open(Scope *s, App *app, const char **id);
