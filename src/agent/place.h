/* One replacing edit on one file: finding its only place, and making the lines that go there. */
#pragma once

#include "agent/edits.h"
#include "agent/match.h"

/* What earlier edits of the same file say about where a later hunk is. */
typedef struct PlaceState {
    ptrdiff_t shift; /* lines the file grew by, for a diff's line numbers */
    size_t cursor;   /* first line behind the last hunk */
} PlaceState;

/* A way of reading an edit: its lines, or a part of them. */
typedef struct Wanted {
    const Edit *edit;
    LineList old_lines;
    LineList new_lines;
    bool sure; /* more than one match is refused, whatever the hints say */
} Wanted;

/* Where the old lines are. */
typedef struct Place {
    size_t first;
    MatchRung rung;
    MatchPlaces all; /* on that rung */
} Place;

typedef enum PlaceVerdict { PLACE_FOUND = 1, PLACE_NOWHERE, PLACE_AMBIGUOUS } PlaceVerdict;

/* Climbs the ladder. Of several matches one is chosen by occurrence, by the end of the file, by the
 * order of hunks, by the line above, or by a line number that clearly points at one. */
PlaceVerdict place_find(Scope *s, const Document *d, const Wanted *wanted, const PlaceState *state,
                        Place *out);

/* The lines to put there: kept ones from the file, new ones indented as the file is. False when the
 * indentation is unclear. */
bool place_lines(Scope *s, const Document *d, const Wanted *wanted, const Place *place,
                 LineList *out);

/* Applies an EDIT_REPLACE. On false the document is as before and the fault has kind and message. */
bool place_edit(Scope *s, Document *d, const Edit *edit, PlaceState *state, EditFault *fault);

/* The edit's find as a piece of text, not whole lines. PLACE_NOWHERE leaves the document alone. */
PlaceVerdict piece_replace(Scope *s, Document *d, const Edit *edit, MatchPlaces *places);
/* The same for a diff whose outer context lines are stale: without some of them, down to the changed
 * ones, if that leaves a place that is certain. */
bool hunk_shed(Scope *s, const Document *d, const Wanted *whole, Place *place, Wanted *found);
