/* Turns of a key. */

#include "llm/limiter.h"
#include "test/test.h"

enum { MOST = 2 };

TEST(turns_enter_in_the_order_they_came_as_far_as_there_is_room)
{
    Limiter limiter = {0};
    LimiterTurn turns[3];

    for (int i = 0; i < 3; i++)
        limiter_queue(&limiter, &turns[i]);
    CHECK_EQ(limiter_wait(&limiter, &turns[1], MOST, 0), INT64_MAX); /* not before the first */
    for (int i = 0; i < MOST; i++) {
        CHECK_EQ(limiter_wait(&limiter, &turns[i], MOST, 0), 0);
        limiter_enter(&limiter, &turns[i]);
    }
    CHECK_EQ(limiter_wait(&limiter, &turns[2], MOST, 0), INT64_MAX);
    limiter_leave(&limiter, &turns[0]);
    CHECK_EQ(limiter_wait(&limiter, &turns[2], MOST, 0), 0);
    return OK;
}

TEST(one_that_gives_up_in_the_queue_lets_the_next_pass)
{
    Limiter limiter = {0};
    LimiterTurn turns[3];

    for (int i = 0; i < 3; i++)
        limiter_queue(&limiter, &turns[i]);
    limiter_enter(&limiter, &turns[0]);
    limiter_leave(&limiter, &turns[1]);
    limiter_leave(&limiter, &turns[1]); /* twice is once */
    CHECK_EQ(limiter_wait(&limiter, &turns[2], MOST, 0), 0);
    limiter_leave(&limiter, &turns[2]);
    limiter_leave(&limiter, &turns[0]);
    CHECK(limiter_idle(&limiter, 0));
    return OK;
}

TEST(a_pause_holds_everybody_and_only_grows)
{
    Limiter limiter = {0};
    LimiterTurn turn;

    limiter_queue(&limiter, &turn);
    limiter_pause(&limiter, 100);
    limiter_pause(&limiter, 50);
    CHECK_EQ(limiter_wait(&limiter, &turn, MOST, 30), 70);
    CHECK_EQ(limiter_wait(&limiter, &turn, MOST, 100), 0);
    limiter_leave(&limiter, &turn);
    CHECK(!limiter_idle(&limiter, 99));
    CHECK(limiter_idle(&limiter, 100));
    return OK;
}

TEST(the_last_of_the_queue_may_leave_and_another_come)
{
    Limiter limiter = {0};
    LimiterTurn first, second, third;

    limiter_queue(&limiter, &first);
    limiter_queue(&limiter, &second);
    limiter_leave(&limiter, &second);
    limiter_queue(&limiter, &third);
    limiter_enter(&limiter, &first);
    CHECK_EQ(limiter_wait(&limiter, &third, MOST, 0), 0);
    return OK;
}
