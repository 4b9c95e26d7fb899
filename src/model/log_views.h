/* A run's log as people read it: a window of lines, and where words stand in it. Lines are numbered
 * from 0 for the run's whole life. */
#pragma once

#include "model/entities.h"

enum {
    LOG_WINDOW_LINES_MAX = 1000,
    LOG_WORDS_MAX = 200, /* bytes of what is searched for */
};

typedef struct LogWindowLine {
    int64_t number;
    EventKind kind; /* of the event that holds it: log */
    const char *text;
    Time created_at; /* when it was stored */
} LogWindowLine;

typedef LIST_OF(LogWindowLine) LogWindowLineList;

typedef struct LogWindow {
    int64_t total; /* lines of the log so far */
    int64_t from;  /* number of the first line here */
    LogWindowLineList lines;
    bool is_removed; /* the log had become older than it is kept */
} LogWindow;

typedef struct LogMatch {
    int64_t number;
    const char *text; /* the line; of a long one the part around the words, "..." where it is cut */
} LogMatch;

typedef LIST_OF(LogMatch) LogMatchList;

typedef struct LogMatches {
    LogMatchList matches; /* by number */
    OptInt next_from;     /* where to go on; absent: the end of the log is reached */
    int64_t total;        /* lines of the log so far */
} LogMatches;

extern const Type log_window_type, log_matches_type;
