/* Recognising what models write when they are lazy. */

#include "agent/elision.h"

enum { CUT_PARTS_MAX = 50 };

static Bytes trimmed(Bytes b)
{
    while (b.size && (unsigned char)b.data[0] <= ' ')
        b = (Bytes){b.data + 1, b.size - 1};
    while (b.size && (unsigned char)b.data[b.size - 1] <= ' ')
        b.size--;
    return b;
}

static bool take(Bytes *b, const char *prefix)
{
    size_t size = strlen(prefix);

    if (b->size < size || memcmp(b->data, prefix, size) != 0)
        return false;
    *b = trimmed((Bytes){b->data + size, b->size - size});
    return true;
}

static bool take_end(Bytes *b, const char *suffix)
{
    size_t size = strlen(suffix);

    if (b->size < size || memcmp(b->data + b->size - size, suffix, size) != 0)
        return false;
    *b = trimmed((Bytes){b->data, b->size - size});
    return true;
}

static bool take_comment(Bytes *b)
{
    static const char *const opens[] = {"//", "#", "--", ";", "%", "/*", "{/*", "<!--", "(*"};
    static const char *const closes[] = {"*/}", "*/", "-->", "*)"};
    bool opened = false;

    for (size_t i = 0; i < COUNT_OF(opens) && !opened; i++)
        opened = take(b, opens[i]);
    for (size_t i = 0; i < COUNT_OF(closes) && opened; i++)
        if (take_end(b, closes[i]))
            break;
    return opened;
}

static bool take_dots(Bytes *b)
{
    bool any = false;

    while (take(b, "...") || take(b, "\xE2\x80\xA6"))
        any = true;
    return any;
}

static bool take_end_dots(Bytes *b)
{
    bool any = false;

    while (take_end(b, "...") || take_end(b, "\xE2\x80\xA6"))
        any = true;
    return any;
}

bool line_elides(Bytes line)
{
    Bytes rest = trimmed(line);

    take_comment(&rest);
    return take_dots(&rest) && !rest.size;
}

bool line_stands_for_code(Bytes line)
{
    static const char *const phrases[] = {
        "existing code",    "rest of",   "remaining code", "remains unchanged",
        "remain unchanged", "unchanged", "same as before", "previous code",
        "other code",       "omitted",   "no changes",     "keep the rest",
    };
    Bytes rest = trimmed(line);
    bool comment = take_comment(&rest);
    bool before = take_dots(&rest);
    bool after = take_end_dots(&rest);

    if (!rest.size)
        return before && comment;
    if (!before && !after)
        return false;
    if (!comment && !(before && after))
        return false;
    if (rest.size > 80)
        return false;
    char words[81] = {0};
    for (size_t i = 0; i < rest.size; i++)
        words[i] =
            rest.data[i] >= 'A' && rest.data[i] <= 'Z' ? (char)(rest.data[i] + 32) : rest.data[i];
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (strstr(words, phrases[i]))
            return true;
    return false;
}

static size_t elisions(const LineList *lines)
{
    size_t count = 0;

    EACH (const Line, line, lines)
        count += line_elides(line->text);
    return count;
}

/* The lines from *at up to the next "...", which is stepped over. */
static Bytes part(Scope *s, const LineList *lines, size_t *at)
{
    Buffer b = buffer_in(s);

    while (*at < lines->count && !line_elides(lines->items[*at].text)) {
        buffer_bytes(&b, lines->items[(*at)++].text);
        buffer_char(&b, '\n');
    }
    (*at)++;
    return buffer_view(&b);
}

bool edit_cut(Scope *s, const Edit *edit, EditList *out)
{
    LineList old_lines = lines_of(s, edit->find);
    LineList new_lines = lines_of(s, edit->replace);
    size_t count = elisions(&old_lines);
    size_t old_at = 0;
    size_t new_at = 0;

    if (!count || count > CUT_PARTS_MAX || count != elisions(&new_lines))
        return false;
    for (size_t i = 0; i <= count; i++) {
        Bytes find = part(s, &old_lines, &old_at);
        Bytes replace = part(s, &new_lines, &new_at);
        if (bytes_equal(find, replace))
            continue;
        Edit *one = list_add(s, out);
        *one = *edit;
        one->find = find;
        one->replace = replace;
        one->lines = true;
        one->at_end = edit->at_end && i == count;
    }
    return out->count > 0;
}
