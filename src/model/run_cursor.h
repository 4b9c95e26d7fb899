/* A place in the events of all runs of a task: the id of an event in a task's stream.
 *
 *     "7-3.120-5.88"   runs up to number 7 are known; of run 3 events up to 120 were seen, of run 5
 *                      up to 88; of the other five everything, and they have ended
 *
 * Runs with a higher number are new: nothing of them was seen. */
#pragma once

#include "model/entities.h"

enum { RUN_CURSOR_RUNS_MAX = 1000, RUN_CURSOR_TEXT_MAX = 32 << 10 };

typedef struct RunPlace {
    int64_t number; /* of the run within its task, from 1 */
    int64_t seq;
} RunPlace;

typedef struct RunCursor {
    int64_t known;            /* 0: from the beginning */
    LIST_OF(RunPlace) places; /* by number */
} RunCursor;

/* NULL and "" are the beginning. INVALID for what is no cursor. */
fallible run_cursor_parse(Scope *s, const char *t, RunCursor *out);
const char *run_cursor_text(Scope *s, const RunCursor *cursor);
/* What was seen of that run; INT64_MAX when it has ended and everything was. */
int64_t run_cursor_seq(const RunCursor *cursor, int64_t number);
/* Moves to that event. Runs between the last known one and this become known with nothing seen. */
void run_cursor_move(Scope *s, RunCursor *cursor, RunPlace place);
/* The run has ended and everything of it was seen: it takes no more room. */
void run_cursor_close(Scope *s, RunCursor *cursor, int64_t number);
