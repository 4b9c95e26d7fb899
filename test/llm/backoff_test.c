/* Waits between tries. */

#include "llm/backoff.h"
#include "test/test.h"

static const Backoff rule = {.first_us = 1000, .most_us = 60 * 1000};

TEST(the_limit_of_a_wait_doubles_until_the_most)
{
    CHECK_EQ(backoff_wait(&rule, 1, 0, 0.5), 500);
    CHECK_EQ(backoff_wait(&rule, 2, 0, 0.5), 1000);
    CHECK_EQ(backoff_wait(&rule, 5, 0, 0.5), 8000);
    CHECK_EQ(backoff_wait(&rule, 60, 0, 0.5), 30 * 1000);
    return OK;
}

TEST(what_the_provider_asked_for_is_the_least)
{
    CHECK_EQ(backoff_wait(&rule, 1, 12000, 0), 12000);
    CHECK_EQ(backoff_wait(&rule, 1, 12000, 0.25), 12250);
    CHECK_EQ(backoff_wait(&rule, 1, -5, 0), 0);
    return OK;
}
