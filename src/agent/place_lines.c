/* The lines that go to a place. */

#include "agent/align.h"
#include "agent/indent.h"
#include "agent/place.h"

/* Moves both past their next character when the model's is the folded form of the file's, or the
 * same. Only folds of one character to one are stepped over. */
static bool step_alike(Bytes *asked, Bytes *file)
{
    Bytes a = *asked;
    Bytes f = *file;

    if (!a.size || !f.size)
        return false;
    if (char_folded(char_next(&a)) != char_folded(char_next(&f)))
        return false;
    *asked = a;
    *file = f;
    return true;
}

/* A line changed in its middle keeps the file's own characters in front of the change, so that a
 * typographic quote does not become a plain one because the model wrote it so. */
static Bytes with_file_front(Scope *s, Bytes asked, Bytes changed, Bytes file)
{
    Bytes a = asked;
    Bytes f = file;
    Bytes c = changed;

    while (a.size && c.size && f.size) {
        Bytes a_next = a;
        Bytes c_next = c;
        if (char_next(&a_next) != char_next(&c_next) || !step_alike(&a, &f))
            break;
        c = c_next;
    }
    Buffer b = buffer_in(s);
    buffer_add(&b, file.data, file.size - f.size);
    buffer_bytes(&b, c);
    return buffer_view(&b);
}

static size_t char_start(Bytes b, size_t end)
{
    size_t at = end - 1;

    while (at > 0 && end - at < 4 && ((unsigned char)b.data[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* And behind the change. */
static Bytes with_file_back(Scope *s, Bytes asked, Bytes changed, Bytes file)
{
    size_t a = asked.size;
    size_t c = changed.size;
    size_t f = file.size;

    while (a && c && f) {
        size_t a_at = char_start(asked, a);
        size_t c_at = char_start(changed, c);
        size_t f_at = char_start(file, f);
        Bytes a_char = {asked.data + a_at, a - a_at};
        Bytes f_char = {file.data + f_at, f - f_at};
        if (!bytes_equal(a_char, (Bytes){changed.data + c_at, c - c_at}) ||
            !step_alike(&a_char, &f_char))
            break;
        a = a_at;
        c = c_at;
        f = f_at;
    }
    Buffer b = buffer_in(s);
    buffer_add(&b, changed.data, c);
    buffer_add(&b, file.data + f, file.size - f);
    return buffer_view(&b);
}

/* The old line that new line j stands for, when a run of changed lines has as many new as old ones. */
static size_t counterpart(const size_t *pairs, size_t old_count, size_t new_count, size_t j)
{
    size_t first = j;
    size_t end = j + 1;

    while (first > 0 && pairs[first - 1] == UNPAIRED)
        first--;
    while (end < new_count && pairs[end] == UNPAIRED)
        end++;
    size_t old_first = first ? pairs[first - 1] + 1 : 0;
    size_t old_end = end < new_count ? pairs[end] : old_count;
    return old_end - old_first == end - first ? old_first + (j - first) : UNPAIRED;
}

static void learn(Scope *s, const Document *d, const Wanted *wanted, const Place *place,
                  IndentPairs *out)
{
    if (place->rung < MATCH_OUTER)
        return;
    for (size_t i = 0; i < wanted->old_lines.count; i++)
        indent_learn(s, out, wanted->old_lines.items[i].text,
                     d->lines.items[place->first + i].text);
}

static Bytes with_file_characters(Scope *s, const Wanted *wanted, const Line *file, size_t old_line,
                                  Bytes line)
{
    Bytes asked = wanted->old_lines.items[old_line].text;

    if (!line_equal(MATCH_FOLDED, asked, file->text) || line_equal(MATCH_OUTER, asked, file->text))
        return line;
    Bytes fronted = with_file_front(s, asked, line, file->text);
    return with_file_back(s, asked, fronted, file->text);
}

bool place_lines(Scope *s, const Document *d, const Wanted *wanted, const Place *place,
                 LineList *out)
{
    const size_t *pairs = lines_aligned(s, &wanted->old_lines, &wanted->new_lines);
    const Line *file = d->lines.items + place->first;
    size_t count = wanted->new_lines.count;
    IndentPairs indents = {0};

    learn(s, d, wanted, place, &indents);
    for (size_t j = 0; j < count; j++) {
        if (pairs[j] != UNPAIRED) {
            *list_add(s, out) = file[pairs[j]];
            continue;
        }
        Bytes line = wanted->new_lines.items[j].text;
        size_t old_line = counterpart(pairs, wanted->old_lines.count, count, j);
        if (old_line != UNPAIRED && place->rung == MATCH_FOLDED)
            line = with_file_characters(s, wanted, &file[old_line], old_line, line);
        if (!indent_line(s, &indents, line, &line))
            return false;
        *list_add(s, out) = (Line){line, END_NONE};
    }
    return true;
}
