/* What was counted of large boards, for a moment: counting looks at each task, and a busy board is read
 * far more often than a person can tell the difference. Small boards are always counted. Thread-safe. */
#pragma once

#include "service/app.h"
#include "store/board.h"

enum {
    BOARD_LARGE = 2000,    /* tasks from which on a count may be a moment old */
    BOARD_CACHE_ROWS = 64, /* boards that are remembered */
};

#define BOARD_CACHE_US (1 * US_PER_S)

/* Of the caller, since a preference of theirs decides the columns. counts->known says whether it was found. */
void board_cache_find(Scope *s, const App *app, const Caller *caller, BoardAsk *ask);
void board_cache_keep(Scope *s, const App *app, const Caller *caller, const BoardAsk *ask);
BoardCache *board_cache_open(Scope *s);
