/* File heads and hunk heads of unified diffs (git's documentation, "Generating patch text with -p"). */

#include "agent/diff_head.h"

enum { COUNT_DIGITS_MAX = 8 };

bool diff_file_starts(Bytes line, Bytes next)
{
    return line_starts(line, "diff --git ") ||
           (line_starts(line, "--- ") && line_starts(next, "+++ "));
}

static bool octal(Bytes b, size_t at)
{
    for (size_t i = at; i < at + 3; i++)
        if (i >= b.size || b.data[i] < '0' || b.data[i] > '7')
            return false;
    return true;
}

/* git quotes names with unusual bytes as C does. */
static const char *unquoted(Scope *s, Bytes b)
{
    static const char letters[] = "ntr\"\\";
    static const char meant[] = "\n\t\r\"\\";
    Buffer out = buffer_in(s);

    for (size_t i = 1; i < b.size && b.data[i] != '"'; i++) {
        const char *letter =
            b.data[i] == '\\' && i + 1 < b.size ? strchr(letters, b.data[i + 1]) : NULL;
        if (b.data[i] == '\\' && octal(b, i + 1)) {
            buffer_char(&out, (char)((b.data[i + 1] - '0') * 64 + (b.data[i + 2] - '0') * 8 +
                                     (b.data[i + 3] - '0')));
            i += 3;
        } else if (letter && *letter) {
            buffer_char(&out, meant[letter - letters]);
            i++;
        } else {
            buffer_char(&out, b.data[i]);
        }
    }
    return text_clean(s, buffer_view(&out), NULL);
}

/* The name behind a tag such as "--- ", without a date behind it. */
static const char *named(Scope *s, Bytes line, size_t tag)
{
    Bytes b = line_trimmed((Bytes){line.data + tag, line.size - tag});
    const char *tab = memchr(b.data, '\t', b.size);

    if (b.size && b.data[0] == '"')
        return unquoted(s, b);
    if (tab)
        b.size = (size_t)(tab - b.data);
    return text_of(s, line_trimmed(b));
}

static bool nothing(const char *name)
{
    return text_equal(name, "/dev/null");
}

/* a/ and b/ are prefixes only where both sides have their own. */
static void paths_set(Scope *s, const char *from, const char *to, DiffHead *out)
{
    bool a = text_starts(from, "a/") || nothing(from);
    bool b = text_starts(to, "b/") || nothing(to);

    out->creates = nothing(from);
    out->removes = nothing(to);
    if (a && b) {
        from += nothing(from) ? 0 : 2;
        to += nothing(to) ? 0 : 2;
    }
    out->path = text_copy(s, out->creates ? to : from);
    if (!out->creates && !out->removes && !text_equal(from, to))
        out->new_path = text_copy(s, to);
}

/* "diff --git a/x b/x": the two names are the same but for a rename, which has its own lines. */
static const char *git_name(Scope *s, Bytes line)
{
    Bytes b = {line.data + 11, line.size - 11};

    b = line_trimmed(b);
    if (b.size && b.data[0] == '"') {
        const char *name = unquoted(s, b);
        return text_starts(name, "a/") ? name + 2 : name;
    }
    size_t half = b.size / 2;
    if (b.size % 2 == 0 || b.data[half] != ' ')
        return NULL;
    Bytes name = {b.data, half};
    if (line_starts(name, "a/"))
        name = (Bytes){name.data + 2, name.size - 2};
    return text_of(s, name);
}

static bool extended(Bytes line)
{
    static const char *const starts[] = {"index ",
                                         "new file mode ",
                                         "deleted file mode ",
                                         "old mode ",
                                         "new mode ",
                                         "similarity index ",
                                         "dissimilarity index ",
                                         "rename from ",
                                         "rename to ",
                                         "copy from ",
                                         "copy to "};

    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (line_starts(line, starts[i]))
            return true;
    return false;
}

static size_t git_head(Scope *s, const Reading *r, size_t at, DiffHead *out)
{
    out->path = git_name(s, line_at(r, at++));
    for (; extended(line_at(r, at)); at++) {
        Bytes line = line_at(r, at);
        out->creates |= line_starts(line, "new file mode ");
        out->removes |= line_starts(line, "deleted file mode ");
        if (line_starts(line, "rename from "))
            out->path = named(s, line, 12);
        if (line_starts(line, "rename to "))
            out->new_path = named(s, line, 10);
    }
    return at;
}

size_t diff_head(Scope *s, const Reading *r, size_t at, DiffHead *out)
{
    *out = (DiffHead){0};
    if (line_starts(line_at(r, at), "diff --git "))
        at = git_head(s, r, at, out);
    if (!line_starts(line_at(r, at), "--- ") || !line_starts(line_at(r, at + 1), "+++ "))
        return at;
    DiffHead lines = {0};
    paths_set(s, named(s, line_at(r, at), 4), named(s, line_at(r, at + 1), 4), &lines);
    *out = lines;
    return at + 2;
}

/* ---- Hunks ---- */

static bool number(Bytes *b, size_t *out)
{
    size_t n = 0;

    *out = 0;
    while (n < b->size && n < COUNT_DIGITS_MAX && b->data[n] >= '0' && b->data[n] <= '9')
        *out = *out * 10 + (size_t)(b->data[n++] - '0');
    *b = (Bytes){b->data + n, b->size - n};
    return n > 0;
}

static bool literal(Bytes *b, char c)
{
    if (!b->size || b->data[0] != c)
        return false;
    *b = (Bytes){b->data + 1, b->size - 1};
    return true;
}

static bool range(Bytes *b, char sign, size_t *start, size_t *count)
{
    *count = 1;
    if (!literal(b, sign) || !number(b, start))
        return false;
    return !literal(b, ',') || number(b, count);
}

HunkHead hunk_head(Bytes line)
{
    Bytes b = line_trimmed((Bytes){line.data + 2, line.size - 2});
    ptrdiff_t close = bytes_find(b, BYTES("@@"), 0);
    HunkHead head = {0};
    size_t old_start = 0;
    size_t new_start = 0;

    if (close >= 0)
        head.anchor = line_trimmed((Bytes){b.data + close + 2, b.size - (size_t)close - 2});
    if (!range(&b, '-', &old_start, &head.old_count))
        return head;
    head.line = (int64_t)old_start;
    while (literal(&b, ' '))
        continue;
    head.counted = range(&b, '+', &new_start, &head.new_count);
    return head;
}
