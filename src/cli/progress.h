/* Watching the runs of a comparison from a terminal, a pipe, or a program.
 *
 * On a terminal each run has a line that is drawn again in place, as wide as the window; elsewhere a
 * line is printed when a run changes its phase or ends; with json each event is an object a line.
 */
#pragma once

#include "service/app.h"
#include "store/rows.h"

typedef struct Watched {
    Run run;
    int64_t seq;           /* of the last event seen */
    const char *last_line; /* of its log; NULL: none yet */
    const char *told;      /* what was printed of it last, without a terminal */
} Watched;

typedef LIST_OF(Watched) WatchedList;

typedef enum ProgressForm { PROGRESS_LINES = 1, PROGRESS_TERMINAL, PROGRESS_JSON } ProgressForm;

typedef struct Progress {
    App *app;
    ProgressForm form;
    WatchedList runs;
    size_t drawn; /* lines on the terminal that the next drawing replaces */
} Progress;

/* PROGRESS_TERMINAL when standard output is one. */
ProgressForm progress_form(bool json);
/* Until all runs have ended. The first SIGINT or SIGTERM cancels them all; a second one fails with
 * CANCELLED at once. *canceled tells of the first. */
fallible progress_watch(Scope *s, Progress *progress, bool *canceled);
