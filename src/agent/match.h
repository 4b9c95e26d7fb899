/* Finding lines in a file as a model remembers them, from exact to ever looser readings. */
#pragma once

#include "agent/document.h"

/* The rungs of the ladder, tightest first. */
typedef enum MatchRung {
    MATCH_EXACT = 1,
    MATCH_TRAILING, /* blanks at the end differ */
    MATCH_OUTER,    /* blanks at both ends differ */
    MATCH_FOLDED,   /* and typographic quotes, dashes and spaces are their plain ones */
    MATCH_SQUEEZED, /* and blanks do not count at all */
    MATCH_RUNGS,
} MatchRung;

enum { MATCH_PLACES_MAX = 20 }; /* more places than this are not told apart */

typedef struct MatchPlaces {
    size_t count; /* of all; first holds the first MATCH_PLACES_MAX */
    size_t first[MATCH_PLACES_MAX];
} MatchPlaces;

bool line_equal(MatchRung rung, Bytes a, Bytes b);
/* The plain character for a typographic one; others as they are. */
uint32_t char_folded(uint32_t c);
/* The next character; a byte that is not UTF-8 is itself, above the range of Unicode. */
uint32_t char_next(Bytes *rest);
bool char_blank(uint32_t c);

/* Where the wanted lines stand in the document; places may overlap. Wanted lines that are all blank
 * match only exactly. */
MatchPlaces match_lines(Scope *s, const Document *d, MatchRung rung, const LineList *wanted);

/* The place most like the wanted lines: its first line in *place, how alike from 0 to 1. */
double match_nearest(Scope *s, const Document *d, const LineList *wanted, size_t *place);
