/* How jobs and their runs end, or begin again. */

#include "base/id.h"
#include "model/run_state.h"
#include "test/store/world.h"

STORE_TEST(a_failure_that_may_pass_is_tried_again_after_a_back_off)
{
    GivenRun given;
    Lease lease;
    Job job;
    Run run;
    JobStatus now;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, TIMEOUT, "the model is silent"), &now)));
    CHECK_EQ(now, JOB_PENDING);
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.tries, 1);
    CHECK_TEXT(job.error, "the model is silent");
    CHECK(job.not_before.us >= job.created_at.us + BACKOFF_FIRST_US / 2);
    CHECK(!job.owner && !time_set(job.lease_until));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_QUEUED);
    TRY(events_text(s, w, run.id, &events));
    CHECK_HAS(events, "2:status {\"status\":\"queued\",\"reason\":\"the model is silent\"}");
    return OK;
}

STORE_TEST(a_server_that_names_a_time_is_not_asked_before)
{
    GivenRun given;
    Lease lease;
    Job job;
    Error *busy = error_retry_after(error_new(s, LIMITED, "busy"), 20 * US_PER_MIN);

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_fail(s, tx, &lease, busy, NULL)));
    TRY(job_now(s, w, given.job.id, &job));
    CHECK(job.not_before.us >= job.created_at.us + 20 * US_PER_MIN);
    return OK;
}

/* Claims and fails the job until it is dead. */
static fallible use_up_tries(Scope *s, World *w, const char *job_id, int *tries)
{
    JobStatus now = JOB_PENDING;
    Job job;

    for (*tries = 0; now == JOB_PENDING; ++*tries) {
        TRY(pass_time(s, w, job_id));
        TRY(claim(s, w, "w1", &job));
        Lease lease = job_lease(&job, 1);
        TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, UNAVAILABLE, "no answer"), &now)));
    }
    return OK;
}

STORE_TEST(when_the_tries_are_used_up_job_and_run_end_with_the_reason)
{
    GivenRun given;
    Task task;
    Run run;
    Job job;
    int tries;
    const char *events;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &given));
    TRY(use_up_tries(s, w, given.job.id, &tries));
    CHECK_EQ(tries, JOB_TRIES);
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.status, JOB_DEAD);
    CHECK(time_set(job.finished_at));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_FAILED);
    CHECK_TEXT(run.error, "gave up after 3 tries: no answer");
    CHECK_TEXT(run.error_kind, "unavailable");
    TRY(events_text(s, w, run.id, &events));
    CHECK_HAS(events, "\"status\":\"failed\",\"reason\":\"gave up after 3 tries: no answer\"");
    return OK;
}

STORE_TEST(a_failure_that_will_stay_is_not_tried_again)
{
    GivenRun given;
    Lease lease;
    Run run;
    JobStatus now;
    Error *wrong = error_coded(error_new(s, INVALID, "no branch \xff"), "no_branch");

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_fail(s, tx, &lease, wrong, &now)));
    CHECK_EQ(now, JOB_DEAD);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_FAILED);
    CHECK_TEXT(run.error, "no branch \xef\xbf\xbd");
    CHECK_TEXT(run.error_code, "no_branch");
    return OK;
}

STORE_TEST(a_returned_job_goes_on_from_its_checkpoint_and_counts_no_try)
{
    GivenRun given;
    Lease lease;
    Job job;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_return(s, tx, &lease, (Json){"{\"turn\": 4}"}, NULL)));
    TRY(claim(s, w, "w2", &job));
    CHECK_TEXT(job.checkpoint.text, "{\"turn\": 4}");
    CHECK_EQ(job.tries, 0);
    CHECK_EQ(job.returns, 1);
    CHECK(job.fence > lease.fence);
    TRY(events_text(s, w, given.run.id, &events));
    CHECK_HAS(events, "\"status\":\"queued\",\"reason\":\"its worker is shutting down\"");
    Lease second = job_lease(&job, 1);
    TRY(TENANT(w, job_return(s, tx, &second, (Json){NULL}, NULL)));
    TRY(claim(s, w, "w3", &job));
    CHECK_TEXT(job.checkpoint.text, "{\"turn\": 4}");
    return OK;
}

STORE_TEST(a_checkpoint_outlives_its_worker)
{
    GivenRun given;
    Lease lease;
    Job job;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_checkpoint(s, tx, &lease, (Json){"[1]"})));
    TRY(pass_time(s, w, given.job.id));
    TRY(claim(s, w, "w2", &job));
    CHECK_TEXT(job.checkpoint.text, "[1]");
    return OK;
}

STORE_TEST(after_five_returns_the_run_fails_with_that_reason)
{
    GivenRun given;
    Task task;
    Run run;
    Job job;
    JobStatus now = JOB_PENDING;
    int returns = 0;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &given));
    for (; now == JOB_PENDING; returns++) {
        TRY(claim(s, w, "w1", &job));
        Lease lease = job_lease(&job, 1);
        TRY(TENANT(w, job_return(s, tx, &lease, (Json){NULL}, &now)));
    }
    CHECK_EQ(returns, JOB_RETURNS_MAX);
    CHECK_EQ(now, JOB_DEAD);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_FAILED);
    CHECK_TEXT(run.error_code, "returned_too_often");
    return OK;
}

STORE_TEST(a_job_without_a_run_repeats)
{
    Job job = {.unique_key = "sweep"}, got;
    JobStatus now;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    TRY(SYSTEM(w, job_repeat(s, tx, &lease, 60 * US_PER_S, &now)));
    CHECK_EQ(now, JOB_PENDING);
    TRY(job_now(s, w, job.id, &got));
    CHECK(got.not_before.us >= got.created_at.us + 60 * US_PER_S);
    CHECK(got.fence > lease.fence);
    return OK;
}

STORE_TEST(a_job_does_not_succeed_before_its_run_has_ended)
{
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    FAILS(BUG, TENANT(w, job_succeed(s, tx, &lease, NULL)));
    FAILS(BUG, TENANT(w, job_repeat(s, tx, &lease, 1, NULL)));
    FAILS(BUG, TENANT(w, job_canceled(s, tx, &lease, NULL)));
    return OK;
}

/* ---- Cancel, in every state ---- */

STORE_TEST(a_queued_run_is_canceled_at_once_with_its_job)
{
    GivenRun given;
    Task task;
    Run run;
    Job job;
    bool canceled = false, found = true;
    const char *events;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &given));
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "canceled by you", &canceled)));
    CHECK(canceled);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_CANCELED);
    CHECK(time_set(run.completed_at));
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.status, JOB_CANCELED);
    TRY(claim_one(s, w, "w1", &job, &found));
    CHECK(!found);
    TRY(events_text(s, w, run.id, &events));
    CHECK_TEXT(events, "1:status {\"status\":\"canceled\",\"reason\":\"canceled by you\"}\n");
    return OK;
}

STORE_TEST(a_running_run_is_canceled_first_and_its_holder_told)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    LeaseState state;
    Run run;
    JobStatus now;
    bool canceled = false;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "by you", &canceled)));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_CANCELED);
    TRY(SYSTEM(w, job_renew(s, tx, &lease, LEASE_US, &state)));
    CHECK(state.cancel_asked);
    Error *e = TENANT(w, run_finish(s, tx, &lease, &end));
    CHECK_TEXT(e->code, "run_finished");
    TRY(TENANT(w, job_canceled(s, tx, &lease, &now)));
    CHECK_EQ(now, JOB_CANCELED);
    return OK;
}

STORE_TEST(however_the_holder_stops_a_canceled_job_is_canceled)
{
    GivenRun given[3];
    Lease lease[3];
    JobStatus now[3] = {0};
    bool canceled;

    for (int i = 0; i < 3; i++) {
        TRY(given_running(s, w, &given[i], &lease[i]));
        TRY(TENANT(w, run_cancel(s, tx, given[i].run.id, "by you", &canceled)));
    }
    TRY(TENANT(w, job_succeed(s, tx, &lease[0], &now[0])));
    TRY(TENANT(w, job_fail(s, tx, &lease[1], error_new(s, CANCELLED, "canceled"), &now[1])));
    TRY(TENANT(w, job_return(s, tx, &lease[2], (Json){NULL}, &now[2])));
    for (int i = 0; i < 3; i++)
        CHECK_EQ(now[i], JOB_CANCELED);
    return OK;
}

STORE_TEST(a_run_is_canceled_though_its_worker_no_longer_exists)
{
    GivenRun given;
    Lease lease;
    Run run;
    Job job;
    bool canceled = false;
    int64_t count;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "by you", &canceled)));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &count)));
    CHECK_EQ(count, 1);
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.status, JOB_CANCELED);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_CANCELED);
    return OK;
}

STORE_TEST(a_run_that_waits_for_its_next_try_is_canceled)
{
    GivenRun given;
    Lease lease;
    Job job;
    bool canceled = false;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, TIMEOUT, "slow"), NULL)));
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "by you", &canceled)));
    CHECK(canceled);
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.status, JOB_CANCELED);
    return OK;
}

STORE_TEST(what_has_ended_is_not_canceled)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    Run run;
    JobStatus now;
    bool canceled = true;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "too late", &canceled)));
    CHECK(!canceled);
    TRY(TENANT(w, job_succeed(s, tx, &lease, &now)));
    CHECK_EQ(now, JOB_SUCCEEDED);
    TRY(TENANT(w, job_cancel(s, tx, given.job.id, "too late", &now)));
    CHECK_EQ(now, JOB_SUCCEEDED);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_SUCCEEDED);
    FAILS(MISSING, TENANT(w, run_cancel(s, tx, id_new(s), "nothing", &canceled)));
    return OK;
}

STORE_TEST(a_canceled_job_without_a_run_is_not_tried_again)
{
    Job job = {0}, got;
    JobStatus now = 0;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    TRY(TENANT(w, job_cancel(s, tx, job.id, "by you", NULL)));
    Lease lease = job_lease(&got, 1);
    TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, TIMEOUT, "slow"), &now)));
    CHECK_EQ(now, JOB_CANCELED);
    return OK;
}

STORE_TEST(a_job_is_canceled_with_its_run_or_without_one)
{
    GivenRun given;
    Lease lease;
    Job plain = {0}, held, got;
    Run run;
    JobStatus now;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, job_cancel(s, tx, given.job.id, "by you", &now)));
    CHECK_EQ(now, JOB_LEASED);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_CANCELED);
    TRY(given_job(s, w, &plain));
    TRY(TENANT(w, job_cancel(s, tx, plain.id, "by you", &now)));
    CHECK_EQ(now, JOB_CANCELED);
    held = (Job){0};
    TRY(given_job(s, w, &held));
    TRY(claim(s, w, "w1", &got));
    TRY(TENANT(w, job_cancel(s, tx, held.id, "by you", &now)));
    CHECK_EQ(now, JOB_LEASED);
    TRY(job_now(s, w, held.id, &got));
    CHECK(got.cancel_asked);
    return OK;
}
