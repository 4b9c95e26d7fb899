/* Jobs whose holder is gone, and those nobody wants any more. */

#include "store/job_end.h"
#include "model/run_state.h"
#include "store/checks.h"
#include "store/queries.h"

/* The lease ended with its worker. That counts apart from the tries, with a limit of its own: the job
 * may be what kills the workers. */
static fallible job_lost(Scope *s, Tx *tx, Job *job)
{
    JobStatus now;
    bool ended = false;

    TRY(job_end_if_over(s, tx, job, &now, &ended));
    if (ended)
        return OK;
    Error *why = error_coded(error_new(s, UNAVAILABLE, "its worker was lost"), "worker_lost");
    if (++job->losses >= JOB_LOSSES_MAX)
        return job_die(s, tx, job, error_while(why, "gave up after %d times", (int)JOB_LOSSES_MAX),
                       &now);
    JobAgain again = {
        .wait_us = job->losses > 1 ? backoff_us(job->losses - 1, 0, 0) : 0,
        .reason = why->message,
        .why = why,
    };
    return job_again(s, tx, job, &again, &now);
}

static fallible jobs_lost(Scope *s, Tx *tx, const JobList *jobs, int64_t *count)
{
    EACH (Job, job, jobs)
        TRY(job_lost(s, tx, job));
    *count = (int64_t)jobs->count;
    return OK;
}

fallible jobs_expire(Scope *s, Tx *tx, int64_t *count)
{
    int64_t limit = JOBS_CLAIM_MAX;
    JobList jobs = {0};

    TRY(query_list(s, tx, &q_jobs_expired, ARGS(ARG(limit)), &jobs));
    return jobs_lost(s, tx, &jobs, count);
}

fallible jobs_release_owner(Scope *s, Tx *tx, const char *owner, int64_t *count)
{
    int64_t limit = JOBS_CLAIM_MAX;
    JobList jobs = {0};

    TRY(query_list(s, tx, &q_jobs_of_owner, ARGS(ARG(owner), ARG(limit)), &jobs));
    return jobs_lost(s, tx, &jobs, count);
}

/* ---- Pools ---- */

fallible jobs_pools_abandoned(Scope *s, Tx *tx, int64_t silent_us, TextList *pools)
{
    int64_t since_us = -silent_us;
    PoolNameList found = {0};

    TRY(query_list(s, tx, &q_jobs_pools_abandoned, ARGS(ARG(since_us)), &found));
    EACH (PoolName, row, &found)
        texts_add(s, pools, row->pool);
    return OK;
}

fallible jobs_abandon_pool(Scope *s, Tx *tx, const char *pool, int64_t *count)
{
    int64_t limit = JOBS_CLAIM_MAX;
    JobList jobs = {0};
    JobStatus now;

    TRY(query_list(s, tx, &q_jobs_of_pool, ARGS(ARG(pool), ARG(limit)), &jobs));
    EACH (Job, job, &jobs) {
        Error *why = error_new(s, UNAVAILABLE, "the command that started it has ended");
        bool ended = false;
        TRY(job_end_if_over(s, tx, job, &now, &ended));
        if (!ended)
            TRY(job_die(s, tx, job, error_coded(why, "invocation_ended"), &now));
    }
    *count = (int64_t)jobs.count;
    return OK;
}

/* ---- Numbers ---- */

fallible jobs_stats(Scope *s, Tx *tx, QueueStatList *out)
{
    return query_list(s, tx, &q_jobs_stats, NO_ARGS, out);
}
