/* A lane is a thread with one piece at a time; piece i goes by lane i modulo their number, so that waiting for
 * the lanes in turn gives the pieces in order. */

#include "blob/flight.h"

#include "sys/thread.h"

typedef enum LaneState { LANE_FREE, LANE_LOADED, LANE_DONE } LaneState;

typedef struct Lane {
    const Flight *flight;
    Mutex mutex;
    Condition changed;
    LaneState state; /* the rest belongs to the thread whose turn it says */
    Piece piece;
    Error *failure; /* of the lane's unit, which lives until its thread is joined */
    int64_t limit_us;
} Lane;

static void lane_turn(Lane *lane, LaneState state)
{
    LOCKED (&lane->mutex) {
        lane->state = state;
        condition_wake_all(&lane->changed);
    }
}

static fallible lane_wait(Scope *s, Lane *lane, LaneState state)
{
    LOCKED (&lane->mutex) {
        while (lane->state != state)
            TRY(condition_wait(s, &lane->changed, &lane->mutex));
    }
    return OK;
}

static Error *lane_main(Scope *s, void *arg)
{
    Lane *lane = arg;

    if (lane->limit_us < INT64_MAX)
        scope_limit(s, lane->limit_us);
    for (;;) {
        TRY(lane_wait(s, lane, LANE_LOADED));
        SCOPE(tmp, s);
        lane->failure = lane->flight->work(tmp, lane->flight->own, &lane->piece);
        lane_turn(lane, LANE_DONE);
    }
}

/* Takes what the lane carries, if anything, so that it is free. */
static fallible land(Scope *s, Lane *lane)
{
    const Flight *flight = lane->flight;

    if (lane->piece.index == SIZE_MAX)
        return OK;
    TRY(lane_wait(s, lane, LANE_DONE));
    TRY(error_move(s, lane->failure));
    if (flight->finish)
        TRY(flight->finish(s, flight->own, &lane->piece));
    lane->piece.index = SIZE_MAX;
    return OK;
}

static fallible load(Scope *s, Lane *lane, size_t index)
{
    const Flight *flight = lane->flight;

    lane->piece.index = index;
    lane->piece.size = 0;
    if (flight->prepare)
        TRY(flight->prepare(s, flight->own, &lane->piece));
    lane_turn(lane, LANE_LOADED);
    return OK;
}

Error *flight_run(Scope *s, const Flight *flight)
{
    SCOPE(tmp, s);
    size_t count = flight->lanes < FLIGHT_LANES_MAX ? (size_t)flight->lanes : FLIGHT_LANES_MAX;
    Lane lanes[FLIGHT_LANES_MAX] = {0};

    if (count > flight->count)
        count = flight->count;
    for (size_t i = 0; i < count; i++) {
        lanes[i].flight = flight;
        lanes[i].limit_us = scope_remaining(s);
        lanes[i].piece =
            (Piece){SIZE_MAX, scope_alloc(tmp, flight->capacity + 1), flight->capacity, 0};
        TRY(thread_start(tmp, "blob", lane_main, &lanes[i], NULL));
    }
    for (size_t i = 0; i < flight->count; i++) {
        SCOPE(turn, tmp);
        TRY(land(turn, &lanes[i % count]));
        TRY(load(turn, &lanes[i % count], i));
    }
    for (size_t i = flight->count - count; i < flight->count; i++)
        TRY(land(tmp, &lanes[i % count]));
    return OK;
}
