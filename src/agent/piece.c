/* Find as a piece of text, exactly, wherever it stands in a line.
 *
 * Two rules beyond plain replacing, both told to the model: when find is whole lines with their
 * ends, a missing end of replace is added; when whole lines are replaced by nothing, they go
 * together with their end. */

#include "agent/align.h"
#include "agent/place.h"

typedef struct Span {
    size_t start; /* bytes of the joined text */
    size_t end;
} Span;

static size_t line_at(const Document *d, size_t offset)
{
    size_t line = 0;
    size_t start = 0;

    while (line < d->lines.count) {
        start += d->lines.items[line].text.size + (d->lines.items[line].end != END_NONE);
        if (offset < start)
            return line;
        line++;
    }
    return line;
}

static MatchPlaces places_of(Bytes text, Bytes find)
{
    MatchPlaces places = {0};
    ptrdiff_t at = bytes_find(text, find, 0);

    while (at >= 0 && places.count < 10 * MATCH_PLACES_MAX) {
        if (places.count < MATCH_PLACES_MAX)
            places.first[places.count] = (size_t)at;
        places.count++;
        at = bytes_find(text, find, (size_t)at + 1);
    }
    return places;
}

static bool ends_line(Bytes b)
{
    return b.size && b.data[b.size - 1] == '\n';
}

static bool starts_line(Bytes text, size_t at)
{
    return at == 0 || text.data[at - 1] == '\n';
}

static size_t line_end(Bytes text, size_t at)
{
    const char *lf = at < text.size ? memchr(text.data + at, '\n', text.size - at) : NULL;

    return lf ? (size_t)(lf - text.data) + 1 : text.size;
}

/* The whole lines touched, and their new text. */
static Bytes lines_text(Scope *s, Bytes text, Span found, const Edit *edit, Span *touched)
{
    bool whole = starts_line(text, found.start);
    bool add_end =
        whole && ends_line(edit->find) && edit->replace.size && !ends_line(edit->replace);
    bool take_end =
        whole && !edit->replace.size && found.end < text.size && text.data[found.end] == '\n';
    Buffer b = buffer_in(s);

    found.end += take_end;
    touched->start = found.start;
    while (!starts_line(text, touched->start))
        touched->start--;
    buffer_add(&b, text.data + touched->start, found.start - touched->start);
    buffer_bytes(&b, edit->replace);
    if (add_end)
        buffer_char(&b, '\n');
    bool closed = starts_line(text, found.end) && (!b.size || b.data[b.size - 1] == '\n');
    touched->end = closed ? found.end : line_end(text, found.end);
    buffer_add(&b, text.data + found.end, touched->end - found.end);
    return buffer_view(&b);
}

static void splice(Scope *s, Document *d, Bytes text, Span touched, Bytes by)
{
    size_t first = line_at(d, touched.start);
    size_t count = touched.end > touched.start ? line_at(d, touched.end - 1) + 1 - first : 0;
    LineList old_lines = lines_part(&d->lines, first, count);
    LineList new_lines = lines_of(s, by);
    size_t front = lines_same_front(&old_lines, &new_lines);
    size_t back = lines_same_back(&old_lines, &new_lines, front);
    LineList middle = lines_part(&new_lines, front, new_lines.count - front - back);

    document_splice(s, d, first + front, count - front - back, &middle);
    if (touched.end == text.size && by.size)
        document_end(d, ends_line(by));
}

PlaceVerdict piece_replace(Scope *s, Document *d, const Edit *edit, MatchPlaces *places)
{
    Bytes text = document_text(s, d);
    size_t nth = edit->occurrence > 0 ? (size_t)edit->occurrence : 1;
    Span touched = {0};

    *places = places_of(text, edit->find);
    if (!places->count)
        return PLACE_NOWHERE;
    if ((places->count > 1 && edit->occurrence <= 0) || nth > places->count ||
        nth > MATCH_PLACES_MAX) {
        for (size_t i = 0; i < places->count && i < MATCH_PLACES_MAX; i++)
            places->first[i] = line_at(d, places->first[i]);
        return PLACE_AMBIGUOUS;
    }
    Span found = {places->first[nth - 1], places->first[nth - 1] + edit->find.size};
    Bytes by = lines_text(s, text, found, edit, &touched);
    splice(s, d, text, touched, by);
    return PLACE_FOUND;
}
