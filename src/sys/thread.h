/* Threads, and what they share.
 *
 * A thread has a unit of work of its own whose cancellation hangs below its starter's, so that
 * cancelling or closing the starter ends it. All waits here end with the scope (CANCELLED, TIMEOUT).
 *
 *     TRY(thread_start(s, "hub", hub_run, hub, NULL));   // cancelled and joined when s closes
 *
 *     LOCKED(&hub->mutex) {
 *         while (!hub->changed)
 *             TRY(condition_wait(s, &hub->condition, &hub->mutex));   // a return unlocks
 *         hub->changed = false;
 *     }
 *
 * Everything here is thread-safe except what its comment says.
 */
#pragma once

#include <pthread.h>

#include "base/error.h"

enum {
    THREAD_STACK = 512 << 10, /* bytes; sanitizers need more and get it */
    POOL_WORKERS_MAX = 256,
};

/* ---- Mutex: zeroed is ready; not recursive ---- */

typedef struct Mutex {
    pthread_mutex_t native;
} Mutex;

Mutex *mutex_lock(Mutex *mutex);
Mutex *mutex_unlock(Mutex *mutex); /* gives NULL */
void mutex_unlock_at(Mutex **mutex);

/* LOCKED(&mutex) { … }: unlocked however the block is left, also by return, break and TRY. */
#define LOCKED(mutex)     LOCKED_(mutex, __COUNTER__)
#define LOCKED_(mutex, n) LOCKED__(mutex, n)
#define LOCKED__(mutex, n)                                                                         \
    for (Mutex * locked_##n __attribute__((cleanup(mutex_unlock_at))) = mutex_lock(mutex);         \
         locked_##n; locked_##n = mutex_unlock(locked_##n))

/* ---- Condition: zeroed is ready ---- */

typedef struct Condition {
    struct Waiter *first, *last; /* under the mutex it is used with */
} Condition;

/* Unlocks, waits for a wake, locks again (also when it fails). May return without one: call it in a
 * loop that tests what is waited for. */
fallible condition_wait(Scope *s, Condition *condition, Mutex *mutex);
/* The same for at most us; the loop then tests the clock. */
fallible condition_wait_for(Scope *s, Condition *condition, Mutex *mutex, int64_t us);
/* The first by an event of the caller's (event_open), which serves one wait after another: for threads
 * that wait often. It is clear before and after. */
fallible condition_wait_by(Scope *s, Condition *condition, Mutex *mutex, int event);
/* Both with the mutex held. The longest waiting is woken first. */
void condition_wake(Condition *condition);
void condition_wake_all(Condition *condition);

/* ---- Event: a flag that scope_poll can wait for ---- */

/* Readable while set. Closed when s closes. */
fallible event_open(Scope *s, int *fd);
void event_set(int fd);
/* True when it was set. */
bool event_clear(int fd);

/* ---- Threads ---- */

typedef struct Thread Thread;

/* What it returns is logged as the failure of its unit; CANCELLED is how it ends when asked to. */
typedef Error *ThreadFunction(Scope *s, void *arg);

/* name is copied; the first 15 bytes are what the system shows. out may be NULL. The thread is
 * cancelled and joined when s closes. */
fallible thread_start(Scope *s, const char *name, ThreadFunction *fn, void *arg, Thread **out);
/* Waits for its end and fails as it failed (already logged). Only from the starter's thread. */
fallible thread_wait(Scope *s, Thread *thread);
void thread_cancel(Thread *thread, const char *reason);
/* Cancels and joins now; thread is dead afterwards. Only from the starter's thread. */
void thread_stop(Thread *thread);

/* ---- Pool: a few threads that run many short jobs ---- */

typedef struct Pool Pool;

/* At most queue_max jobs wait. When s closes, new jobs are refused, running ones cancelled, and
 * those still waiting run in an already cancelled scope: each accepted job runs exactly once. */
fallible pool_open(Scope *s, const char *name, int workers, int queue_max, Pool **out);
/* Waits for room. Each job has a unit of its own, named like the pool, below the pool's Cancel. */
fallible pool_run(Scope *s, Pool *pool, ThreadFunction *job, void *arg);
/* LIMITED when there is no room. */
fallible pool_try(Scope *s, Pool *pool, ThreadFunction *job, void *arg);
