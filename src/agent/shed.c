/* A diff whose outer context is stale: the model remembers a neighbouring line wrongly. Context is
 * dropped line by line from both sides; what is left must be told from everything else in the file
 * by itself, line numbers no longer count. */

#include "agent/align.h"
#include "agent/place.h"

enum {
    SHED_LINES_MAX = 6,     /* of one side */
    CORE_LETTERS_LEAST = 4, /* letters and digits that make a place recognisable */
};

static size_t letters(const LineList *lines)
{
    size_t count = 0;

    EACH (const Line, line, lines)
        for (size_t i = 0; i < line->text.size; i++) {
            unsigned char c = (unsigned char)line->text.data[i];
            count += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c >= 0x80;
        }
    return count;
}

static Wanted without(const Wanted *whole, size_t lead, size_t tail)
{
    Wanted part = *whole;

    part.old_lines = lines_part(&whole->old_lines, lead, whole->old_lines.count - lead - tail);
    part.new_lines = lines_part(&whole->new_lines, lead, whole->new_lines.count - lead - tail);
    part.sure = true;
    return part;
}

typedef struct Shed {
    Scope *s;
    const Document *d;
    Wanted whole;
    size_t front; /* lines that may be dropped */
    size_t back;
    Place place; /* found, with what was left of the hunk */
    Wanted found;
} Shed;

/* Tries all ways of dropping count lines; they must lead to one place. */
static PlaceVerdict shed_count(Shed *shed, size_t count)
{
    ptrdiff_t start = -1;
    PlaceVerdict verdict = PLACE_NOWHERE;

    for (size_t lead = count > shed->back ? count - shed->back : 0;
         lead <= shed->front && lead <= count; lead++) {
        Wanted part = without(&shed->whole, lead, count - lead);
        Place here;
        if (letters(&part.old_lines) < CORE_LETTERS_LEAST)
            continue;
        PlaceVerdict one = place_find(shed->s, shed->d, &part, &(PlaceState){0}, &here);
        if (one == PLACE_NOWHERE)
            continue;
        if (one == PLACE_AMBIGUOUS)
            return one;
        if (verdict == PLACE_FOUND && (ptrdiff_t)(here.first - lead) != start)
            return PLACE_AMBIGUOUS;
        start = (ptrdiff_t)(here.first - lead);
        verdict = PLACE_FOUND;
        shed->place = here;
        shed->found = part;
    }
    return verdict;
}

bool hunk_shed(Scope *s, const Document *d, const Wanted *whole, Place *place, Wanted *found)
{
    Shed shed = {.s = s, .d = d, .whole = *whole};
    PlaceVerdict verdict = PLACE_NOWHERE;

    shed.front = lines_same_front(&whole->old_lines, &whole->new_lines);
    shed.back = lines_same_back(&whole->old_lines, &whole->new_lines, shed.front);
    shed.front = shed.front < SHED_LINES_MAX ? shed.front : SHED_LINES_MAX;
    shed.back = shed.back < SHED_LINES_MAX ? shed.back : SHED_LINES_MAX;
    for (size_t count = 1; count <= shed.front + shed.back && verdict == PLACE_NOWHERE; count++)
        if (count < whole->old_lines.count)
            verdict = shed_count(&shed, count);
    if (verdict != PLACE_FOUND)
        return false;
    *place = shed.place;
    *found = shed.found;
    return true;
}
