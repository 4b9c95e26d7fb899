/* The tables of a log as people read it. */

#include "model/log_views.h"

static const Type log_window_line_type =
    TYPE(LogWindowLine, "A line of a log.", FIELD(LogWindowLine, number, REQUIRED),
         ENUM(LogWindowLine, kind, event_kind_names, REQUIRED),
         FIELD(LogWindowLine, text, REQUIRED), FIELD(LogWindowLine, created_at, REQUIRED));

const Type log_window_type = TYPE(
    LogWindow, "Lines of a log; fewer than asked for when they are long.",
    FIELD(LogWindow, total, REQUIRED), FIELD(LogWindow, from, REQUIRED),
    LIST(LogWindow, lines, log_window_line_type, REQUIRED), FIELD(LogWindow, is_removed, REQUIRED));

static const Type log_match_type =
    TYPE(LogMatch, "A line that holds the words.", FIELD(LogMatch, number, REQUIRED),
         FIELD(LogMatch, text, REQUIRED));

const Type log_matches_type =
    TYPE(LogMatches, "Where words stand in a log, as far as one call looks.",
         LIST(LogMatches, matches, log_match_type, REQUIRED), FIELD(LogMatches, next_from),
         FIELD(LogMatches, total, REQUIRED));
