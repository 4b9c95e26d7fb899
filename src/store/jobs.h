/* The jobs table: the queue of record. A job is pending, leased by one owner, or finished; its fence
 * grows with each claim and fences off whoever held it before. All times are the database's.
 *
 *     TRY(tx_system(s, store, &tx));
 *     TRY(jobs_claim(s, tx, &order, &jobs));       // pending and due, or leased and expired
 *     TRY(tx_commit(s, tx));
 *     Lease lease = job_lease(job, order.epoch);
 *     …                                             // job_renew meanwhile, from its own thread
 *     TRY(run_finish(s, tx, &lease, &end));
 *     TRY(job_succeed(s, tx, &lease));              // in one transaction, as the job's tenant
 *
 * A job with run_id executes that run, and no other job does. What happens to the job happens to its
 * run in the same transaction: pending again → the run is queued again, dead → it has failed,
 * canceled → it is canceled; each with its event. Of one line only the oldest unfinished job is
 * claimed, so that two runs of a line never execute at once.
 *
 * Wake up workers after the commit, never before. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

enum {
    JOB_TRIES = 3,       /* unless the job says otherwise */
    JOB_RETURNS_MAX = 5, /* graceful hand-backs; the last one fails the run */
    JOB_LOSSES_MAX = 10, /* leases lost with their worker; the last one fails the run */
    JOB_PRIORITY_LAST = 9,
    JOBS_CLAIM_MAX = 32,      /* in one transaction; also the most that one sweep takes */
    JOB_ARGS_MAX = 256 << 10, /* bytes of arguments or of a checkpoint */
};

/* Pending. Fills created_at and what is 0: id, status, max_tries (JOB_TRIES), tenant_id (the
 * caller's). not_before absent means now. When an unfinished job of the tenant has the unique_key,
 * nothing is inserted and *job becomes that one; *made, which may be NULL, tells. */
fallible job_insert(Scope *s, Tx *tx, Job *job, bool *made);
/* To another queue, while it is pending. */
fallible job_move(Scope *s, Tx *tx, const char *id, const char *queue);
fallible job_get(Scope *s, Tx *tx, const char *id, Job *out);
/* The job that executes the run, of the caller's tenant; MISSING when it is gone. */
fallible job_of_run(Scope *s, Tx *tx, const char *run_id, Job *out);

/* ---- Claims: tx_system ---- */

typedef struct ClaimOrder {
    const char *owner;
    const char *queue;
    const char *pool; /* NULL: jobs of no pool. Else only those of that pool */
    TextList kinds;   /* that the owner can do */
    int64_t limit;
    int64_t lease_us;
    int64_t epoch; /* from cluster_epoch; another one now: CONFLICT, code "epoch_changed" */
} ClaimOrder;

/* Expired leases are ended first, then the due jobs leased: by priority, then the longest due. */
fallible jobs_claim(Scope *s, Tx *tx, const ClaimOrder *order, JobList *out);
Lease job_lease(const Job *job, int64_t epoch);
/* What a claim would find, without claiming it: for those who tell workers of jobs by other ways. */
fallible jobs_waiting(Scope *s, Tx *tx, const ClaimOrder *order, JobList *out);

typedef enum JobClaimed {
    JOB_CLAIMED = 1,
    JOB_WAITS,   /* pending, but not for this order, not yet, or behind another of its line */
    JOB_TAKEN,   /* leased by somebody, or finished */
    JOB_UNKNOWN, /* there is none */
} JobClaimed;

/* That one job, of one of the order's kinds; its limit does not matter. *job is what it is now, unless it is
 * unknown. Leases that ran out are not ended first. */
fallible job_claim(Scope *s, Tx *tx, const ClaimOrder *order, Job *job, JobClaimed *out);
/* Whether a claim may find something now; a read, for looking without taking a writer's turn. */
fallible jobs_claimable(Scope *s, Tx *tx, const ClaimOrder *order, bool *out);
/* How long until there may be something for this order: the next job that becomes due or lease that
 * ends. Not set when nothing is in sight. Jobs that wait for their line do not count: the end of the
 * one before wakes. */
fallible jobs_next_due(Scope *s, Tx *tx, const ClaimOrder *order, OptInt *wait_us);
/* Compared in every claim and renewal: a database restored to an earlier state gets a new one. */
fallible cluster_epoch(Scope *s, Tx *tx, int64_t *out);

/* ---- Holders: tx_system, or tx_write as the job's tenant ---- */

/* CONFLICT with "lease_lost" or "epoch_changed". */
fallible job_renew(Scope *s, Tx *tx, const Lease *lease, int64_t lease_us, LeaseState *out);
/* All that the order's owner holds, in one statement; what is not among them is lost. */
fallible jobs_renew(Scope *s, Tx *tx, const ClaimOrder *order, LeaseStateList *out);
/* The same without renewing, for tx_system_read: looking for cancel_asked must not write. */
fallible jobs_held(Scope *s, Tx *tx, const ClaimOrder *order, LeaseStateList *out);
/* Where the next worker goes on, JSON; kept when the job returns or the worker is lost. */
fallible job_checkpoint(Scope *s, Tx *tx, const Lease *lease, Json checkpoint);

/* All five fail with "lease_lost", and all end the job as canceled when that was asked for. *now,
 * which may be NULL, is what the job has become. */

/* Repeatable. The run, if any, must have been finished by run_finish. */
fallible job_succeed(Scope *s, Tx *tx, const Lease *lease, JobStatus *now);
/* The error's kind decides: pending again after a back-off (or its retry_after), tries + 1; dead when
 * the tries are used up or the kind is not to be tried again. */
fallible job_fail(Scope *s, Tx *tx, const Lease *lease, const Error *why, JobStatus *now);
/* Handed back at a graceful stop: pending at once, no try counted. checkpoint may be {NULL}. */
fallible job_return(Scope *s, Tx *tx, const Lease *lease, Json checkpoint, JobStatus *now);
/* Done for now and pending again after that time, as if new: sweeping, polling, clean-up. */
fallible job_repeat(Scope *s, Tx *tx, const Lease *lease, int64_t after_us, JobStatus *now);
/* The holder has seen cancel_asked and everything of the job is gone. */
fallible job_canceled(Scope *s, Tx *tx, const Lease *lease, JobStatus *now);

/* ---- Everybody, as the job's tenant ---- */

/* Pending → canceled, leased → cancel_asked, each with its run canceled at once. *now as above. */
fallible job_cancel(Scope *s, Tx *tx, const char *id, const char *reason, JobStatus *now);

/* Last finished first. */
fallible dead_letters_list(Scope *s, Tx *tx, Page *page, JobList *out);
/* Sends it again: a job without a run is pending as if new; one with a run ends as a dead letter, and
 * a new run with retry_of gets a new job. *out is the job that is pending now. */
fallible dead_letter_resend(Scope *s, Tx *tx, const char *id, Job *out);
fallible dead_letter_drop(Scope *s, Tx *tx, const char *id);

/* ---- Sweeping: tx_system. Each takes at most JOBS_CLAIM_MAX; call again while *count says so ---- */

/* Leases that ran out: pending again, or dead after JOB_LOSSES_MAX. */
fallible jobs_expire(Scope *s, Tx *tx, int64_t *count);
/* The same at once for all of an owner that is proven dead (its flock can be had). */
fallible jobs_release_owner(Scope *s, Tx *tx, const char *owner, int64_t *count);
/* Pools with unfinished jobs whose invocation (workers.h, id = pool) is not registered or silent for
 * that long. */
fallible jobs_pools_abandoned(Scope *s, Tx *tx, int64_t silent_us, TextList *pools);
/* Ends the unfinished jobs of a pool whose invocation died: dead, their runs failed. */
fallible jobs_abandon_pool(Scope *s, Tx *tx, const char *pool, int64_t *count);
/* A queue a row, by name. In tx_system of all tenants. */
fallible jobs_stats(Scope *s, Tx *tx, QueueStatList *out);
