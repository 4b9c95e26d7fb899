/* Which queues a worker serves, for how long, and with how many places. */

#include <poll.h>

#include "test/work/given.h"

STORE_TEST(polling_has_places_of_its_own_beside_runs_and_the_services_work)
{
    House *house;
    Job run = {0}, own = {.queue = QUEUE_SYSTEM}, polls[POLLING_PLACES] = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "wait", &run));
    TRY(given_probe(s, house, "wait", &own));
    for (int i = 0; i < POLLING_PLACES; i++) {
        polls[i].queue = QUEUE_POLLING;
        TRY(given_probe(s, house, "wait", &polls[i]));
    }
    return tally_reaches(s, house, &house->tally.running, POLLING_PLACES + 2);
}

STORE_TEST(a_worker_leaves_the_jobs_of_other_queues_alone)
{
    House *house;
    Job run = {0}, own = {.queue = QUEUE_SYSTEM}, poll = {.queue = QUEUE_POLLING}, now;

    TRY(given_house(s, w, &house));
    TRY(given_probe(s, house, "ok", &run));
    TRY(given_probe(s, house, "ok", &own));
    house->options.queues = TEXTS(QUEUE_POLLING);
    TRY(given_runner(s, house, 1));
    TRY(given_probe(s, house, "ok", &poll));
    TRY(job_becomes(s, house, poll.id, JOB_SUCCEEDED, &now));
    TRY(job_now(s, w, run.id, &now));
    CHECK_EQ(now.status, JOB_PENDING);
    TRY(job_now(s, w, own.id, &now));
    CHECK_EQ(now.status, JOB_PENDING);
    return OK;
}

static fallible is_over(Scope *s, Runner *runner)
{
    SCOPE(patience, s);
    struct pollfd fd = {.fd = runner_over_fd(runner), .events = POLLIN};
    int ready;

    scope_limit(patience, PATIENCE_US);
    return scope_poll(patience, &fd, 1, -1, &ready);
}

STORE_TEST(once_does_all_that_is_due_however_few_places_there_are_and_leaves_what_comes_later)
{
    enum { JOBS = 5 };
    House *house;
    Job jobs[JOBS] = {0}, failing = {0};

    TRY(given_house(s, w, &house));
    for (int i = 0; i < JOBS; i++)
        TRY(given_probe(s, house, "ok", &jobs[i]));
    TRY(given_probe(s, house, "away", &failing));
    house->options.once = true;
    TRY(given_runner(s, house, 2));
    TRY(is_over(s, house->runner));
    CHECK_EQ(tally_now(house).done, JOBS);
    CHECK_EQ(tally_now(house).begun, JOBS + 1);
    TRY(job_now(s, w, failing.id, &failing));
    CHECK_EQ(failing.status, JOB_PENDING);
    return OK;
}

STORE_TEST(a_runner_that_drains_claims_nothing_more_and_goes_on_with_what_it_has)
{
    House *house;
    Job first = {0}, second = {0};

    TRY(given_house(s, w, &house));
    TRY(given_runner(s, house, 2));
    TRY(given_probe(s, house, "gate", &first));
    TRY(tally_reaches(s, house, &house->tally.begun, 1));
    runner_drain(house->runner);
    TRY(is_over(s, house->runner));
    TRY(given_probe(s, house, "ok", &second));
    gate_open(house);
    TRY(job_becomes(s, house, first.id, JOB_SUCCEEDED, &first));
    TRY(job_becomes(s, house, second.id, JOB_PENDING, &second));
    return OK;
}

STORE_TEST(polling_that_waits_in_another_queue_is_moved)
{
    House *house;
    Job poll = {.queue = QUEUE_SYSTEM, .kind = "pull_poll", .unique_key = "pull_poll"}, now;
    static const Caller system = {SYSTEM_TENANT, NULL, ROLE_ADMIN};
    Tx *tx;

    TRY(given_house(s, w, &house));
    TRY(tx_write(s, w->store, &system, &tx));
    TRY(job_insert(s, tx, &poll, NULL));
    TRY(tx_commit(s, tx));
    TRY(sweep_schedule(s, &house->app));
    TRY(tx_read(s, w->store, &system, &tx));
    TRY(job_get(s, tx, poll.id, &now));
    CHECK_TEXT(now.queue, QUEUE_POLLING);
    return OK;
}
