/* The turns of one key: at most so many calls inside, the others wait in the order they came, and
 * all wait while the provider has asked for a pause. Pure: the caller holds the lock, passes the
 * clock, and wakes the waiting after each change. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* One call's turn; its memory is the caller's and stays in place until it has left. */
typedef struct LimiterTurn {
    struct LimiterTurn *next;
    bool waiting, inside;
} LimiterTurn;

typedef struct Limiter {
    int64_t inside;
    LimiterTurn *first, *last;
    int64_t paused_until;
} Limiter;

void limiter_queue(Limiter *limiter, LimiterTurn *turn);
/* 0: the turn may enter. Else how long until it is worth asking again; INT64_MAX: until a change. */
int64_t limiter_wait(const Limiter *limiter, const LimiterTurn *turn, int64_t most, int64_t now);
void limiter_enter(Limiter *limiter, LimiterTurn *turn);
/* From the queue or from inside; nothing when it has left already. */
void limiter_leave(Limiter *limiter, LimiterTurn *turn);
/* A pause only grows. */
void limiter_pause(Limiter *limiter, int64_t until);
/* Nobody is in it or waits for it, and no pause is running: it may be forgotten. */
bool limiter_idle(const Limiter *limiter, int64_t now);
