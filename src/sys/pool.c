/* A ring of jobs and the threads that take them. */

#include "base/log.h"
#include "base/text.h"
#include "sys/thread.h"

typedef struct Job {
    ThreadFunction *fn;
    void *arg;
} Job;

struct Pool {
    const char *name;
    Thread **threads;
    int workers;
    Mutex mutex; /* guards all below */
    Condition work, room;
    Job *ring;
    int capacity, first, count;
    bool closed;
};

static fallible take(Scope *s, Pool *pool, Job *out)
{
    LOCKED (&pool->mutex) {
        while (!pool->count) {
            Error *e = condition_wait(s, &pool->work, &pool->mutex);
            /* Nobody may put in a job that no worker would take any more. */
            if (e && !pool->count)
                pool->closed = true;
            if (e && !pool->count)
                return e;
        }
        *out = pool->ring[pool->first];
        pool->first = (pool->first + 1) % pool->capacity;
        pool->count--;
        condition_wake(&pool->room);
    }
    return OK;
}

static Error *work(Scope *s, void *arg)
{
    Pool *pool = arg;
    Job job = {0};

    for (;;) {
        TRY(take(s, pool, &job));
        UNIT(u, scope_cancel(s), pool->name);
        Error *e = job.fn(u, job.arg);
        if (!failed_as(e, CANCELLED))
            log_failure(u, e);
    }
}

static void put(Pool *pool, Job job)
{
    pool->ring[(pool->first + pool->count++) % pool->capacity] = job;
    condition_wake(&pool->work);
}

static fallible refused(Scope *s, const Pool *pool)
{
    return fail(s, UNAVAILABLE, "%s is shutting down", pool->name);
}

Error *pool_run(Scope *s, Pool *pool, ThreadFunction *job, void *arg)
{
    LOCKED (&pool->mutex) {
        while (!pool->closed && pool->count == pool->capacity)
            TRY_WHILE(condition_wait(s, &pool->room, &pool->mutex), "waiting for %s", pool->name);
        if (pool->closed)
            return refused(s, pool);
        put(pool, (Job){job, arg});
    }
    return OK;
}

Error *pool_try(Scope *s, Pool *pool, ThreadFunction *job, void *arg)
{
    LOCKED (&pool->mutex) {
        if (pool->closed)
            return refused(s, pool);
        if (pool->count == pool->capacity)
            return fail(s, LIMITED, "%s has %d jobs waiting already", pool->name, pool->count);
        put(pool, (Job){job, arg});
    }
    return OK;
}

/* All are told before the first is waited for; the threads' own undos wait. */
static void pool_close(void *what)
{
    Pool *pool = what;

    LOCKED (&pool->mutex) {
        pool->closed = true;
        condition_wake_all(&pool->room);
    }
    for (int i = 0; i < pool->workers; i++)
        thread_cancel(pool->threads[i], "shutting down");
}

Error *pool_open(Scope *s, const char *name, int workers, int queue_max, Pool **out)
{
    if (workers < 1 || workers > POOL_WORKERS_MAX || queue_max < 1)
        return fail(s, INVALID, "%s needs 1 to %d threads and a queue, not %d and %d", name,
                    POOL_WORKERS_MAX, workers, queue_max);
    Pool *pool = NEW(s, Pool);
    pool->name = text_copy(s, name);
    pool->threads = NEW_ARRAY(s, Thread *, (size_t)workers);
    pool->ring = NEW_ARRAY(s, Job, (size_t)queue_max);
    pool->capacity = queue_max;
    for (int i = 0; i < workers; i++)
        TRY(thread_start(s, name, work, pool, &pool->threads[i]));
    pool->workers = workers;
    scope_undo(s, pool_close, pool);
    *out = pool;
    return OK;
}
