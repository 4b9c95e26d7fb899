/* A queue of turns. */

#include "llm/limiter.h"

#include <stddef.h>

void limiter_queue(Limiter *limiter, LimiterTurn *turn)
{
    *turn = (LimiterTurn){.waiting = true};
    if (limiter->last)
        limiter->last->next = turn;
    else
        limiter->first = turn;
    limiter->last = turn;
}

int64_t limiter_wait(const Limiter *limiter, const LimiterTurn *turn, int64_t most, int64_t now)
{
    if (limiter->paused_until > now)
        return limiter->paused_until - now;
    if (limiter->first != turn || limiter->inside >= most)
        return INT64_MAX;
    return 0;
}

static void unlink_turn(Limiter *limiter, LimiterTurn *turn)
{
    LimiterTurn *before = NULL;

    for (LimiterTurn *t = limiter->first; t && t != turn; t = t->next)
        before = t;
    if (before)
        before->next = turn->next;
    else
        limiter->first = turn->next;
    if (limiter->last == turn)
        limiter->last = before;
    turn->next = NULL;
    turn->waiting = false;
}

void limiter_enter(Limiter *limiter, LimiterTurn *turn)
{
    unlink_turn(limiter, turn);
    turn->inside = true;
    limiter->inside++;
}

void limiter_leave(Limiter *limiter, LimiterTurn *turn)
{
    if (turn->waiting)
        unlink_turn(limiter, turn);
    if (turn->inside)
        limiter->inside--;
    turn->inside = false;
}

void limiter_pause(Limiter *limiter, int64_t until)
{
    if (until > limiter->paused_until)
        limiter->paused_until = until;
}

bool limiter_idle(const Limiter *limiter, int64_t now)
{
    return !limiter->inside && !limiter->first && limiter->paused_until <= now;
}
