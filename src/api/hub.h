/* Brings the news of runs to those who watch: reads each watched run or task once per news and fans
 * it out, so that cost follows what is active, not who looks.
 *
 * All catching up and broadcasting of streams is done by the hub's one thread; a joining stream first
 * gets what it missed, up to where the group is, and then only what is newer. What it missed is sent
 * up to HUB_CATCH_UP_BYTES and _FRAMES (and half of a stream's buffer); behind that comes "rotate" and the end: the client comes back with the
 * last id and goes on. A Hub is thread-safe. */
#pragma once

#include "api/api.h"
#include "model/run_cursor.h"

enum {
    HUB_CATCH_UP_BYTES = 512 << 10,
    HUB_CATCH_UP_FRAMES = 128, /* well below what a stream's queue holds */
    HUB_PAGE = 64,             /* events read at once */
};

#define HUB_TENANT_US (100 * US_PER_MS) /* between two readings of a tenant: ten a second */
#define HUB_LOOK_US   (2 * US_PER_S)    /* the net below the wake-ups */

/* A log has one stream a channel: it ends with its run. */
typedef enum WatchKind { WATCH_RUN = 1, WATCH_TASK, WATCH_LOG, WATCH_TENANT } WatchKind;

/* What a stream wants to see, and from where. */
typedef struct WatchOrder {
    WatchKind kind;
    const char *id;
    const Caller *caller; /* who may see it was checked before */
    int64_t seq;          /* of a run: the last one seen; of a log: the first line wanted */
    const char
        *cursor; /* of a task or tenant: likewise; NULL: from now on. Of a log: a mark of its own */
    int64_t wait_us; /* of a long poll of a tenant: how long it may wait at most */
} WatchOrder;

fallible hub_open(Scope *s, App *app, Streams *streams, Hub **out);
/* The name of the group a stream for that order has to be opened in. */
const char *hub_group(Scope *s, const WatchOrder *order);
/* Takes an open, held stream; the caller keeps its own hold. */
void hub_join(Hub *hub, const WatchOrder *order, Stream *stream);
/* Wakes the long poll once, at the next news of that run or task. */
void hub_wait(Hub *hub, const WatchOrder *order, HttpWaiter *waiter);
