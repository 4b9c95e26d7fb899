/* "Did you mean": how alike lines are, by the pairs of characters they share (Dice's coefficient),
 * counted in a small sketch so that a whole file is compared in milliseconds. */

#include "agent/match.h"

enum {
    SKETCH_SIZE = 64,          /* buckets a pair of characters falls into */
    WANTED_LINES_MAX = 40,     /* of a long text the first lines decide */
    NEAREST_LINES_MAX = 60000, /* a longer file gets no suggestion */
};

typedef struct Sketch {
    uint8_t counts[SKETCH_SIZE];
    unsigned total;
} Sketch;

static void sketch_of(Bytes line, Sketch *out)
{
    uint32_t last = 0;

    *out = (Sketch){0};
    while (line.size) {
        uint32_t c = char_folded(char_next(&line));
        if (char_blank(c))
            continue;
        size_t bucket = ((last * 31 + c) * 2654435761u >> 16) % SKETCH_SIZE;
        if (out->counts[bucket] < UINT8_MAX) {
            out->counts[bucket]++;
            out->total++;
        }
        last = c;
    }
}

static Sketch *sketches_of(Scope *s, const LineList *lines, size_t count)
{
    Sketch *sketches = NEW_ARRAY(s, Sketch, count);

    for (size_t i = 0; i < count; i++)
        sketch_of(lines->items[i].text, &sketches[i]);
    return sketches;
}

static unsigned shared(const Sketch *a, const Sketch *b)
{
    unsigned both = 0;

    for (size_t i = 0; i < SKETCH_SIZE; i++)
        both += a->counts[i] < b->counts[i] ? a->counts[i] : b->counts[i];
    return both;
}

/* Lines are compared one to one; long lines weigh more. */
static double window_likeness(const Sketch *file, const Sketch *wanted, size_t count)
{
    unsigned both = 0;
    unsigned total = 0;

    for (size_t i = 0; i < count; i++) {
        both += shared(&file[i], &wanted[i]);
        total += file[i].total + wanted[i].total;
    }
    return total ? 2.0 * both / total : 0;
}

double match_nearest(Scope *s, const Document *d, const LineList *wanted, size_t *place)
{
    size_t count = wanted->count < WANTED_LINES_MAX ? wanted->count : WANTED_LINES_MAX;
    double best = 0;

    *place = 0;
    if (!count || d->lines.count < count || d->lines.count > NEAREST_LINES_MAX)
        return 0;
    SCOPE(tmp, s);
    const Sketch *file = sketches_of(tmp, &d->lines, d->lines.count);
    const Sketch *asked = sketches_of(tmp, wanted, count);
    for (size_t at = 0; at + count <= d->lines.count; at++) {
        double likeness = window_likeness(file + at, asked, count);
        if (likeness > best) {
            best = likeness;
            *place = at;
        }
    }
    return best;
}
