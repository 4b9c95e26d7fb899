/* Readings of an indentation difference, the simplest that explains all pairs first: none, one run
 * of blanks more or less everywhere, tabs for a number of spaces or the reverse, else only what was
 * seen on that very depth. */

#include "agent/indent.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static Bytes indent_of(Bytes line)
{
    size_t n = 0;

    while (n < line.size && blank(line.data[n]))
        n++;
    return (Bytes){line.data, n};
}

static Bytes from(Bytes b, size_t at)
{
    return (Bytes){b.data + at, b.size - at};
}

static bool starts(Bytes b, Bytes prefix)
{
    return b.size >= prefix.size && bytes_equal((Bytes){b.data, prefix.size}, prefix);
}

static bool ends(Bytes b, Bytes suffix)
{
    return b.size >= suffix.size && bytes_equal(from(b, b.size - suffix.size), suffix);
}

void indent_learn(Scope *s, IndentPairs *pairs, Bytes asked_line, Bytes file_line)
{
    IndentPair pair = {indent_of(asked_line), indent_of(file_line)};

    if (pair.asked.size == asked_line.size)
        return; /* a blank line tells nothing */
    EACH (const IndentPair, p, pairs)
        if (bytes_equal(p->asked, pair.asked) && bytes_equal(p->real, pair.real))
            return;
    *list_add(s, pairs) = pair;
}

static bool unchanged(const IndentPairs *pairs)
{
    EACH (const IndentPair, p, pairs)
        if (!bytes_equal(p->asked, p->real))
            return false;
    return true;
}

/* The blanks every file line has more than the model's (the other way round: more_asked). */
static bool common_extra(const IndentPairs *pairs, bool more_asked, Bytes *extra)
{
    for (size_t i = 0; i < pairs->count; i++) {
        Bytes longer = more_asked ? pairs->items[i].asked : pairs->items[i].real;
        Bytes shorter = more_asked ? pairs->items[i].real : pairs->items[i].asked;
        if (!ends(longer, shorter))
            return false;
        Bytes lead = {longer.data, longer.size - shorter.size};
        if (i > 0 && !bytes_equal(lead, *extra))
            return false;
        *extra = lead;
    }
    return true;
}

static bool all_are(Bytes indent, char c)
{
    for (size_t i = 0; i < indent.size; i++)
        if (indent.data[i] != c)
            return false;
    return true;
}

/* How many spaces stand for one tab, when that explains all pairs; 0 when nothing does. */
static size_t exchange_rate(const IndentPairs *pairs, bool file_has_tabs)
{
    size_t rate = 0;

    EACH (const IndentPair, p, pairs) {
        Bytes tabs = file_has_tabs ? p->real : p->asked;
        Bytes spaces = file_has_tabs ? p->asked : p->real;
        if (!all_are(tabs, '\t') || !all_are(spaces, ' ') || !tabs.size != !spaces.size)
            return 0;
        if (!tabs.size)
            continue;
        if (spaces.size % tabs.size || (rate && spaces.size / tabs.size != rate))
            return 0;
        rate = spaces.size / tabs.size;
    }
    return rate;
}

static Bytes indented(Scope *s, char c, size_t count, Bytes rest)
{
    Buffer b = buffer_in(s);

    for (size_t i = 0; i < count; i++)
        buffer_char(&b, c);
    buffer_bytes(&b, rest);
    return buffer_view(&b);
}

/* A tab before a run of spaces, or the reverse, that the model's line did not have: the file is
 * indented with the other kind, and the depth of the line cannot be known. */
static bool mixes(Bytes extra, Bytes line)
{
    Bytes indent = indent_of(line);

    return extra.size && indent.size &&
           ((all_are(extra, '\t') && all_are(indent, ' ')) ||
            (all_are(extra, ' ') && all_are(indent, '\t')));
}

static bool exchanged(Scope *s, const IndentPairs *pairs, Bytes line, Bytes *out)
{
    Bytes indent = indent_of(line);
    Bytes rest = from(line, indent.size);
    size_t rate = exchange_rate(pairs, true);

    if (rate && all_are(indent, ' ') && indent.size % rate == 0) {
        *out = indented(s, '\t', indent.size / rate, rest);
        return true;
    }
    rate = exchange_rate(pairs, false);
    if (rate && all_are(indent, '\t')) {
        *out = indented(s, ' ', indent.size * rate, rest);
        return true;
    }
    return false;
}

static bool as_seen(Scope *s, const IndentPairs *pairs, Bytes line, Bytes *out)
{
    Bytes indent = indent_of(line);
    const IndentPair *seen = NULL;

    EACH (const IndentPair, p, pairs) {
        if (!bytes_equal(p->asked, indent))
            continue;
        if (seen)
            return false; /* two file lines of this depth are indented differently */
        seen = p;
    }
    if (!seen)
        return false;
    Buffer b = buffer_in(s);
    buffer_bytes(&b, seen->real);
    buffer_bytes(&b, from(line, indent.size));
    *out = buffer_view(&b);
    return true;
}

bool indent_line(Scope *s, const IndentPairs *pairs, Bytes line, Bytes *out)
{
    Bytes extra = {0};

    if (!pairs->count || unchanged(pairs) || indent_of(line).size == line.size) {
        *out = line;
        return true;
    }
    if (common_extra(pairs, false, &extra) && !mixes(extra, line)) {
        Buffer b = buffer_in(s);
        buffer_bytes(&b, extra);
        buffer_bytes(&b, line);
        *out = buffer_view(&b);
        return true;
    }
    if (common_extra(pairs, true, &extra) && starts(line, extra)) {
        *out = from(line, extra.size);
        return true;
    }
    return exchanged(s, pairs, line, out) || as_seen(s, pairs, line, out);
}
