/* Who gets which job, and for how long. */

#include "base/id.h"
#include "sys/thread.h"
#include "test/store/world.h"

STORE_TEST(a_claimed_job_has_an_owner_a_fence_and_a_lease)
{
    Job job = {0}, got;
    bool found = true;

    TRY(given_job(s, w, &job));
    CHECK_EQ(job.status, JOB_PENDING);
    CHECK_EQ(job.max_tries, JOB_TRIES);
    TRY(claim(s, w, "w1", &got));
    CHECK_TEXT(got.id, job.id);
    CHECK_TEXT(got.owner, "w1");
    CHECK_TEXT(got.tenant_id, w->caller.tenant_id);
    CHECK_EQ(got.status, JOB_LEASED);
    CHECK_EQ(got.fence, 1);
    CHECK(got.lease_until.us > job.created_at.us);
    TRY(claim_one(s, w, "w2", &got, &found));
    CHECK(!found);
    return OK;
}

STORE_TEST(a_lease_that_ran_out_is_taken_over_with_a_higher_fence)
{
    Job job = {0}, first, second;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &first));
    TRY(pass_time(s, w, job.id));
    TRY(claim(s, w, "w2", &second));
    CHECK_TEXT(second.id, first.id);
    CHECK_TEXT(second.owner, "w2");
    CHECK(second.fence > first.fence);
    CHECK_EQ(second.tries, 0);
    CHECK_EQ(second.losses, 1);
    return OK;
}

STORE_TEST(jobs_come_by_priority_then_by_age)
{
    Job late = {.priority = 5}, first = {.priority = 1}, second = {.priority = 1},
        urgent = {.priority = 0};
    ClaimOrder order = claim_order(s, w, "w1");
    JobList jobs = {0};

    order.limit = 10;
    TRY(given_job(s, w, &late));
    TRY(given_job(s, w, &first));
    TRY(given_job(s, w, &second));
    TRY(given_job(s, w, &urgent));
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 4);
    CHECK_TEXT(jobs.items[0].id, urgent.id);
    CHECK_TEXT(jobs.items[1].id, first.id);
    CHECK_TEXT(jobs.items[2].id, second.id);
    CHECK_TEXT(jobs.items[3].id, late.id);
    return OK;
}

STORE_TEST(jobs_that_wait_are_seen_in_their_order_and_not_claimed)
{
    Job late = {.priority = 5}, first = {.priority = 1};
    ClaimOrder order = claim_order(s, w, "w1");
    JobList jobs = {0};
    Job got;

    order.limit = 10;
    TRY(given_job(s, w, &late));
    TRY(given_job(s, w, &first));
    TRY(SYSTEM(w, jobs_waiting(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 2);
    CHECK_TEXT(jobs.items[0].id, first.id);
    CHECK_EQ(jobs.items[0].fence, 0);
    TRY(claim(s, w, "w1", &got));
    CHECK_TEXT(got.id, first.id);
    return OK;
}

STORE_TEST(one_job_is_claimed_by_its_id_once)
{
    Job first = {0}, second = {0}, wanted = {0};
    ClaimOrder order = claim_order(s, w, "w1");
    JobClaimed what;

    TRY(given_job(s, w, &first));
    TRY(given_job(s, w, &second));
    wanted.id = second.id;
    TRY(SYSTEM(w, job_claim(s, tx, &order, &wanted, &what)));
    CHECK_EQ(what, JOB_CLAIMED);
    CHECK_TEXT(wanted.id, second.id);
    CHECK_EQ(wanted.fence, 1);
    CHECK_TEXT(wanted.owner, "w1");
    TRY(SYSTEM(w, job_claim(s, tx, &order, &wanted, &what)));
    CHECK_EQ(what, JOB_TAKEN);
    wanted = (Job){.id = first.id};
    order.queue = "another";
    TRY(SYSTEM(w, job_claim(s, tx, &order, &wanted, &what)));
    CHECK_EQ(what, JOB_WAITS);
    wanted = (Job){.id = id_new(s)};
    TRY(SYSTEM(w, job_claim(s, tx, &order, &wanted, &what)));
    CHECK_EQ(what, JOB_UNKNOWN);
    order.epoch++;
    FAILS(CONFLICT, SYSTEM(w, job_claim(s, tx, &order, &wanted, &what)));
    return OK;
}

STORE_TEST(a_claim_takes_no_more_than_its_limit)
{
    ClaimOrder order = claim_order(s, w, "w1");
    JobList jobs = {0};

    for (int i = 0; i < 3; i++) {
        Job job = {0};
        TRY(given_job(s, w, &job));
    }
    order.limit = 2;
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 2);
    order.limit = 0;
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 0);
    return OK;
}

STORE_TEST(a_worker_gets_only_kinds_and_queues_it_knows)
{
    Job unknown = {.kind = "run%"}, elsewhere = {.queue = "mail"}, got;
    bool found = true;

    TRY(given_job(s, w, &unknown));
    TRY(given_job(s, w, &elsewhere));
    TRY(claim_one(s, w, "w1", &got, &found));
    CHECK(!found);
    ClaimOrder order = claim_order(s, w, "w1");
    order.queue = "mail";
    JobList jobs = {0};
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 1);
    return OK;
}

STORE_TEST(a_pool_gets_only_its_own_and_others_never_do)
{
    Job job = {.pool = "cli-1"}, got;
    bool found = true;
    JobList jobs = {0};
    ClaimOrder order = claim_order(s, w, "cli-2");

    TRY(given_job(s, w, &job));
    TRY(claim_one(s, w, "serve", &got, &found));
    CHECK(!found);
    order.pool = "cli-2";
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 0);
    Job common = {0};
    TRY(given_job(s, w, &common));
    order.pool = "cli-1";
    order.limit = 5;
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 1);
    CHECK_TEXT(jobs.items[0].id, job.id);
    return OK;
}

STORE_TEST(a_job_is_not_claimed_before_its_time)
{
    Job job = {.not_before = {time_now().us + 60 * US_PER_MIN}}, got;
    ClaimOrder order = claim_order(s, w, "w1");
    OptInt wait;
    bool found = true;

    TRY(SYSTEM(w, jobs_next_due(s, tx, &order, &wait)));
    CHECK(!wait.set);
    TRY(given_job(s, w, &job));
    TRY(claim_one(s, w, "w1", &got, &found));
    CHECK(!found);
    TRY(SYSTEM(w, jobs_next_due(s, tx, &order, &wait)));
    CHECK(wait.set && wait.value > 59 * US_PER_MIN && wait.value <= 60 * US_PER_MIN);
    TRY(pass_time(s, w, job.id));
    TRY(claim(s, w, "w1", &got));
    return OK;
}

STORE_TEST(the_next_look_is_when_a_lease_ends)
{
    Job job = {0}, got;
    ClaimOrder order = claim_order(s, w, "w1");
    OptInt wait;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    TRY(SYSTEM(w, jobs_next_due(s, tx, &order, &wait)));
    CHECK(wait.set && wait.value > 0 && wait.value <= LEASE_US);
    TRY(pass_time(s, w, job.id));
    TRY(SYSTEM(w, jobs_next_due(s, tx, &order, &wait)));
    CHECK(wait.set && wait.value == 0);
    return OK;
}

/* ---- Lines ---- */

STORE_TEST(jobs_of_one_line_are_leased_one_at_a_time_oldest_first)
{
    GivenRun first, second, other;
    RunEnd end = good_end();
    Task task;
    Job got;
    bool found;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &first));
    TRY(given_run(s, w, &task, "a", &second));
    TRY(given_run(s, w, &task, "b", &other));
    TRY(claim(s, w, "w1", &got));
    CHECK_TEXT(got.run_id, first.run.id);
    Lease lease = job_lease(&got, 1);
    TRY(claim(s, w, "w2", &got));
    CHECK_TEXT(got.run_id, other.run.id);
    TRY(claim_one(s, w, "w3", &got, &found));
    CHECK(!found);
    TRY(TENANT(w, run_start(s, tx, &lease)));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(TENANT(w, job_succeed(s, tx, &lease, NULL)));
    TRY(claim(s, w, "w3", &got));
    CHECK_TEXT(got.run_id, second.run.id);
    return OK;
}

STORE_TEST(one_claim_takes_one_job_of_a_line)
{
    GivenRun first, second;
    ClaimOrder order = claim_order(s, w, "w1");
    JobList jobs = {0};
    Task task;

    order.limit = 10;
    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &first));
    TRY(given_run(s, w, &task, "a", &second));
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
    CHECK_EQ(jobs.count, 1);
    CHECK_TEXT(jobs.items[0].run_id, first.run.id);
    return OK;
}

STORE_TEST(the_next_of_a_line_waits_while_the_first_is_to_be_tried_again)
{
    GivenRun first, second;
    Task task;
    Job got;
    bool found;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &first));
    TRY(given_run(s, w, &task, "a", &second));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    TRY(TENANT(w, job_fail(s, tx, &lease, error_new(s, UNAVAILABLE, "later"), NULL)));
    TRY(claim_one(s, w, "w1", &got, &found));
    CHECK(!found);
    TRY(pass_time(s, w, first.job.id));
    TRY(claim(s, w, "w1", &got));
    CHECK_TEXT(got.run_id, first.run.id);
    return OK;
}

/* ---- Threads ---- */

enum { CLAIMERS = 8, RACED_JOBS = 160 };

typedef struct Claimer {
    World *world;
    const char *owner;
    int claimed;
    int clashes;
} Claimer;

/* Claims until there is nothing left, and counts jobs that are somebody else's as well. */
static Error *claim_all(Scope *s, void *arg)
{
    Claimer *claimer = arg;
    World *w = claimer->world;
    ClaimOrder order = claim_order(s, w, claimer->owner);
    JobList jobs;

    order.limit = 3;
    do {
        jobs = (JobList){0};
        TRY(SYSTEM(w, jobs_claim(s, tx, &order, &jobs)));
        EACH (Job, job, &jobs) {
            Lease lease = job_lease(job, 1);
            JobStatus now;
            claimer->claimed++;
            claimer->clashes += job->fence != 1 || !text_equal(job->owner, claimer->owner);
            TRY(SYSTEM(w, job_succeed(s, tx, &lease, &now)));
        }
    } while (jobs.count);
    return OK;
}

static fallible insert_many(Scope *s, Tx *tx)
{
    for (int i = 0; i < RACED_JOBS; i++) {
        Job job = {.queue = QUEUE, .kind = KIND};
        TRY(job_insert(s, tx, &job, NULL));
    }
    return OK;
}

STORE_TEST(no_job_is_handed_to_two_of_eight_claimers)
{
    Claimer claimers[CLAIMERS];
    Thread *threads[CLAIMERS];
    int claimed = 0;

    TRY(TENANT(w, insert_many(s, tx)));
    for (int i = 0; i < CLAIMERS; i++) {
        claimers[i] = (Claimer){w, text(s, "w%d", i), 0, 0};
        TRY(thread_start(s, "claimer", claim_all, &claimers[i], &threads[i]));
    }
    for (int i = 0; i < CLAIMERS; i++) {
        TRY(thread_wait(s, threads[i]));
        CHECK_EQ(claimers[i].clashes, 0);
        claimed += claimers[i].claimed;
    }
    CHECK_EQ(claimed, RACED_JOBS);
    return OK;
}

/* ---- Renewals ---- */

STORE_TEST(a_renewed_lease_lasts_by_the_databases_clock)
{
    Job job = {0}, got;
    LeaseState state;
    int64_t expired;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    TRY(pass_time(s, w, job.id));
    TRY(SYSTEM(w, job_renew(s, tx, &lease, LEASE_US, &state))); /* late, but nobody else took it */
    CHECK_EQ(state.fence, lease.fence);
    CHECK(!state.cancel_asked);
    TRY(SYSTEM(w, jobs_expire(s, tx, &expired)));
    CHECK_EQ(expired, 0);
    TRY(pass_time(s, w, job.id));
    TRY(SYSTEM(w, jobs_expire(s, tx, &expired)));
    Error *e = SYSTEM(w, job_renew(s, tx, &lease, LEASE_US, &state));
    CHECK_TEXT(e->code, "lease_lost");
    return OK;
}

STORE_TEST(one_statement_renews_all_that_an_owner_holds)
{
    ClaimOrder order = claim_order(s, w, "w1");
    LeaseStateList kept;
    Job jobs[3] = {0}, got;

    for (int i = 0; i < 3; i++)
        TRY(given_job(s, w, &jobs[i]));
    TRY(claim(s, w, "w1", &got));
    TRY(claim(s, w, "w1", &got));
    TRY(claim(s, w, "w2", &got));
    TRY(SYSTEM(w, jobs_renew(s, tx, &order, &kept)));
    CHECK_EQ(kept.count, 2);
    TRY(TENANT(w, job_cancel(s, tx, jobs[0].id, "by you", NULL)));
    TRY(SYSTEM(w, jobs_renew(s, tx, &order, &kept)));
    CHECK(kept.items[0].cancel_asked == text_equal(kept.items[0].id, jobs[0].id));
    CHECK(kept.items[1].cancel_asked == text_equal(kept.items[1].id, jobs[0].id));
    return OK;
}

/* The epoch belongs to whoever restores the database: the service itself may not move it. */
static fallible next_epoch(Scope *s, World *w)
{
    static const char update[] = "UPDATE cluster SET epoch = epoch + 1";
    static const Statement q_next_epoch = {
        .name = "next_epoch", .sqlite = update, .postgres = update};
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system(tmp, w->store, &tx));
    TRY(as_owner(tmp, tx, w));
    TRY(query_run(tmp, tx, &q_next_epoch, NO_ARGS, NULL));
    return tx_commit(tmp, tx);
}

STORE_TEST(a_new_epoch_ends_claims_and_renewals_of_the_old_one)
{
    ClaimOrder order = claim_order(s, w, "w1");
    LeaseStateList kept;
    LeaseState state;
    JobList jobs;
    Job job = {0}, got;
    int64_t epoch = 0;

    TRY(given_job(s, w, &job));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    TRY(next_epoch(s, w));
    Error *errors[] = {
        SYSTEM(w, jobs_claim(s, tx, &order, &jobs)),
        SYSTEM(w, job_renew(s, tx, &lease, LEASE_US, &state)),
        SYSTEM(w, jobs_renew(s, tx, &order, &kept)),
    };
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        CHECK(errors[i] && text_equal(errors[i]->code, "epoch_changed"));
    TRY(SYSTEM(w, cluster_epoch(s, tx, &epoch)));
    CHECK_EQ(epoch, 2);
    return OK;
}

/* ---- Insertion ---- */

STORE_TEST(a_key_has_one_unfinished_job)
{
    Job sweep = {.unique_key = "sweep"},
        again = {.queue = QUEUE, .kind = KIND, .unique_key = "sweep"}, got;
    Job theirs = again, third = again;
    bool made = true;

    TRY(given_job(s, w, &sweep));
    TRY(TENANT(w, job_insert(s, tx, &again, &made)));
    CHECK(!made);
    CHECK_TEXT(again.id, sweep.id);
    TRY(OTHER(w, job_insert(s, tx, &theirs, &made)));
    CHECK(made);
    TRY(OTHER(w, job_cancel(s, tx, theirs.id, "done", NULL)));
    TRY(claim(s, w, "w1", &got));
    Lease lease = job_lease(&got, 1);
    TRY(SYSTEM(w, job_succeed(s, tx, &lease, NULL)));
    TRY(TENANT(w, job_insert(s, tx, &third, &made)));
    CHECK(made);
    return OK;
}

STORE_TEST(the_system_inserts_jobs_for_a_tenant)
{
    Job job = {.queue = QUEUE, .kind = KIND, .tenant_id = SYSTEM_TENANT, .args = {"{\"a\": 1}"}},
        got;

    TRY(SYSTEM(w, job_insert(s, tx, &job, NULL)));
    TRY(claim(s, w, "w1", &got));
    CHECK_TEXT(got.tenant_id, SYSTEM_TENANT);
    CHECK_TEXT(got.args.text, "{\"a\": 1}");
    return OK;
}

STORE_TEST(a_job_out_of_bounds_is_refused)
{
    Buffer big = buffer_in(s);

    for (int i = 0; i <= JOB_ARGS_MAX; i++)
        buffer_char(&big, '1');
    Job jobs[] = {
        {.kind = KIND},
        {.queue = QUEUE},
        {.queue = QUEUE, .kind = KIND, .priority = 10},
        {.queue = QUEUE, .kind = KIND, .priority = -1},
    };
    Job large = {.queue = QUEUE, .kind = KIND, .args = {buffer_string(&big)}};
    for (size_t i = 0; i < COUNT_OF(jobs); i++)
        FAILS(INVALID, TENANT(w, job_insert(s, tx, &jobs[i], NULL)));
    FAILS(TOO_LARGE, TENANT(w, job_insert(s, tx, &large, NULL)));
    return OK;
}
