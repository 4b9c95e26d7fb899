/* Jobs: in, claimed, renewed. How they end is in job_end.c. */

#include "store/jobs.h"

#include <stdlib.h>

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/run_change.h"

static fallible job_check(Scope *s, const Job *job)
{
    TRY(text_check(s, "queue", job->queue));
    TRY(text_check(s, "job's kind", job->kind));
    if (job->args.text && strlen(job->args.text) > JOB_ARGS_MAX)
        return fail(s, TOO_LARGE, "the job's arguments have more than %d bytes", (int)JOB_ARGS_MAX);
    if (job->priority < 0 || job->priority > JOB_PRIORITY_LAST)
        return fail(s, INVALID, "a job's priority is from 0, the first, to %d",
                    (int)JOB_PRIORITY_LAST);
    return OK;
}

fallible job_insert(Scope *s, Tx *tx, Job *job, bool *made)
{
    bool inserted = false;

    TRY(job_check(s, job));
    job->id = job->id ? job->id : id_new(s);
    job->max_tries = job->max_tries ? job->max_tries : JOB_TRIES;
    const Args args = ARGS(ARG_ROW(job_type, job), ARG_AS(row_tenant, job->tenant_id));
    TRY(query_find(s, tx, &q_job_insert, args, (QueryFound){job, &inserted}));
    if (!inserted)
        TRY(query_one(s, tx, &q_job_by_key, args, job));
    if (made)
        *made = inserted;
    return OK;
}

fallible job_move(Scope *s, Tx *tx, const char *id, const char *queue)
{
    return query_run(s, tx, &q_job_move, ARGS(ARG(id), ARG(queue)), NULL);
}

fallible job_get(Scope *s, Tx *tx, const char *id, Job *out)
{
    return row_get(s, tx, &q_job_get, (RowKey){"job", id}, out);
}

fallible job_of_run(Scope *s, Tx *tx, const char *run_id, Job *out)
{
    bool found = false;

    TRY(id_check(s, (RowKey){"run", run_id}));
    TRY(query_find(s, tx, &q_job_of_run, ARGS(ARG(run_id)), (QueryFound){out, &found}));
    return found ? OK : row_missing(s, (RowKey){"job of run", run_id});
}

/* ---- Claims ---- */

fallible cluster_epoch(Scope *s, Tx *tx, int64_t *out)
{
    Stamp epoch = {0};

    TRY(query_one(s, tx, &q_cluster_epoch, NO_ARGS, &epoch));
    *out = epoch.number;
    return OK;
}

static fallible epoch_check(Scope *s, Tx *tx, int64_t epoch)
{
    int64_t now;

    TRY(cluster_epoch(s, tx, &now));
    if (now != epoch)
        return fail_code(s, CONFLICT, "epoch_changed",
                         "the database is not the one this worker started with: start it again");
    return OK;
}

/* The statement gives the rows in any order. */
static int by_turn(const void *left, const void *right)
{
    const Job *a = left, *b = right;

    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    if (a->not_before.us != b->not_before.us)
        return a->not_before.us < b->not_before.us ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* From here on the run takes what the new holder writes, and nobody else. */
static fallible runs_fence(Scope *s, Tx *tx, const JobList *jobs)
{
    Arg *args = NEW_ARRAY(s, Arg, jobs->count + 1);
    size_t count = 0;

    EACH (const Job, job, jobs) {
        if (!job->run_id)
            continue;
        args[count] = (Arg)ARG_ROW(job_type, job);
        TRY(query_later(s, tx, &q_run_fence, (Args){&args[count++], 1}, NULL));
    }
    return count ? tx_sync(s, tx) : OK;
}

static fallible claim_due(Scope *s, Tx *tx, const ClaimOrder *order, JobList *out)
{
    int64_t limit = order->limit < JOBS_CLAIM_MAX ? order->limit : JOBS_CLAIM_MAX;

    if (limit < 1)
        return OK;
    TRY(query_later(s, tx, &q_jobs_claim_plan, NO_ARGS, NEW(s, CountList)));
    TRY(query_list(s, tx, &q_jobs_claim,
                   ARGS(ARG_AS(owner, order->owner), ARG_AS(queue, order->queue),
                        ARG_AS(pool, order->pool), ARG_AS(kinds, order->kinds),
                        ARG_AS(lease_us, order->lease_us), ARG(limit)),
                   out));
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_turn);
    return runs_fence(s, tx, out);
}

fallible jobs_claim(Scope *s, Tx *tx, const ClaimOrder *order, JobList *out)
{
    JobList jobs = {0};
    int64_t expired;

    TRY(epoch_check(s, tx, order->epoch));
    TRY(jobs_expire(s, tx, &expired));
    TRY(claim_due(s, tx, order, &jobs));
    *out = jobs;
    return OK;
}

fallible jobs_waiting(Scope *s, Tx *tx, const ClaimOrder *order, JobList *out)
{
    return query_list(s, tx, &q_jobs_waiting,
                      ARGS(ARG_AS(queue, order->queue), ARG_AS(pool, order->pool),
                           ARG_AS(kinds, order->kinds), ARG_AS(limit, order->limit)),
                      out);
}

/* Why a job could not be claimed. */
static fallible job_look(Scope *s, Tx *tx, Job *job, JobClaimed *out)
{
    bool found = false;
    Job now = {0};

    TRY(query_find(s, tx, &q_job_any, ARGS(ARG_AS(id, job->id)), (QueryFound){&now, &found}));
    *out = !found ? JOB_UNKNOWN : now.status == JOB_PENDING ? JOB_WAITS : JOB_TAKEN;
    if (found)
        *job = now;
    return OK;
}

fallible job_claim(Scope *s, Tx *tx, const ClaimOrder *order, Job *job, JobClaimed *out)
{
    JobList claimed = {0};

    TRY(epoch_check(s, tx, order->epoch));
    EACH (const char *, kind, &order->kinds) {
        TRY(query_list(s, tx, &q_job_claim,
                       ARGS(ARG_AS(owner, order->owner), ARG_AS(queue, order->queue),
                            ARG_AS(pool, order->pool), ARG_AS(kind, *kind), ARG_AS(id, job->id),
                            ARG_AS(lease_us, order->lease_us)),
                       &claimed));
        if (claimed.count)
            break;
    }
    if (!claimed.count)
        return job_look(s, tx, job, out);
    *job = claimed.items[0];
    *out = JOB_CLAIMED;
    return runs_fence(s, tx, &claimed);
}

Lease job_lease(const Job *job, int64_t epoch)
{
    return (Lease){job->id, job->run_id, job->fence, epoch};
}

fallible jobs_claimable(Scope *s, Tx *tx, const ClaimOrder *order, bool *out)
{
    Count found = {0};

    TRY(query_one(s, tx, &q_jobs_claimable,
                  ARGS(ARG_AS(queue, order->queue), ARG_AS(pool, order->pool)), &found));
    *out = found.count != 0;
    return OK;
}

fallible jobs_next_due(Scope *s, Tx *tx, const ClaimOrder *order, OptInt *wait_us)
{
    Delay delay = {0};

    TRY(query_one(s, tx, &q_jobs_next_due,
                  ARGS(ARG_AS(queue, order->queue), ARG_AS(pool, order->pool)), &delay));
    if (delay.us.set && delay.us.value < 0)
        delay.us.value = 0;
    *wait_us = delay.us;
    return OK;
}

/* ---- Renewals ---- */

fallible job_renew(Scope *s, Tx *tx, const Lease *lease, int64_t lease_us, LeaseState *out)
{
    bool found = false;

    TRY(query_find(s, tx, &q_job_renew,
                   ARGS(ARG_AS(job_id, lease->job_id), ARG_AS(fence, lease->fence),
                        ARG_AS(epoch, lease->epoch), ARG(lease_us)),
                   (QueryFound){out, &found}));
    if (found)
        return OK;
    TRY(epoch_check(s, tx, lease->epoch));
    return lease_lost(s);
}

fallible jobs_renew(Scope *s, Tx *tx, const ClaimOrder *order, LeaseStateList *out)
{
    LeaseStateList kept = {0};

    TRY(query_list(s, tx, &q_jobs_renew,
                   ARGS(ARG_AS(owner, order->owner), ARG_AS(epoch, order->epoch),
                        ARG_AS(lease_us, order->lease_us)),
                   &kept));
    if (!kept.count)
        TRY(epoch_check(s, tx, order->epoch));
    *out = kept;
    return OK;
}

fallible jobs_held(Scope *s, Tx *tx, const ClaimOrder *order, LeaseStateList *out)
{
    return query_list(s, tx, &q_jobs_held,
                      ARGS(ARG_AS(owner, order->owner), ARG_AS(epoch, order->epoch)), out);
}

fallible job_checkpoint(Scope *s, Tx *tx, const Lease *lease, Json checkpoint)
{
    int64_t changed = 0;

    if (checkpoint.text && strlen(checkpoint.text) > JOB_ARGS_MAX)
        return fail(s, TOO_LARGE, "the checkpoint has more than %d bytes", (int)JOB_ARGS_MAX);
    TRY(query_run(s, tx, &q_job_checkpoint,
                  ARGS(ARG(checkpoint), ARG_AS(job_id, lease->job_id), ARG_AS(fence, lease->fence)),
                  &changed));
    return changed ? OK : lease_lost(s);
}
