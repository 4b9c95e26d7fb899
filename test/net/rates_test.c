/* How often something may happen: in one process, and over Redis. */

#include "net/rates.h"

#include "sys/thread.h"
#include "test/net/given_redis.h"

#define PER_HOUR(count_)                                                                           \
    {                                                                                              \
        .count = (count_), .per_us = 60 * US_PER_MIN                                               \
    }
#define HOUR_US (60 * US_PER_MIN)

static int64_t take(Scope *s, Rates *rates, const char *name, Rate rate)
{
    return rates_take(s, rates, &(RateAsk){name, rate}, 1);
}

/* How many in a row are let through. */
static int64_t taken_of(Scope *s, Rates *rates, const char *name, Rate rate)
{
    int64_t count = 0;

    while (count < 1000 && !take(s, rates, name, rate))
        count++;
    return count;
}

static fallible given_rates(Scope *s, Redis *redis, const GivenRedis *g, Rates **out)
{
    const char *prefix = g ? text(s, "%s:", g->tag) : NULL;

    return rates_open(s, &(RatesOptions){redis, prefix}, out);
}

TEST(so_many_are_let_through_and_the_next_waits_its_time)
{
    Rate rate = PER_HOUR(10);
    Rates *rates;

    TRY(given_rates(s, NULL, NULL, &rates));
    CHECK_EQ(taken_of(s, rates, "ann", rate), 10);
    int64_t wait = take(s, rates, "ann", rate);
    CHECK(wait > HOUR_US / 10 - 10 * US_PER_S && wait <= HOUR_US / 10);
    CHECK_EQ(take(s, rates, "bob", rate), 0);
    return OK;
}

TEST(what_comes_evenly_is_never_refused)
{
    Rate rate = {.count = 1000, .per_us = US_PER_S, .burst = 1};
    Rates *rates;
    int64_t wait;

    TRY(given_rates(s, NULL, NULL, &rates));
    CHECK_EQ(take(s, rates, "ann", rate), 0);
    for (int i = 0; i < 20; i++) {
        while ((wait = take(s, rates, "ann", rate)) != 0) {
            CHECK(wait <= 1000);
            TRY(scope_sleep(s, wait));
        }
    }
    return OK;
}

TEST(a_pause_gives_no_more_than_the_burst)
{
    Rate rate = {.count = 100, .per_us = HOUR_US, .burst = 3};
    Rates *rates;

    TRY(given_rates(s, NULL, NULL, &rates));
    CHECK_EQ(taken_of(s, rates, "ann", rate), 3);
    return OK;
}

TEST(no_limit_is_asked_of_nobody)
{
    Rates *rates;

    TRY(given_rates(s, NULL, NULL, &rates));
    CHECK_EQ(taken_of(s, rates, "ann", (Rate){0}), 1000);
    return OK;
}

static fallible check_all_or_none(Scope *s, Rates *rates)
{
    RateAsk asks[] = {{"user", PER_HOUR(10)}, {"tenant", PER_HOUR(2)}};

    for (int i = 0; i < 2; i++)
        CHECK_EQ(rates_take(s, rates, asks, COUNT_OF(asks)), 0);
    for (int i = 0; i < 20; i++)
        CHECK(rates_take(s, rates, asks, COUNT_OF(asks)) > 0);
    CHECK_EQ(taken_of(s, rates, "user", asks[0].rate), 8); /* nothing was taken of it */
    return OK;
}

TEST(of_two_limits_both_are_taken_or_none)
{
    Rates *rates;

    TRY(given_rates(s, NULL, NULL, &rates));
    return check_all_or_none(s, rates);
}

TEST(more_names_than_fit_leave_the_busy_ones_their_count)
{
    Rate few = PER_HOUR(2);
    Rates *rates;

    TRY(given_rates(s, NULL, NULL, &rates));
    CHECK_EQ(taken_of(s, rates, "busy", few), 2);
    for (int i = 0; i < 4 * RATES_KEPT; i++) {
        SCOPE(tmp, s);
        take(tmp, rates, text(tmp, "passing:%d", i), (Rate)PER_HOUR(HOUR_US));
    }
    CHECK(take(s, rates, "busy", few) > 0);
    return OK;
}

REDIS_TEST(processes_count_together)
{
    Rate rate = PER_HOUR(10);
    Rates *one, *other;
    int64_t count = 0;

    TRY(given_rates(s, g->redis, g, &one));
    TRY(given_rates(s, g->redis, g, &other));
    while (count < 100 && !take(s, count % 2 ? one : other, "ann", rate))
        count++;
    CHECK_EQ(count, 10);
    int64_t wait = take(s, one, "ann", rate);
    CHECK(wait > HOUR_US / 10 - 10 * US_PER_S && wait <= HOUR_US / 10);
    CHECK_EQ(take(s, one, "bob", rate), 0);
    return OK;
}

REDIS_TEST(of_two_limits_in_redis_both_are_taken_or_none)
{
    Rates *rates;

    TRY(given_rates(s, g->redis, g, &rates));
    return check_all_or_none(s, rates);
}

enum { ASKING = 6, TURNS = 50 };

typedef struct Askers {
    Rates *rates;
    Mutex mutex;
    int64_t taken;
} Askers;

static Error *ask(Scope *s, void *arg)
{
    Askers *askers = arg;

    for (int i = 0; i < TURNS; i++) {
        SCOPE(tmp, s);
        if (!take(tmp, askers->rates, "all", (Rate)PER_HOUR(ASKING * TURNS / 2)))
            LOCKED (&askers->mutex)
                askers->taken++;
    }
    return OK;
}

static fallible check_askers(Scope *s, Rates *rates)
{
    Askers askers = {.rates = rates};
    Thread *threads[ASKING];

    for (int i = 0; i < ASKING; i++)
        TRY(thread_start(s, "asker", ask, &askers, &threads[i]));
    for (int i = 0; i < ASKING; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(askers.taken, ASKING * TURNS / 2);
    return OK;
}

TEST(threads_are_let_through_exactly_as_often)
{
    Rates *rates;

    TRY(given_rates(s, NULL, NULL, &rates));
    return check_askers(s, rates);
}

REDIS_TEST(threads_are_let_through_by_redis_exactly_as_often)
{
    Rates *rates;

    TRY(given_rates(s, g->redis, g, &rates));
    return check_askers(s, rates);
}

REDIS_TEST_OF(PLAIN_REDIS, without_redis_each_process_has_its_share_until_it_is_back)
{
    Rate rate = PER_HOUR(10);
    GivenServer *server;
    Rates *one, *other;
    Redis *redis;

    TRY(given_server(s, &TEXTS("--save", ""), &server));
    TRY(redis_at(s, server->url, &redis));
    TRY(given_rates(s, redis, g, &one));
    TRY(given_rates(s, redis, g, &other));
    CHECK_EQ(take(s, one, "ann", rate) + take(s, other, "ann", rate), 0);
    CHECK_EQ(take(s, one, "bob", rate), 0); /* and has heard of both */
    TRY(server_kill(s, server));
    CHECK_EQ(taken_of(s, one, "carl", rate), 5);
    CHECK_EQ(taken_of(s, other, "carl", rate), 5);
    TRY(server_start(s, server, &TEXTS("--save", "")));
    int64_t wait = take(s, one, "carl", rate);
    while (wait) { /* it is asked again when its next try is due */
        TRY(scope_sleep(s, US_PER_S / 100));
        wait = take(s, one, "carl", rate);
    }
    CHECK_EQ(taken_of(s, other, "carl", rate), 9);
    return OK;
}
