/* Pools: bounded, and every accepted job runs exactly once. */

#include <stdatomic.h>

#include "base/time.h"
#include "sys/thread.h"
#include "test/test.h"

enum {
    JOBS = 2000,
    WORKERS = 4,
};

typedef struct Work {
    Mutex mutex;
    Condition condition;
    bool open; /* the gate that hold waits at */
    _Atomic int begun, done, cancelled;
} Work;

static Error *quick(Scope *s, void *arg)
{
    Work *work = arg;

    if (cancel_asked(scope_cancel(s)))
        work->cancelled++;
    work->done++;
    return OK;
}

static Error *hold(Scope *s, void *arg)
{
    Work *work = arg;

    work->begun++;
    LOCKED (&work->mutex) {
        while (!work->open) {
            Error *e = condition_wait(s, &work->condition, &work->mutex);
            if (e) {
                work->cancelled++;
                work->done++;
                return e;
            }
        }
    }
    work->done++;
    return OK;
}

static fallible await(Scope *s, _Atomic int *count, int wanted)
{
    scope_limit(s, 20 * US_PER_S);
    while (atomic_load(count) < wanted)
        TRY(scope_sleep(s, US_PER_MS));
    return OK;
}

TEST(a_pool_runs_every_job_once)
{
    Work work = {0};
    Pool *pool;

    TRY(pool_open(s, "pool", WORKERS, 10, &pool));
    for (int i = 0; i < JOBS; i++)
        TRY(pool_run(s, pool, quick, &work));
    TRY(await(s, &work.done, JOBS));
    CHECK_EQ(atomic_load(&work.done), JOBS);
    CHECK_EQ(atomic_load(&work.cancelled), 0);
    return OK;
}

TEST(a_full_pool_refuses_or_makes_wait_and_goes_on)
{
    Work work = {0};
    Pool *pool;

    TRY(pool_open(s, "pool", 1, 2, &pool));
    TRY(pool_run(s, pool, hold, &work));
    TRY(await(s, &work.begun, 1));
    TRY(pool_try(s, pool, hold, &work));
    TRY(pool_try(s, pool, hold, &work));
    FAILS(LIMITED, pool_try(s, pool, hold, &work));
    SCOPE(tmp, s);
    scope_limit(tmp, 20 * US_PER_MS);
    FAILS(TIMEOUT, pool_run(tmp, pool, hold, &work));
    LOCKED (&work.mutex) {
        work.open = true;
        condition_wake_all(&work.condition);
    }
    TRY(pool_run(s, pool, hold, &work));
    return await(s, &work.done, 4);
}

TEST(a_closing_pool_cancels_the_running_and_still_runs_the_waiting_jobs)
{
    Work work = {0};
    Pool *pool;

    {
        SCOPE(tmp, s);
        TRY(pool_open(tmp, "pool", 2, 10, &pool));
        for (int i = 0; i < 2; i++)
            TRY(pool_run(tmp, pool, hold, &work));
        TRY(await(tmp, &work.begun, 2));
        for (int i = 0; i < 5; i++)
            TRY(pool_run(tmp, pool, quick, &work));
    }
    CHECK_EQ(atomic_load(&work.done), 7);
    CHECK_EQ(atomic_load(&work.cancelled), 7);
    return OK;
}

TEST(a_pool_whose_unit_was_cancelled_takes_no_more_jobs)
{
    Work work = {0};
    Pool *pool;
    UNIT(u, scope_cancel(s), "owner");

    TRY(pool_open(u, "pool", WORKERS, 10, &pool));
    cancel_now(scope_cancel(u), "over");
    int accepted = 0;
    Error *e = OK;
    for (scope_limit(s, 20 * US_PER_S); !e; accepted += !e)
        e = pool_run(s, pool, quick, &work);
    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->message, "pool is shutting down");
    scope_close(u);
    u = NULL;
    CHECK_EQ(atomic_load(&work.done), accepted);
    return OK;
}

TEST(a_pool_without_threads_or_queue_is_refused)
{
    Pool *pool;

    FAILS(INVALID, pool_open(s, "pool", 0, 1, &pool));
    FAILS(INVALID, pool_open(s, "pool", POOL_WORKERS_MAX + 1, 1, &pool));
    FAILS(INVALID, pool_open(s, "pool", 1, 0, &pool));
    return OK;
}
