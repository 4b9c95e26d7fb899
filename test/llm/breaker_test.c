/* The circuit of an address. */

#include "llm/breaker.h"
#include "test/test.h"

static const BreakerRule rule = {.failures = 3, .pause_us = 1000};

static void given_open(Breaker *breaker, int64_t now)
{
    for (int i = 0; i < 3; i++) {
        breaker_begin(breaker);
        breaker_failed(breaker, &rule, now);
    }
}

TEST(a_circuit_opens_after_failures_in_a_row_only)
{
    Breaker breaker = {0};

    breaker_failed(&breaker, &rule, 0);
    breaker_failed(&breaker, &rule, 0);
    breaker_reached(&breaker);
    breaker_failed(&breaker, &rule, 0);
    breaker_failed(&breaker, &rule, 0);
    CHECK_EQ(breaker_wait(&breaker, &rule, 0), 0);
    breaker_failed(&breaker, &rule, 10);
    CHECK_EQ(breaker_wait(&breaker, &rule, 10), 1000);
    CHECK_EQ(breaker_wait(&breaker, &rule, 510), 500);
    return OK;
}

TEST(a_half_open_circuit_lets_one_call_probe)
{
    Breaker breaker = {0};

    given_open(&breaker, 0);
    CHECK_EQ(breaker_wait(&breaker, &rule, 1000), 0);
    CHECK(breaker_begin(&breaker));
    CHECK_EQ(breaker_wait(&breaker, &rule, 1000), 101); /* another waits for what it finds */
    breaker_reached(&breaker);
    CHECK_EQ(breaker_wait(&breaker, &rule, 1000), 0);
    CHECK(!breaker_begin(&breaker)); /* closed: nobody probes */
    return OK;
}

TEST(a_probe_that_fails_opens_it_again)
{
    Breaker breaker = {0};

    given_open(&breaker, 0);
    CHECK(breaker_begin(&breaker));
    breaker_failed(&breaker, &rule, 1500);
    CHECK_EQ(breaker_wait(&breaker, &rule, 1600), 900);
    return OK;
}

TEST(a_probe_that_was_cancelled_leaves_the_question_to_another)
{
    Breaker breaker = {0};

    given_open(&breaker, 0);
    CHECK(breaker_begin(&breaker));
    breaker_unknown(&breaker);
    CHECK_EQ(breaker_wait(&breaker, &rule, 1000), 0);
    CHECK(breaker_begin(&breaker));
    return OK;
}
