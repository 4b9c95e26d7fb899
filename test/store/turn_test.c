/* Turns are taken in the order of asking, whoever gives up meanwhile. */

#include "store/turn.h"
#include "test/test.h"

enum { WAITERS = 8 };

typedef struct Waiter {
    Turn *turn;
    int *served;
    int order; /* when it had its turn */
    int64_t limit;
} Waiter;

static Error *wait_for_turn(Scope *s, void *arg)
{
    Waiter *w = arg;

    if (w->limit)
        scope_limit(s, w->limit);
    TRY(turn_take(s, w->turn));
    w->order = ++*w->served; /* only one has the turn */
    turn_give(w->turn);
    return OK;
}

static const Waiting *last_of(Turn *turn)
{
    const Waiting *last = NULL;

    LOCKED (&turn->mutex)
        last = turn->last;
    return last;
}

static fallible wait_until_queued(Scope *s, Turn *turn, const Waiting *before)
{
    for (;;) {
        if (last_of(turn) != before)
            return OK;
        TRY(scope_sleep(s, 100));
    }
}

static fallible start_in_order(Scope *s, Turn *turn, Waiter *waiters, Thread **threads)
{
    for (int i = 0; i < WAITERS; i++) {
        const Waiting *last = last_of(turn);
        TRY(thread_start(s, "waiter", wait_for_turn, &waiters[i], &threads[i]));
        TRY(wait_until_queued(s, turn, last));
    }
    return OK;
}

TEST(turns_come_in_the_order_of_asking)
{
    Turn turn = {.free = 1};
    Waiter waiters[WAITERS] = {0};
    Thread *threads[WAITERS];
    int served = 0;

    TRY(turn_take(s, &turn));
    for (int i = 0; i < WAITERS; i++)
        waiters[i] = (Waiter){.turn = &turn, .served = &served};
    TRY(start_in_order(s, &turn, waiters, threads));
    turn_give(&turn);
    for (int i = 0; i < WAITERS; i++) {
        TRY(thread_wait(s, threads[i]));
        CHECK_EQ(waiters[i].order, i + 1);
    }
    return OK;
}

TEST(who_gives_up_is_passed_over)
{
    Turn turn = {.free = 1};
    Waiter waiters[WAITERS] = {0};
    Thread *threads[WAITERS];
    int served = 0;

    TRY(turn_take(s, &turn));
    for (int i = 0; i < WAITERS; i++)
        waiters[i] =
            (Waiter){.turn = &turn, .served = &served, .limit = i % 3 == 0 ? 200 * 1000 : 0};
    TRY(start_in_order(s, &turn, waiters, threads));
    for (int i = 0; i < WAITERS; i += 3)
        FAILS(TIMEOUT, thread_wait(s, threads[i]));
    turn_give(&turn);
    for (int i = 0; i < WAITERS; i++)
        if (i % 3)
            TRY(thread_wait(s, threads[i]));
    CHECK_EQ(served, 5);
    CHECK(waiters[7].order == 5 && turn.free == 1 && !turn.first && !turn.last);
    return OK;
}

TEST(who_asks_again_at_once_comes_after_those_who_wait)
{
    Turn turn = {.free = 1};
    Waiter waiters[WAITERS] = {0};
    Thread *threads[WAITERS];
    int served = 0;

    TRY(turn_take(s, &turn));
    for (int i = 0; i < WAITERS; i++)
        waiters[i] = (Waiter){.turn = &turn, .served = &served};
    TRY(start_in_order(s, &turn, waiters, threads));
    turn_give(&turn);
    TRY(turn_take(s, &turn));
    CHECK_EQ(served, WAITERS);
    return OK;
}

TEST(several_may_have_it_at_once_and_no_more)
{
    Turn turn = {.free = 2};
    SCOPE(tmp, s);

    TRY(turn_take(s, &turn));
    TRY(turn_take(s, &turn));
    scope_limit(tmp, 20 * 1000);
    FAILS(TIMEOUT, turn_take(tmp, &turn));
    turn_give(&turn);
    return turn_take(s, &turn);
}
