/* The ladder of readings. Each rung is a way to step through two lines at once; nothing is copied. */

#include "agent/match.h"

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

uint32_t char_next(Bytes *rest)
{
    const unsigned char *p = (const unsigned char *)rest->data;
    size_t size = p[0] < 0x80   ? 1
                  : p[0] < 0xC2 ? 0
                  : p[0] < 0xE0 ? 2
                  : p[0] < 0xF0 ? 3
                  : p[0] < 0xF5 ? 4
                                : 0;
    uint32_t c = size == 1 ? p[0] : p[0] & (0xFFu >> (size + 1));

    for (size_t i = 1; i < size; i++) {
        if (i >= rest->size || !continues(rest->data[i])) {
            size = 0;
            break;
        }
        c = c << 6 | (p[i] & 0x3F);
    }
    if (size == 0) {
        c = 0x110000u + p[0];
        size = 1;
    }
    *rest = (Bytes){rest->data + size, rest->size - size};
    return c;
}

/* The characters that editors, word processors and models put in place of plain ones. */
uint32_t char_folded(uint32_t c)
{
    if (c < 0xA0)
        return c;
    if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000)
        return ' ';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63)
        return '-';
    if (c >= 0x2018 && c <= 0x201B)
        return '\'';
    if (c >= 0x201C && c <= 0x201F)
        return '"';
    return c;
}

bool char_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static Bytes without_trailing(Bytes line)
{
    while (line.size && char_blank((unsigned char)line.data[line.size - 1]))
        line.size--;
    return line;
}

static Bytes without_leading(Bytes line)
{
    while (line.size && char_blank((unsigned char)line.data[0]))
        line = (Bytes){line.data + 1, line.size - 1};
    return line;
}

/* Moves to the next character that counts; false at the end. */
static bool folded_next(Bytes *rest, bool squeeze, uint32_t *c)
{
    while (rest->size) {
        *c = char_folded(char_next(rest));
        if (!squeeze || !char_blank(*c))
            return true;
    }
    return false;
}

static bool folded_equal(Bytes a, Bytes b, bool squeeze)
{
    uint32_t from_a = 0;
    uint32_t from_b = 0;

    for (;;) {
        bool more_a = folded_next(&a, squeeze, &from_a);
        bool more_b = folded_next(&b, squeeze, &from_b);
        if (!more_a || !more_b)
            return more_a == more_b;
        if (from_a != from_b)
            return false;
    }
}

bool line_equal(MatchRung rung, Bytes a, Bytes b)
{
    if (rung == MATCH_EXACT)
        return bytes_equal(a, b);
    if (rung == MATCH_SQUEEZED)
        return folded_equal(a, b, true);
    a = without_trailing(a);
    b = without_trailing(b);
    if (rung != MATCH_TRAILING) {
        a = without_leading(a);
        b = without_leading(b);
    }
    return rung == MATCH_FOLDED ? folded_equal(a, b, false) : bytes_equal(a, b);
}

static bool says_something(const LineList *lines)
{
    EACH (const Line, line, lines)
        if (without_trailing(line->text).size)
            return true;
    return false;
}

/* How much of the wanted lines is also an end of their first n lines (Knuth, Morris, Pratt): so that a
 * long text in a long file costs a look at each line, whatever both hold. Each rung compares normal
 * forms, which makes equality transitive. */
static size_t *prefixes(Scope *s, MatchRung rung, const LineList *wanted)
{
    size_t *prefix = NEW_ARRAY(s, size_t, wanted->count + 1);
    size_t same = 0;

    for (size_t n = 1; n < wanted->count; n++) {
        Bytes line = wanted->items[n].text;
        while (same && !line_equal(rung, wanted->items[same].text, line))
            same = prefix[same];
        same += line_equal(rung, wanted->items[same].text, line);
        prefix[n + 1] = same;
    }
    return prefix;
}

MatchPlaces match_lines(Scope *s, const Document *d, MatchRung rung, const LineList *wanted)
{
    MatchPlaces places = {0};
    size_t same = 0;

    if (!wanted->count || wanted->count > d->lines.count)
        return places;
    if (rung != MATCH_EXACT && !says_something(wanted))
        return places;
    SCOPE(tmp, s);
    const size_t *prefix = prefixes(tmp, rung, wanted);
    for (size_t at = 0; at < d->lines.count; at++) {
        Bytes line = d->lines.items[at].text;
        while (same && (same == wanted->count || !line_equal(rung, wanted->items[same].text, line)))
            same = prefix[same];
        same += line_equal(rung, wanted->items[same].text, line);
        if (same < wanted->count)
            continue;
        if (places.count < MATCH_PLACES_MAX)
            places.first[places.count] = at + 1 - same;
        places.count++;
    }
    return places;
}
