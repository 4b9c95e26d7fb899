/* A fair queue: each waiter has a place and a condition of its own, and only the first is woken. */

#include "store/turn.h"

struct Waiting {
    Waiting *next;
    Condition woken;
};

static void enqueue(Turn *turn, Waiting *me)
{
    if (turn->last)
        turn->last->next = me;
    else
        turn->first = me;
    turn->last = me;
}

static void dequeue(Turn *turn, const Waiting *me)
{
    Waiting **link = &turn->first, *before = NULL;

    while (*link != me) {
        before = *link;
        link = &before->next;
    }
    *link = me->next;
    if (turn->last == me)
        turn->last = before;
}

static void wake_first(Turn *turn)
{
    if (turn->free > 0 && turn->first)
        condition_wake(&turn->first->woken);
}

static fallible wait_first(Scope *s, Turn *turn, Waiting *me)
{
    while (turn->first != me || turn->free <= 0)
        TRY(condition_wait(s, &me->woken, &turn->mutex));
    return OK;
}

fallible turn_take(Scope *s, Turn *turn)
{
    Waiting me = {0};

    LOCKED (&turn->mutex) {
        enqueue(turn, &me);
        Error *e = wait_first(s, turn, &me);
        dequeue(turn, &me);
        if (!e)
            turn->free--;
        wake_first(turn);
        TRY(e);
    }
    return OK;
}

void turn_give(Turn *turn)
{
    LOCKED (&turn->mutex) {
        turn->free++;
        wake_first(turn);
    }
}
