/* How a job leaves its holder: the parts that holders and sweepers share. For the store only. */
#pragma once

#include "store/jobs.h"

/* The job goes back to pending, its run to queued. job holds the counters as they are to be; it was
 * read under the lock of its row, and its fence is the one that gives it up. */
typedef struct JobAgain {
    int64_t wait_us;
    Json checkpoint;
    const char *reason; /* for the run's watchers */
    const Error *why;   /* kept with the job; NULL: nothing went wrong */
} JobAgain;

fallible job_again(Scope *s, Tx *tx, const Job *job, const JobAgain *again, JobStatus *now);
/* The job is dead and its run failed. */
fallible job_die(Scope *s, Tx *tx, const Job *job, const Error *why, JobStatus *now);
/* When cancel was asked for, or its run has ended already, the job ends with that and *ended is true. */
fallible job_end_if_over(Scope *s, Tx *tx, const Job *job, JobStatus *now, bool *ended);
