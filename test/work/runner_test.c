/* Claiming, executing, renewing and ending jobs. */

#include <unistd.h>

#include "test/work/given.h"

STORE_TEST(a_job_is_claimed_when_it_comes_and_done_once)
{
    House *house;
    Job job = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 2));
    TRY(given_probe(s, house, "ok", &job));
    TRY(job_becomes(s, house, job.id, JOB_SUCCEEDED, &job));
    CHECK_EQ(tally_now(house).begun, 1);
    return OK;
}

STORE_TEST(no_more_jobs_run_at_once_than_there_are_places)
{
    enum { JOBS = 10, PLACES = 3 };
    House *house;
    Job jobs[JOBS] = {0};

    TRY(given_house(s, w, &house));
    for (int i = 0; i < JOBS; i++)
        TRY(given_probe(s, house, "gate", &jobs[i]));
    TRY(given_runner(s, house, PLACES));
    TRY(tally_reaches(s, house, &house->tally.begun, PLACES));
    gate_open(house);
    TRY(tally_reaches(s, house, &house->tally.done, JOBS));
    CHECK_EQ(tally_now(house).most, PLACES);
    CHECK_EQ(tally_now(house).begun, JOBS);
    return OK;
}

STORE_TEST(runs_never_keep_the_service_from_its_own_work)
{
    House *house;
    Job run = {0}, own = {.queue = QUEUE_SYSTEM};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "wait", &run));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    TRY(given_probe(s, house, "ok", &own));
    return job_becomes(s, house, own.id, JOB_SUCCEEDED, &own);
}

STORE_TEST(an_invocation_does_only_the_jobs_of_its_pool)
{
    House *house;
    Job mine = {0}, anybodys = {0}, others = {.pool = "another invocation"}, now;

    TRY(given_house(s, w, &house));
    house->options.own_pool = true;
    TRY(given_runner(s, house, 4));
    mine.pool = house->runner->owner;
    TRY(given_probe(s, house, "ok", &anybodys));
    TRY(given_probe(s, house, "ok", &others));
    TRY(given_probe(s, house, "ok", &mine));
    TRY(job_becomes(s, house, mine.id, JOB_SUCCEEDED, &now));
    CHECK_EQ(tally_now(house).begun, 1);
    TRY(job_now(s, w, anybodys.id, &now));
    CHECK_EQ(now.status, JOB_PENDING);
    return OK;
}

STORE_TEST(a_server_does_only_the_jobs_of_no_pool)
{
    House *house;
    Job anybodys = {0}, others = {.pool = "an invocation"}, now;

    TRY(given_house(s, w, &house));
    TRY(given_probe(s, house, "ok", &others));
    TRY(given_probe(s, house, "ok", &anybodys));
    TRY(given_runner(s, house, 4));
    TRY(job_becomes(s, house, anybodys.id, JOB_SUCCEEDED, &now));
    CHECK_EQ(tally_now(house).begun, 1);
    return OK;
}

STORE_TEST(a_job_that_runs_is_told_of_its_cancellation_and_ends)
{
    House *house;
    Job job = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "wait", &job));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    TRY(TENANT(w, job_cancel(s, tx, job.id, "not wanted any more", NULL)));
    bus_publish(house->app.bus, "cancel:x");
    TRY(job_becomes(s, house, job.id, JOB_CANCELED, &job));
    CHECK_TEXT(tally_now(house).reason, "canceled");
    return OK;
}

STORE_TEST(a_job_canceled_before_its_turn_never_runs)
{
    House *house;
    Job first = {0}, second = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "gate", &first));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    TRY(given_probe(s, house, "ok", &second));
    TRY(TENANT(w, job_cancel(s, tx, second.id, "not wanted any more", NULL)));
    gate_open(house);
    TRY(job_becomes(s, house, first.id, JOB_SUCCEEDED, &first));
    TRY(job_becomes(s, house, second.id, JOB_CANCELED, &second));
    CHECK_EQ(tally_now(house).begun, 1);
    return OK;
}

STORE_TEST(a_lost_lease_ends_the_work_and_the_job_is_done_by_the_next_holder)
{
    House *house;
    Job job = {0};
    int64_t count;

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "gate", &job));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    TRY(SYSTEM(w, jobs_release_owner(s, tx, house->runner->owner, &count)));
    TRY(tally_reaches(s, house, &house->tally.cancelled, 1));
    CHECK_TEXT(tally_now(house).reason, "lease lost");
    gate_open(house);
    TRY(job_becomes(s, house, job.id, JOB_SUCCEEDED, &job));
    CHECK_EQ(tally_now(house).begun, 2);
    TRY(tally_reaches(s, house, &house->tally.done, 1)); /* counted after the row's commit */
    CHECK_EQ(tally_now(house).done, 1);
    return OK;
}

static fallible renewal_blocked(Scope *s, World *w)
{
    House *house;
    Job job = {0};

    TRY(given_house(s, w, &house));
    house->options.lease_us = 1500 * US_PER_MS;
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "gate", &job));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    {
        SCOPE(elsewhere, s);
        TRY(given_writer_elsewhere(elsewhere, w));
        int64_t since = clock_us();
        TRY(tally_reaches(s, house, &house->tally.cancelled, 1));
        CHECK(clock_us() - since < house->options.lease_us);
        CHECK_TEXT(tally_now(house).reason, "lease lost");
    }
    gate_open(house);
    TRY(job_becomes(s, house, job.id, JOB_SUCCEEDED, &job));
    TRY(tally_reaches(s, house, &house->tally.done, 1)); /* counted after the row's commit */
    CHECK_EQ(tally_now(house).done, 1);
    return OK;
}

TEST(work_ends_before_its_lease_does_when_it_cannot_be_renewed)
{
    return world_test(s, ON_SQLITE, renewal_blocked);
}

STORE_TEST(a_graceful_stop_hands_back_what_has_not_ended)
{
    House *house;
    Job job = {0};

    TRY(given_house(s, w, &house));
    {
        SCOPE(process, s);
        TRY(given_runner(process, house, 1));
        TRY(given_probe(s, house, "wait", &job));
        TRY(tally_reaches(s, house, &house->tally.begun, 1));
    }
    TRY(job_now(s, w, job.id, &job));
    CHECK_EQ(job.status, JOB_PENDING);
    CHECK_EQ(job.returns, 1);
    CHECK_EQ(job.tries, 0);
    CHECK_TEXT(tally_now(house).reason, "the worker is stopping");
    return OK;
}

static Error *open_when_stopping(Scope *s, void *arg)
{
    House *house = arg;
    bool stopping = false;

    while (!stopping) {
        LOCKED (&house->runner->mutex)
            stopping = house->runner->stopping;
        TRY(scope_sleep(s, 5 * US_PER_MS));
    }
    gate_open(house);
    return OK;
}

STORE_TEST(a_graceful_stop_lets_work_finish_within_the_grace_and_claims_nothing_more)
{
    House *house;
    Job first = {0}, second = {0};

    TRY(given_house(s, w, &house));
    house->options.grace_us = PATIENCE_US;
    {
        SCOPE(process, s);
        TRY(given_runner(process, house, 1));
        TRY(given_probe(s, house, "gate", &first));
        TRY(tally_reaches(s, house, &house->tally.begun, 1));
        TRY(given_probe(s, house, "ok", &second));
        TRY(thread_start(s, "opener", open_when_stopping, house, NULL));
    }
    TRY(job_becomes(s, house, first.id, JOB_SUCCEEDED, &first));
    TRY(job_becomes(s, house, second.id, JOB_PENDING, &second));
    return OK;
}

static fallible register_dead(Scope *s, Tx *tx)
{
    char host[256] = "";

    CHECK_EQ(gethostname(host, sizeof host - 1), 0);
    Worker dead = {.id = "w1", .host = host, .pid = 1, .lock_path = "/nowhere/w1.lock"};
    return worker_register(s, tx, &dead);
}

STORE_TEST(jobs_of_a_dead_process_of_this_machine_are_taken_over_at_once)
{
    House *house;
    Job job = {0};
    JobList claimed = {0};

    TRY(given_house(s, w, &house));
    TRY(given_probe(s, house, "ok", &job));
    TRY(SYSTEM(w, register_dead(s, tx)));
    ClaimOrder order = claim_order(s, w, "w1");
    order.queue = QUEUE_AGENT;
    order.lease_us = 60 * US_PER_MIN;
    texts_add(s, &order.kinds, "probe");
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &claimed)));
    CHECK_EQ(claimed.count, 1);
    TRY(given_runner(s, house, 1));
    return job_becomes(s, house, job.id, JOB_SUCCEEDED, &job);
}

STORE_TEST(a_passing_failure_is_tried_again_later_until_the_tries_are_used_up)
{
    House *house;
    Job job = {.max_tries = 2};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "away", &job));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    TRY(job_becomes(s, house, job.id, JOB_PENDING, &job));
    CHECK(job.tries == 1 && job.not_before.us > time_now().us);
    TRY(pass_time(s, w, job.id));
    bus_publish(house->app.bus, "jobs");
    TRY(job_becomes(s, house, job.id, JOB_DEAD, &job));
    CHECK_EQ(tally_now(house).begun, 2);
    CHECK_HAS(job.error, "it is away");
    return OK;
}

STORE_TEST(a_failure_that_stays_is_not_tried_again)
{
    House *house;
    Job job = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "wrong", &job));
    TRY(job_becomes(s, house, job.id, JOB_DEAD, &job));
    CHECK_TEXT(job.error_kind, "invalid");
    CHECK_EQ(tally_now(house).begun, 1);
    return OK;
}

STORE_TEST(a_worker_says_that_it_lives_and_is_gone_after_its_end)
{
    House *house;
    WorkerList before = {0}, after = {0};

    TRY(given_house(s, w, &house));
    {
        SCOPE(process, s);
        TRY(given_runner(process, house, 1));
        TRY(SYSTEM(w, worker_remove(s, tx, house->runner->owner))); /* taken for dead */
        TRY(presence_seen(s, house->runner->presence));
        TRY(SYSTEM(w, workers_list(s, tx, &before)));
    }
    TRY(SYSTEM(w, workers_list(s, tx, &after)));
    CHECK_EQ(before.count, 1);
    CHECK_EQ(after.count, 0);
    return OK;
}

STORE_TEST(many_runners_do_each_job_once)
{
    enum { JOBS = 40, RUNNERS = 3 };
    House *houses[RUNNERS];
    Job jobs[JOBS] = {0};
    int64_t begun = 0;

    for (int i = 0; i < RUNNERS; i++) {
        TRY(given_house(s, w, &houses[i]));
        TRY(given_runner(s, houses[i], 2));
    }
    for (int i = 0; i < JOBS; i++)
        TRY(given_probe(s, houses[i % RUNNERS], "ok", &jobs[i]));
    for (int i = 0; i < JOBS; i++)
        TRY(job_becomes(s, houses[0], jobs[i].id, JOB_SUCCEEDED, &jobs[i]));
    for (int i = 0; i < RUNNERS; i++)
        begun += tally_now(houses[i]).begun;
    CHECK_EQ(begun, JOBS);
    return OK;
}

STORE_TEST(runs_wait_while_the_disk_is_full_and_the_services_own_work_goes_on)
{
    House *house;
    Job run = {0}, own = {.queue = QUEUE_SYSTEM};

    TRY(given_house(s, w, &house));
    house->settings.disk_floor_mb = INT64_MAX >> 21;
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "ok", &run));
    TRY(given_probe(s, house, "ok", &own));
    TRY(job_becomes(s, house, own.id, JOB_SUCCEEDED, &own));
    TRY(job_now(s, w, run.id, &run));
    CHECK_EQ(run.status, JOB_PENDING);
    return OK;
}

STORE_TEST(a_job_that_fails_amid_its_transaction_blocks_nobody)
{
    House *house;
    Job job = {0}, next = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "open", &job));
    TRY(job_becomes(s, house, job.id, JOB_DEAD, &job));
    CHECK_HAS(job.error, "within a transaction");
    TRY(given_probe(s, house, "ok", &next));
    return job_becomes(s, house, next.id, JOB_SUCCEEDED, &next);
}

static fallible claim_poll(Scope *s, World *w, Job *out)
{
    ClaimOrder order = claim_order(s, w, "w1");
    JobList claimed = {0};
    SCOPE(patience, s);

    order.queue = QUEUE_POLLING;
    texts_add(s, &order.kinds, "pull_poll");
    scope_limit(patience, PATIENCE_US);
    while (!claimed.count) {
        TRY(SYSTEM(w, jobs_claim(s, tx, &order, &claimed)));
        TRY_WHILE(scope_sleep(patience, US_PER_MS), "waiting for the job that polls");
    }
    *out = claimed.items[0];
    return OK;
}

STORE_TEST(polling_that_ended_as_a_dead_letter_comes_back_with_the_next_sweep)
{
    House *house;
    Job poll, sweep = {.queue = QUEUE_SYSTEM, .kind = "sweep"};
    JobStatus now;

    TRY(given_house(s, w, &house));
    house->options.queues = TEXTS(QUEUE_SYSTEM); /* the polling is this test's */
    TRY(given_runner(s, house, 2));              /* it schedules both */
    TRY(claim_poll(s, w, &poll));
    Lease lease = job_lease(&poll, claim_order(s, w, "w1").epoch);
    Error *why = error_new(s, BUG, "the row is damaged");
    TRY(SYSTEM(w, job_fail(s, tx, &lease, why, &now)));
    CHECK_EQ(now, JOB_DEAD);
    TRY(given_job(s, w, &sweep));
    bus_publish(house->app.bus, "jobs");
    return claim_poll(s, w, &poll);
}
