/* Jobs whose holder is gone: lost workers, dead commands, dead letters, workers themselves. */

#include "base/id.h"
#include "store/retention.h"
#include "test/store/world.h"

STORE_TEST(a_run_whose_worker_was_lost_is_queued_again_and_says_so)
{
    GivenRun given;
    Lease lease;
    Run run;
    Job job;
    int64_t count = 0;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    TRY(SYSTEM(w, jobs_expire(s, tx, &count)));
    CHECK_EQ(count, 0);
    TRY(pass_time(s, w, given.job.id));
    TRY(SYSTEM(w, jobs_expire(s, tx, &count)));
    CHECK_EQ(count, 1);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_QUEUED);
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.status, JOB_PENDING);
    CHECK_EQ(job.tries, 0);
    TRY(events_text(s, w, run.id, &events));
    CHECK_HAS(events, "2:status {\"status\":\"queued\",\"reason\":\"its worker was lost\"}");
    return OK;
}

STORE_TEST(a_dead_owners_jobs_are_taken_over_at_once)
{
    GivenRun mine, theirs;
    Lease lease, other;
    Job job;
    int64_t count = 0;

    TRY(given_running(s, w, &mine, &lease));
    TRY(given_running(s, w, &theirs, &other));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &count)));
    CHECK_EQ(count, 2);
    TRY(claim(s, w, "w2", &job));
    CHECK_TEXT(job.run_id, mine.run.id);
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &count)));
    CHECK_EQ(count, 0);
    TRY(job_now(s, w, mine.job.id, &job));
    CHECK_TEXT(job.owner, "w2");
    return OK;
}

STORE_TEST(a_job_that_loses_all_its_workers_ends_dead)
{
    GivenRun given;
    Task task;
    Run run;
    Job job;
    int64_t count = 1;
    int losses = 0;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &given));
    for (job = given.job; job.status != JOB_DEAD; losses++) {
        TRY(pass_time(s, w, job.id));
        TRY(claim(s, w, "w1", &job));
        TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &count)));
        TRY(job_now(s, w, job.id, &job));
    }
    CHECK_EQ(losses, JOB_LOSSES_MAX);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_FAILED);
    CHECK_TEXT(run.error_code, "worker_lost");
    CHECK_TEXT(run.error, "gave up after 10 times: its worker was lost");
    return OK;
}

STORE_TEST(a_run_that_ended_before_its_worker_was_lost_stays_so)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    Run run;
    Job job;
    int64_t count;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &count)));
    TRY(job_now(s, w, given.job.id, &job));
    CHECK_EQ(job.status, JOB_SUCCEEDED);
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_SUCCEEDED);
    return OK;
}

STORE_TEST(a_sweep_has_a_limit_and_says_how_much_it_did)
{
    ClaimOrder order = claim_order(s, w, "w1");
    JobList jobs;
    int64_t first = 0, second = 0, third = 1;

    for (int i = 0; i < JOBS_CLAIM_MAX + 3; i++) {
        Job job = {0};
        TRY(given_job(s, w, &job));
    }
    order.limit = 1000;
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, JOBS_CLAIM_MAX);
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &first)));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &second)));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, "w1", &third)));
    CHECK_EQ(first, JOBS_CLAIM_MAX);
    CHECK_EQ(second, 3);
    CHECK_EQ(third, 0);
    return OK;
}

/* ---- Pools ---- */

STORE_TEST(a_pool_is_abandoned_when_its_command_is_not_there)
{
    Worker worker = {.id = "cli-1", .host = "here", .pid = 1, .lock_path = "/x"};
    Job job = {.pool = "cli-1"};
    TextList pools = {0};

    TRY(SYSTEM(w, worker_register(s, tx, &worker)));
    TRY(given_job(s, w, &job));
    TRY(SYSTEM(w, jobs_pools_abandoned(s, tx, US_PER_MIN, &pools)));
    CHECK_EQ(pools.count, 0);
    TRY(SYSTEM(w, jobs_pools_abandoned(s, tx, 0, &pools)));
    CHECK_EQ(pools.count, 1);
    TRY(SYSTEM(w, worker_remove(s, tx, "cli-1")));
    pools = (TextList){0};
    TRY(SYSTEM(w, jobs_pools_abandoned(s, tx, US_PER_MIN, &pools)));
    CHECK_EQ(pools.count, 1);
    CHECK_TEXT(pools.items[0], "cli-1");
    return OK;
}

STORE_TEST(runs_of_a_command_that_died_fail_with_that_reason)
{
    GivenRun running, queued;
    Lease lease;
    Run run;
    int64_t count = 0;
    TextList pools = {0};

    w->pool = "cli-1";
    TRY(given_running(s, w, &running, &lease));
    TRY(given_run(s, w, &running.task, "other", &queued));
    TRY(SYSTEM(w, jobs_abandon_pool(s, tx, "cli-1", &count)));
    CHECK_EQ(count, 2);
    const char *ids[] = {running.run.id, queued.run.id};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        TRY(run_now(s, w, ids[i], &run));
        CHECK_EQ(run.status, RUN_FAILED);
        CHECK_TEXT(run.error, "the command that started it has ended");
        CHECK_TEXT(run.error_code, "invocation_ended");
    }
    TRY(SYSTEM(w, jobs_pools_abandoned(s, tx, 0, &pools)));
    CHECK_EQ(pools.count, 0);
    return OK;
}

STORE_TEST(a_dead_run_of_a_command_is_sent_again_to_everybody)
{
    GivenRun given;
    Lease lease;
    Job job, got;
    int64_t count;

    w->pool = "cli-1";
    TRY(given_running(s, w, &given, &lease));
    TRY(SYSTEM(w, jobs_abandon_pool(s, tx, "cli-1", &count)));
    TRY(TENANT(w, dead_letter_resend(s, tx, given.job.id, &job)));
    w->pool = NULL;
    TRY(claim(s, w, "serve", &got));
    CHECK_TEXT(got.id, job.id);
    return OK;
}

/* ---- Dead letters ---- */

static fallible given_dead_run(Scope *s, World *w, GivenRun *given)
{
    Lease lease;

    TRY(given_running(s, w, given, &lease));
    return TENANT(w, job_fail(s, tx, &lease, error_new(s, INVALID, "no such model"), NULL));
}

STORE_TEST(a_dead_letter_is_visible_with_its_reason)
{
    GivenRun given;
    JobList dead;
    Page page = {0};

    TRY(given_dead_run(s, w, &given));
    TRY(READ(w, dead_letters_list(s, tx, &page, &dead)));
    CHECK_EQ(dead.count, 1);
    CHECK_TEXT(dead.items[0].error, "no such model");
    CHECK_TEXT(dead.items[0].error_kind, "invalid");
    TRY(OTHER(w, dead_letters_list(s, tx, &page, &dead)));
    CHECK_EQ(dead.count, 0);
    return OK;
}

STORE_TEST(sending_a_dead_run_again_makes_a_new_run)
{
    GivenRun given;
    Run old, again;
    Job job, got;
    JobList dead;
    Page page = {0};

    TRY(given_dead_run(s, w, &given));
    TRY(TENANT(w, dead_letter_resend(s, tx, given.job.id, &job)));
    CHECK(!text_equal(job.run_id, given.run.id));
    TRY(run_now(s, w, job.run_id, &again));
    CHECK_TEXT(again.retry_of, given.run.id);
    CHECK_TEXT(again.working_branch, given.run.working_branch);
    CHECK_TEXT(again.instruction, given.run.instruction);
    CHECK_EQ(again.status, RUN_QUEUED);
    CHECK_EQ(again.number, 2);
    TRY(run_now(s, w, given.run.id, &old));
    CHECK_EQ(old.status, RUN_FAILED);
    TRY(claim(s, w, "w1", &got));
    CHECK_TEXT(got.run_id, again.id);
    TRY(READ(w, dead_letters_list(s, tx, &page, &dead)));
    CHECK_EQ(dead.count, 0);
    FAILS(MISSING, TENANT(w, dead_letter_resend(s, tx, given.job.id, &job)));
    return OK;
}

STORE_TEST(a_dead_job_without_a_run_is_sent_again_or_dropped)
{
    Job job = {.max_tries = 1}, got, again;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    FAILS(MISSING, TENANT(w, dead_letter_resend(s, tx, job.id, &again)));
    TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, TIMEOUT, "slow"), NULL)));
    FAILS(MISSING, OTHER(w, dead_letter_resend(s, tx, job.id, &again)));
    TRY(TENANT(w, dead_letter_resend(s, tx, job.id, &again)));
    CHECK_TEXT(again.id, job.id);
    CHECK_EQ(again.tries, 0);
    TRY(claim(s, w, "w1", &got));
    CHECK(got.fence > lease.fence);
    lease = job_lease(&got, 1);
    FAILS(MISSING, TENANT(w, dead_letter_drop(s, tx, job.id)));
    TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, TIMEOUT, "slow"), NULL)));
    TRY(TENANT(w, dead_letter_drop(s, tx, job.id)));
    FAILS(MISSING, job_now(s, w, job.id, &got));
    return OK;
}

/* ---- Counts, workers ---- */

STORE_TEST(queues_show_what_waits_and_what_is_held)
{
    Job due = {0}, later = {.not_before = {time_now().us + US_PER_MIN}}, mail = {.queue = "mail"},
        third = {0}, got;
    QueueStatList stats = {0};
    GivenRun dead;

    TRY(given_dead_run(s, w, &dead));
    TRY(given_job(s, w, &due));
    TRY(claim(s, w, "w1", &got));
    TRY(given_job(s, w, &later));
    TRY(given_job(s, w, &mail));
    TRY(given_job(s, w, &third));
    TRY(SYSTEM(w, jobs_stats(s, tx, &stats)));
    CHECK_EQ(stats.count, 2);
    CHECK_TEXT(stats.items[0].queue, "mail");
    QueueStat runs = stats.items[1];
    CHECK(runs.due == 1 && runs.later == 1 && runs.leased == 1 && runs.dead == 1);
    CHECK(runs.oldest_us > 0);
    return OK;
}

STORE_TEST(old_finished_jobs_are_pruned)
{
    Job job = {0}, kept = {0}, got;
    int64_t count = 1;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    TRY(SYSTEM(w, job_succeed(s, tx, &lease, NULL)));
    TRY(given_job(s, w, &kept));
    TRY(SYSTEM(w, jobs_prune(s, tx, US_PER_MIN, &count)));
    CHECK_EQ(count, 0);
    TRY(SYSTEM(w, jobs_prune(s, tx, 0, &count)));
    CHECK_EQ(count, 1);
    TRY(job_now(s, w, kept.id, &got));
    return OK;
}

STORE_TEST(workers_come_and_go)
{
    Worker one = {.id = "w1", .host = "here", .pid = 42, .lock_path = "/run/w1"},
           two = {.id = "w2", .host = "there", .pid = 7};
    WorkerList workers = {0};

    TRY(SYSTEM(w, worker_register(s, tx, &one)));
    TRY(SYSTEM(w, worker_register(s, tx, &two)));
    TRY(SYSTEM(w, worker_seen(s, tx, "w1")));
    TRY(SYSTEM(w, workers_list(s, tx, &workers)));
    CHECK_EQ(workers.count, 2);
    CHECK_TEXT(workers.items[0].lock_path, "/run/w1");
    CHECK_EQ(workers.items[0].pid, 42);
    CHECK(workers.items[1].silent_us > 0);
    CHECK(workers.items[0].seen_at.us > workers.items[0].started_at.us);
    TRY(SYSTEM(w, worker_remove(s, tx, "w1")));
    TRY(SYSTEM(w, worker_remove(s, tx, "w1")));
    FAILS(MISSING, SYSTEM(w, worker_seen(s, tx, "w1")));
    return OK;
}
