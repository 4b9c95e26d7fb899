/* Who may use a thing of which there is one, or a few: in the order of asking. Thread-safe.
 *
 *     TRY(turn_take(s, &store->writer));      // waits until s ends: TIMEOUT, CANCELLED
 *     …
 *     turn_give(&store->writer);
 */
#pragma once

#include "sys/thread.h"

typedef struct Waiting Waiting;

/* Zeroed but for free, the number of those who may have it at once. */
typedef struct Turn {
    Mutex mutex;
    int64_t free;
    Waiting *first, *last;
} Turn;

fallible turn_take(Scope *s, Turn *turn);
void turn_give(Turn *turn);
