/* A run's log by line numbers: windows of it, and search in it. A window costs as much as it holds,
 * however long the log is: chunks are found by the number of their first line. */
#pragma once

#include "model/log_views.h"
#include "store/store.h"

enum {
    LOG_WINDOW_BYTES = 2 << 20,     /* of text: no line is begun behind it */
    LOG_SEARCH_LINES_MAX = 100000,  /* looked at in one call */
    LOG_SEARCH_BYTES_MAX = 8 << 20, /* likewise; lines may be long */
    LOG_MATCHES_MAX = 1000,
    LOG_MATCH_TEXT_MAX = 400, /* bytes of a match that are shown, about */
};

typedef struct LogPlace {
    const char *run_id;
    int64_t from;  /* number of a line; of a window also negative: so many before the end */
    int64_t limit; /* lines or matches; over the named limit: that one */
} LogPlace;

/* MISSING when the tenant has no such run. */
fallible log_window(Scope *s, Tx *tx, const LogPlace *place, LogWindow *out);

/* Lines that hold the words; letters of ASCII match in either case. INVALID, code "log_words_invalid",
 * for words that no line can hold. */
fallible log_search(Scope *s, Tx *tx, const LogPlace *place, const char *words, LogMatches *out);
