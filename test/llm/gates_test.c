/* What calls share: turns, pauses, circuits and habits, from several threads. */

#include "llm/gates.h"
#include "llm/parameter.h"
#include "sys/thread.h"
#include "test/llm/given.h"

enum { CALLS = 12 };

static Gates *given_gates(Scope *s, int64_t concurrency)
{
    LlmSettings *settings = NEW(s, LlmSettings);
    Gates *gates = NULL;

    *settings = (LlmSettings){.concurrency = concurrency,
                              .patience_us = US_PER_S,
                              .breaker_failures = 2,
                              .breaker_pause_us = 600 * US_PER_S};
    error_drop(gates_open(s, settings, &gates), "it cannot fail");
    return gates;
}

static const LlmModel model = {
    .provider = PROVIDER_OPENAI, .model_name = "m", .base_url = "http://h", .api_key = "k"};
static const LlmModel other_key = {
    .provider = PROVIDER_OPENAI, .model_name = "m", .base_url = "http://h", .api_key = "l"};
static const LlmModel other_host = {
    .provider = PROVIDER_OPENAI, .model_name = "m", .base_url = "http://i", .api_key = "k"};

typedef struct Crowd {
    Gates *gates;
    Mutex mutex;
    Condition changed;
    int queued, inside, most;
} Crowd;

static void count(Crowd *crowd, int *what, int by)
{
    LOCKED (&crowd->mutex) {
        *what += by;
        if (crowd->inside > crowd->most)
            crowd->most = crowd->inside;
        condition_wake_all(&crowd->changed);
    }
}

static Error *come_and_go(Scope *s, void *arg)
{
    Crowd *crowd = arg;
    Turn *turn;
    int64_t wait;

    TRY(gate_queue(s, crowd->gates, &model, &turn, &wait));
    count(crowd, &crowd->queued, 1);
    TRY(gate_wait(s, turn));
    count(crowd, &crowd->inside, 1);
    count(crowd, &crowd->inside, -1);
    return OK;
}

static fallible wait_queued(Scope *s, Crowd *crowd)
{
    LOCKED (&crowd->mutex)
        while (crowd->queued < CALLS)
            TRY(condition_wait(s, &crowd->changed, &crowd->mutex));
    return OK;
}

TEST(never_more_calls_of_a_key_than_allowed_and_none_is_forgotten)
{
    Crowd crowd = {.gates = given_gates(s, 3)};
    Scope *full = scope_child(s);
    Thread *threads[CALLS];
    Turn *turn;
    int64_t wait;

    for (int i = 0; i < 3; i++)
        TRY(gate_queue(full, crowd.gates, &model, &turn, &wait));
    for (int i = 0; i < CALLS; i++)
        TRY(thread_start(s, "call", come_and_go, &crowd, &threads[i]));
    TRY(wait_queued(s, &crowd));
    CHECK_EQ(crowd.most, 0);
    scope_close(full);
    for (int i = 0; i < CALLS; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK(crowd.most >= 1 && crowd.most <= 3);
    return OK;
}

TEST(a_cancelled_wait_leaves_its_place_to_the_next)
{
    Gates *gates = given_gates(s, 1);
    SCOPE(inside, s);
    SCOPE(next, s);
    UNIT(waiting, scope_cancel(s), "waiting");
    Turn *first, *second, *third;
    int64_t wait;

    TRY(gate_queue(inside, gates, &model, &first, &wait));
    CHECK_EQ(wait, 0);
    TRY(gate_queue(waiting, gates, &model, &second, &wait));
    CHECK_EQ(wait, INT64_MAX);
    TRY(gate_queue(next, gates, &model, &third, &wait));
    cancel_now(scope_cancel(waiting), "the test asked");
    FAILS(CANCELLED, gate_wait(waiting, second));
    scope_close(waiting);
    waiting = NULL;
    scope_close(inside);
    inside = NULL;
    return gate_wait(next, third);
}

TEST(keys_and_addresses_do_not_hold_each_other)
{
    Gates *gates = given_gates(s, 1);
    Turn *turn;
    int64_t wait;

    TRY(gate_queue(s, gates, &model, &turn, &wait));
    TRY(gate_queue(s, gates, &other_key, &turn, &wait));
    CHECK_EQ(wait, 0);
    TRY(gate_queue(s, gates, &other_host, &turn, &wait));
    CHECK_EQ(wait, 0);
    TRY(gate_queue(s, gates, &model, &turn, &wait));
    CHECK_EQ(wait, INT64_MAX);
    return OK;
}

TEST(a_pause_is_told_and_too_long_a_one_refused)
{
    Gates *gates = given_gates(s, 2);
    Turn *turn, *held;
    int64_t wait;

    TRY(gate_queue(s, gates, &model, &turn, &wait));
    gate_pause(turn, 50 * US_PER_MS);
    int64_t began = clock_us();
    TRY(gate_queue(s, gates, &model, &held, &wait));
    CHECK(wait > 0 && wait <= 50 * US_PER_MS);
    TRY(gate_wait(s, held));
    CHECK(clock_us() - began >= wait);
    gate_pause(turn, 100 * US_PER_S);
    TRY(gate_queue(s, gates, &model, &held, &wait));
    Error *e = gate_wait(s, held);
    CHECK(failed_as(e, LIMITED));
    CHECK(e->retry_after_us > 90 * US_PER_S);
    return OK;
}

TEST(more_keys_than_fit_are_served_as_long_as_they_are_not_in_use_at_once)
{
    Gates *gates = given_gates(s, 1);
    LlmModel many = model;
    Turn *turn;
    int64_t wait;

    for (int i = 0; i < LLM_KEYS_MAX + 10; i++) {
        SCOPE(tmp, s);
        many.api_key = text(s, "key-%d", i);
        TRY(gate_queue(tmp, gates, &many, &turn, &wait));
    }
    for (int i = 0; i < LLM_KEYS_MAX; i++) {
        many.api_key = text(s, "held-%d", i);
        TRY(gate_queue(s, gates, &many, &turn, &wait));
    }
    FAILS(LIMITED, gate_queue(s, gates, &model, &turn, &wait));
    return OK;
}

static fallible attempt(Scope *s, Gates *gates, const LlmModel *at, bool reached)
{
    SCOPE(tmp, s);
    Attempt *attempt;

    TRY(gate_attempt(tmp, gates, at, &attempt));
    if (reached)
        gate_reached(attempt);
    else
        gate_unreached(attempt);
    return OK;
}

TEST(a_circuit_belongs_to_an_address_not_to_a_key)
{
    Gates *gates = given_gates(s, 1);

    TRY(attempt(s, gates, &model, false));
    TRY(attempt(s, gates, &other_key, false));
    Error *e = attempt(s, gates, &model, true);
    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->code, "provider_unreachable");
    CHECK(e->retry_after_us > 500 * US_PER_S);
    return attempt(s, gates, &other_host, true);
}

TEST(an_open_circuit_is_not_forgotten_for_a_newcomer)
{
    Gates *gates = given_gates(s, 1);
    LlmModel many = model;

    TRY(attempt(s, gates, &model, false));
    TRY(attempt(s, gates, &model, false));
    for (int i = 0; i < 2 * GATE_ADDRESSES_MAX; i++) {
        many.base_url = text(s, "http://h%d", i);
        TRY(attempt(s, gates, &many, true));
    }
    FAILS(UNAVAILABLE, attempt(s, gates, &model, true));
    return OK;
}

TEST(addresses_in_use_are_not_given_away)
{
    Gates *gates = given_gates(s, 1);
    LlmModel many = model;
    Attempt *held;

    for (int i = 0; i < GATE_ADDRESSES_MAX; i++) {
        many.base_url = text(s, "http://h%d", i);
        TRY(gate_attempt(s, gates, &many, &held));
    }
    FAILS(LIMITED, attempt(s, gates, &model, true));
    return OK;
}

TEST(a_probe_that_ends_without_an_outcome_lets_another_probe)
{
    LlmSettings settings = {.concurrency = 1, .breaker_failures = 1, .breaker_pause_us = 1};
    Attempt *probe;
    Gates *gates;

    TRY(gates_open(s, &settings, &gates));
    TRY(attempt(s, gates, &model, false));
    TRY(scope_sleep(s, US_PER_MS)); /* over the pause of a microsecond: half open */
    Scope *given_up = scope_child(s);
    TRY(gate_attempt(given_up, gates, &model, &probe));
    FAILS(UNAVAILABLE, attempt(s, gates, &model, true)); /* one at a time */
    scope_close(given_up);
    return attempt(s, gates, &model, true);
}

TEST(habits_are_remembered_for_each_model)
{
    Gates *gates = given_gates(s, 1);
    LlmModel other = model;

    other.model_name = "n";
    gate_learn_without(s, gates, &model, WITHOUT_TEMPERATURE);
    gate_learn_without(s, gates, &model, WITHOUT_STREAM_OPTIONS);
    CHECK_EQ(gate_without(s, gates, &model), WITHOUT_TEMPERATURE | WITHOUT_STREAM_OPTIONS);
    CHECK_EQ(gate_without(s, gates, &other), 0);
    for (int i = 0; i < GATE_HABITS_MAX; i++) {
        other.model_name = text(s, "m%d", i);
        gate_learn_without(s, gates, &other, WITHOUT_INCLUDE);
    }
    CHECK_EQ(gate_without(s, gates, &model), 0); /* the oldest gave way */
    return OK;
}

/* As a call does: its turn, then its rate. */
static fallible call_with(Scope *s, Gates *gates, const LlmModel *with)
{
    SCOPE(tmp, s);
    int64_t wait;
    Turn *turn;

    TRY(gate_queue(tmp, gates, with, &turn, &wait));
    return error_move(s, gate_wait(tmp, turn));
}

TEST(a_key_is_called_no_more_often_than_its_rate_lets)
{
    LlmSettings settings = {.concurrency = 4, .patience_us = US_PER_S, .per_minute = 2};
    Gates *gates;

    TRY(rates_open(s, &(RatesOptions){0}, &settings.rates));
    TRY(gates_open(s, &settings, &gates));
    TRY(call_with(s, gates, &model));
    TRY(call_with(s, gates, &model));
    Error *e = call_with(s, gates, &model);
    FAILS(LIMITED, e);
    CHECK_TEXT(e->code, "calls_limited");
    CHECK(e->retry_after_us > 20 * US_PER_S && e->retry_after_us <= 30 * US_PER_S);
    return call_with(s, gates, &other_key);
}

TEST(a_call_waits_for_its_rate_when_that_is_soon)
{
    LlmSettings settings = {.concurrency = 4, .patience_us = US_PER_S, .per_minute = 6000};
    Gates *gates;

    TRY(rates_open(s, &(RatesOptions){0}, &settings.rates));
    TRY(gates_open(s, &settings, &gates));
    for (int i = 0; i < 6010; i++) /* the last ten one after another, 10 ms apart */
        TRY(call_with(s, gates, &model));
    return OK;
}
