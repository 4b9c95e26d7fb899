/* How jobs end, or begin again. */

#include "store/job_end.h"

#include "base/id.h"
#include "base/json.h"
#include "model/run_state.h"
#include "store/checks.h"
#include "store/queries.h"
#include "store/run_change.h"
#include "store/runs.h"

static fallible job_end(Scope *s, Tx *tx, const Job *job, JobStatus status, const Error *why)
{
    Job ended = *job;

    ended.status = status;
    if (why) {
        ended.error = text_kept(s, why->message, RUN_REASON_MAX);
        ended.error_kind = error_kind(why->kind)->name;
        ended.error_code = why->code;
        ended.error_params = json_of_params(s, why->params);
    } else if (status == JOB_SUCCEEDED) {
        ended.error = ended.error_kind = ended.error_code = NULL; /* of an earlier try */
        ended.error_params = (Json){0};
    }
    return query_run(s, tx, &q_job_end, ARGS(ARG_ROW(job_type, &ended)), NULL);
}

static fallible job_end_as(Scope *s, Tx *tx, const Job *job, JobStatus status, JobStatus *now)
{
    TRY(job_end(s, tx, job, status, NULL));
    *now = status;
    return OK;
}

fallible job_again(Scope *s, Tx *tx, const Job *job, const JobAgain *again, JobStatus *now)
{
    Job next = *job;
    Lease lease = job_lease(job, 0);

    next.error = again->why ? text_kept(s, again->why->message, RUN_REASON_MAX) : NULL;
    next.error_kind = again->why ? error_kind(again->why->kind)->name : NULL;
    next.error_code = again->why ? again->why->code : NULL;
    next.error_params = json_of_params(s, again->why ? again->why->params : NULL);
    TRY(query_run(s, tx, &q_job_again,
                  ARGS(ARG_AS(wait_us, again->wait_us), ARG_AS(checkpoint, again->checkpoint),
                       ARG_ROW(job_type, &next)),
                  NULL));
    if (job->run_id)
        TRY(run_requeue(s, tx, &lease, again->reason));
    *now = JOB_PENDING;
    return OK;
}

fallible job_die(Scope *s, Tx *tx, const Job *job, const Error *why, JobStatus *now)
{
    Lease lease = job_lease(job, 0);

    TRY(job_end(s, tx, job, JOB_DEAD, why));
    if (job->run_id)
        TRY(run_give_up(s, tx, &lease, why));
    *now = JOB_DEAD;
    return OK;
}

fallible job_end_if_over(Scope *s, Tx *tx, const Job *job, JobStatus *now, bool *ended)
{
    const char *run_id = job->run_id;
    RunState run = {0};

    if (run_id)
        TRY(query_one(s, tx, &q_run_state_of_lease, ARGS(ARG(run_id)), &run));
    *ended = job->cancel_asked || run_finished(run.status);
    if (!*ended)
        return OK;
    return job_end_as(
        s, tx, job, job->cancel_asked || run.status == RUN_CANCELED ? JOB_CANCELED : JOB_SUCCEEDED,
        now);
}

/* ---- Holders ---- */

/* The job as its holder gives it up, its row locked. */
static fallible job_held(Scope *s, Tx *tx, const Lease *lease, Job *out)
{
    bool found = false;

    TRY(query_find(s, tx, &q_job_hold,
                   ARGS(ARG_AS(job_id, lease->job_id), ARG_AS(fence, lease->fence)),
                   (QueryFound){out, &found}));
    return found ? OK : lease_lost(s);
}

/* The end may have been reported before, and the answer been lost. */
static fallible job_ended_before(Scope *s, Tx *tx, const Lease *lease, JobStatus *now)
{
    bool found = false;
    Job job;

    TRY(query_find(s, tx, &q_job_status,
                   ARGS(ARG_AS(job_id, lease->job_id), ARG_AS(fence, lease->fence)),
                   (QueryFound){&job, &found}));
    if (!found || (job.status != JOB_SUCCEEDED && job.status != JOB_CANCELED))
        return lease_lost(s);
    *now = job.status;
    return OK;
}

static fallible job_succeed_now(Scope *s, Tx *tx, const Lease *lease, JobStatus *now)
{
    bool ended = false;
    Job job;
    Error *e = job_held(s, tx, lease, &job);

    if (failed_as(e, CONFLICT))
        return job_ended_before(s, tx, lease, now);
    TRY(e);
    TRY(job_end_if_over(s, tx, &job, now, &ended));
    if (ended)
        return OK;
    if (job.run_id)
        return fail(s, BUG, "job %s succeeds before its run %s has ended", job.id, job.run_id);
    return job_end_as(s, tx, &job, JOB_SUCCEEDED, now);
}

fallible job_succeed(Scope *s, Tx *tx, const Lease *lease, JobStatus *now)
{
    JobStatus status;

    return job_succeed_now(s, tx, lease, now ? now : &status);
}

/* What tries are for: another one may do better. */
static fallible job_try_again(Scope *s, Tx *tx, Job *job, const Error *why, JobStatus *now)
{
    uint64_t random;

    random_bytes(&random, sizeof random);
    job->tries++;
    if (job->tries >= job->max_tries) {
        Error *last = error_move(s, why);
        return job_die(s, tx, job,
                       error_while(last, "gave up after %lld tries", (long long)job->tries), now);
    }
    JobAgain again = {
        .wait_us = backoff_us(job->tries, random, why->retry_after_us),
        .reason = why->message,
        .why = why,
    };
    return job_again(s, tx, job, &again, now);
}

fallible job_fail(Scope *s, Tx *tx, const Lease *lease, const Error *why, JobStatus *now)
{
    JobStatus status;
    bool ended = false;
    Job job;

    now = now ? now : &status;
    TRY(job_held(s, tx, lease, &job));
    TRY(job_end_if_over(s, tx, &job, now, &ended));
    if (ended)
        return OK;
    if (error_kind(why->kind)->retry)
        return job_try_again(s, tx, &job, why, now);
    return job_die(s, tx, &job, why, now);
}

fallible job_return(Scope *s, Tx *tx, const Lease *lease, Json checkpoint, JobStatus *now)
{
    JobAgain again = {.checkpoint = checkpoint, .reason = "its worker is shutting down"};
    JobStatus status;
    bool ended = false;
    Job job;

    now = now ? now : &status;
    TRY(job_held(s, tx, lease, &job));
    TRY(job_end_if_over(s, tx, &job, now, &ended));
    if (ended)
        return OK;
    if (++job.returns < JOB_RETURNS_MAX)
        return job_again(s, tx, &job, &again, now);
    Error *why = error_new(s, UNAVAILABLE, "%d workers in a row were shut down during it",
                           (int)JOB_RETURNS_MAX);
    return job_die(s, tx, &job, error_coded(why, "returned_too_often"), now);
}

fallible job_repeat(Scope *s, Tx *tx, const Lease *lease, int64_t after_us, JobStatus *now)
{
    JobAgain again = {.wait_us = after_us};
    JobStatus status;
    bool ended = false;
    Job job;

    now = now ? now : &status;
    TRY(job_held(s, tx, lease, &job));
    if (job.run_id)
        return fail(s, BUG, "job %s executes a run, which has one end", job.id);
    TRY(job_end_if_over(s, tx, &job, now, &ended));
    if (ended)
        return OK;
    job.tries = job.returns = job.losses = 0;
    return job_again(s, tx, &job, &again, now);
}

fallible job_canceled(Scope *s, Tx *tx, const Lease *lease, JobStatus *now)
{
    JobStatus status;
    bool ended = false;
    Job job;

    now = now ? now : &status;
    TRY(job_held(s, tx, lease, &job));
    TRY(job_end_if_over(s, tx, &job, now, &ended));
    if (!ended)
        return fail(s, BUG, "nobody asked to cancel job %s", job.id);
    return OK;
}

/* ---- Everybody ---- */

fallible job_cancel(Scope *s, Tx *tx, const char *id, const char *reason, JobStatus *now)
{
    const char *kept = text_kept(s, reason, RUN_REASON_MAX);
    bool canceled = false;
    Job job;

    TRY(job_get(s, tx, id, &job));
    if (job.run_id)
        TRY(run_cancel(s, tx, job.run_id, reason, &canceled));
    else
        TRY(query_run(s, tx, &q_job_cancel, ARGS(ARG(id), ARG_AS(reason, kept)), NULL));
    TRY(job_get(s, tx, id, &job));
    if (now)
        *now = job.status;
    return OK;
}
