/* The only place of an edit, or the reason why there is none. */

#include "agent/place.h"

enum { HINT_CLARITY = 3 }; /* the second nearest match must be this much farther away */

static bool choose_by_order(const Document *d, const Wanted *wanted, const PlaceState *state,
                            const MatchPlaces *places, size_t *first)
{
    size_t behind = 0;

    if (wanted->edit->at_end) {
        size_t last = places->first[places->count - 1];
        *first = last;
        return last + wanted->old_lines.count == d->lines.count;
    }
    if (!wanted->edit->hunk || !state->cursor)
        return false;
    for (size_t i = 0; i < places->count; i++) {
        if (places->first[i] < state->cursor)
            continue;
        *first = places->first[i];
        behind++;
    }
    return behind == 1;
}

static size_t distance(size_t a, ptrdiff_t b)
{
    ptrdiff_t way = (ptrdiff_t)a - b;

    return (size_t)(way < 0 ? -way : way);
}

/* Models are bad at counting lines: a number decides only when it points at one match clearly. */
static bool choose_by_number(const Wanted *wanted, const PlaceState *state,
                             const MatchPlaces *places, size_t *first)
{
    ptrdiff_t hint = (ptrdiff_t)wanted->edit->line_hint - 1 + state->shift;
    size_t best = SIZE_MAX;
    size_t second = SIZE_MAX;

    if (!wanted->edit->line_hint)
        return false;
    for (size_t i = 0; i < places->count; i++) {
        size_t away = distance(places->first[i], hint);
        if (away < best) {
            second = best;
            best = away;
            *first = places->first[i];
        } else if (away < second) {
            second = away;
        }
    }
    return best <= second / HINT_CLARITY && best < second;
}

static bool is_anchor(Bytes line, Bytes anchor)
{
    if (line_equal(MATCH_FOLDED, line, anchor))
        return true;
    /* git cuts the line after @@ at 80 bytes. */
    return anchor.size >= 4 && bytes_find(line, anchor, 0) >= 0;
}

/* The first match below the line named after @@; every such line must lead to the same match. */
static bool choose_by_anchor(const Document *d, const Wanted *wanted, const MatchPlaces *places,
                             size_t *first)
{
    Bytes anchor = bytes_of(wanted->edit->anchor);
    size_t chosen = SIZE_MAX;

    if (!anchor.size)
        return false;
    for (size_t at = 0; at < d->lines.count; at++) {
        if (!is_anchor(d->lines.items[at].text, anchor))
            continue;
        size_t i = 0;
        while (i < places->count && places->first[i] < at)
            i++;
        if (i == places->count)
            continue;
        if (chosen != SIZE_MAX && chosen != places->first[i])
            return false;
        chosen = places->first[i];
    }
    *first = chosen;
    return chosen != SIZE_MAX;
}

static bool choose(const Document *d, const Wanted *wanted, const PlaceState *state,
                   const MatchPlaces *places, size_t *first)
{
    int64_t nth = wanted->edit->occurrence;

    if (nth > 0) {
        if ((size_t)nth > places->count || nth > MATCH_PLACES_MAX)
            return false;
        *first = places->first[nth - 1];
        return true;
    }
    *first = places->first[0];
    if (places->count == 1)
        return true;
    if (wanted->sure || places->count > MATCH_PLACES_MAX)
        return false;
    return choose_by_order(d, wanted, state, places, first) ||
           choose_by_anchor(d, wanted, places, first) ||
           choose_by_number(wanted, state, places, first);
}

PlaceVerdict place_find(Scope *s, const Document *d, const Wanted *wanted, const PlaceState *state,
                        Place *out)
{
    for (MatchRung rung = MATCH_EXACT; rung < MATCH_RUNGS; rung++) {
        out->rung = rung;
        out->all = match_lines(s, d, rung, &wanted->old_lines);
        if (out->all.count)
            return choose(d, wanted, state, &out->all, &out->first) ? PLACE_FOUND : PLACE_AMBIGUOUS;
    }
    return PLACE_NOWHERE;
}
