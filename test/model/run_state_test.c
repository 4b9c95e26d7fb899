/* The life of a run and its job, back-off and branch names as pure rules. */

#include "model/run_state.h"
#include "test/test.h"

TEST(a_run_goes_only_the_ways_it_may)
{
    static const RunStatus ways[][2] = {
        {RUN_QUEUED, RUN_RUNNING},   {RUN_QUEUED, RUN_FAILED},     {RUN_QUEUED, RUN_CANCELED},
        {RUN_RUNNING, RUN_QUEUED},   {RUN_RUNNING, RUN_SUCCEEDED}, {RUN_RUNNING, RUN_FAILED},
        {RUN_RUNNING, RUN_CANCELED},
    };
    size_t found = 0;

    for (RunStatus from = 0; from <= RUN_CANCELED + 1; from++)
        for (RunStatus to = 0; to <= RUN_CANCELED + 1; to++)
            found += run_may_become(from, to);
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        CHECK(run_may_become(ways[i][0], ways[i][1]));
    CHECK_EQ(found, COUNT_OF(ways));
    return OK;
}

TEST(what_has_ended_stays_as_it_ended)
{
    for (RunStatus from = RUN_QUEUED; from <= RUN_CANCELED; from++)
        for (RunStatus to = RUN_QUEUED; to <= RUN_CANCELED; to++)
            CHECK(!run_finished(from) || !run_may_become(from, to));
    for (JobStatus to = JOB_PENDING; to <= JOB_CANCELED; to++) {
        CHECK(!job_may_become(JOB_SUCCEEDED, to));
        CHECK(!job_may_become(JOB_CANCELED, to));
        CHECK(job_may_become(JOB_DEAD, to) == (to == JOB_PENDING));
    }
    CHECK(job_may_become(JOB_PENDING, JOB_LEASED) && !job_may_become(JOB_PENDING, JOB_SUCCEEDED));
    return OK;
}

TEST(back_off_doubles_to_its_limit)
{
    CHECK_EQ(backoff_us(1, 0, 0), BACKOFF_FIRST_US);
    CHECK_EQ(backoff_us(2, 0, 0), 2 * BACKOFF_FIRST_US);
    CHECK_EQ(backoff_us(3, 0, 0), 4 * BACKOFF_FIRST_US);
    CHECK_EQ(backoff_us(100, 0, 0), BACKOFF_MAX_US);
    CHECK_EQ(backoff_us(INT64_MAX, 0, 0), BACKOFF_MAX_US);
    CHECK_EQ(backoff_us(0, 0, 0), BACKOFF_FIRST_US);
    CHECK_EQ(backoff_us(-5, 0, 0), BACKOFF_FIRST_US);
    return OK;
}

TEST(jitter_takes_off_at_most_a_half_and_spreads)
{
    int64_t least = INT64_MAX, most = 0;

    for (uint64_t random = 0; random < 10 * US_PER_S; random += 77777) {
        int64_t wait = backoff_us(2, random, 0);
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
    }
    CHECK(least >= BACKOFF_FIRST_US && most <= 2 * BACKOFF_FIRST_US);
    CHECK(most - least > BACKOFF_FIRST_US / 2);
    CHECK(backoff_us(5, UINT64_MAX, 0) > 0);
    return OK;
}

TEST(a_servers_own_time_is_kept)
{
    int64_t asked = 90 * US_PER_S;

    for (uint64_t random = 0; random < 5 * US_PER_S; random += 333333)
        CHECK(backoff_us(1, random, asked) >= asked);
    CHECK_EQ(backoff_us(4, 0, US_PER_S), 8 * BACKOFF_FIRST_US);
    return OK;
}

TEST(a_branch_is_named_by_the_end_of_its_runs_id)
{
    const char *id = "0197a3c0-1111-7222-8333-a1b2c3d4e5f6";

    CHECK_TEXT(line_branch(s, "dursor", id, BRANCH_DIGITS_FIRST), "dursor/c3d4e5f6");
    CHECK_TEXT(line_branch(s, "me/ai", id, BRANCH_DIGITS_FIRST + BRANCH_DIGITS_STEP),
               "me/ai/a1b2c3d4e5f6");
    CHECK_TEXT(line_branch(s, "d", id, BRANCH_DIGITS_MAX), "d/0197a3c0111172228333a1b2c3d4e5f6");
    return OK;
}
