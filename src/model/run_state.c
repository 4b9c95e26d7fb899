/* Legal steps of runs and jobs, back-off, branch names. */

#include "model/run_state.h"

#include "base/id.h"

enum { BACKOFF_DOUBLINGS_MAX = 20 };

bool run_may_become(RunStatus from, RunStatus to)
{
    static const bool steps[RUN_CANCELED + 1][RUN_CANCELED + 1] = {
        [RUN_QUEUED] = {[RUN_RUNNING] = true, [RUN_FAILED] = true, [RUN_CANCELED] = true},
        [RUN_RUNNING] =
            {[RUN_QUEUED] = true, [RUN_SUCCEEDED] = true, [RUN_FAILED] = true, [RUN_CANCELED] = true},
    };

    return from <= RUN_CANCELED && to <= RUN_CANCELED && steps[from][to];
}

bool job_may_become(JobStatus from, JobStatus to)
{
    static const bool steps[JOB_CANCELED + 1][JOB_CANCELED + 1] = {
        [JOB_PENDING] = {[JOB_LEASED] = true, [JOB_DEAD] = true, [JOB_CANCELED] = true},
        [JOB_LEASED] =
            {[JOB_PENDING] = true, [JOB_SUCCEEDED] = true, [JOB_DEAD] = true, [JOB_CANCELED] = true},
        [JOB_DEAD] = {[JOB_PENDING] = true}, /* sent again */
    };

    return from <= JOB_CANCELED && to <= JOB_CANCELED && steps[from][to];
}

int64_t backoff_us(int64_t tries, uint64_t random, int64_t least_us)
{
    int64_t doublings = tries < 1 ? 0 : tries - 1;
    int64_t whole =
        doublings > BACKOFF_DOUBLINGS_MAX ? BACKOFF_MAX_US : BACKOFF_FIRST_US << doublings;

    if (whole > BACKOFF_MAX_US)
        whole = BACKOFF_MAX_US;
    int64_t wait = whole - (int64_t)(random % (uint64_t)(whole / 2 + 1));
    /* A server's own time is kept, and the jitter put behind it. */
    return wait < least_us ? least_us + (whole - wait) : wait;
}

const char *line_branch(Scope *s, const char *prefix, const char *run_id, int digits)
{
    return text(s, "%s/%s", prefix, id_tail(s, run_id, (size_t)digits));
}
