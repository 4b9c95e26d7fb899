/* Whole files: a code fence with the path above it, or in its first line.
 *
 *     ### src/greet.py          ```python title="src/greet.py"
 *     ```python                 …
 *     …                         ```
 *     ``` */

#include "agent/reading.h"

/* The path in a fence's info: "python:src/a.py", "src/a.py", "python title=\"src/a.py\"". */
static const char *info_path(Scope *s, Bytes line)
{
    Bytes info = line_trimmed(line);

    while (info.size && (info.data[0] == '`' || info.data[0] == '~'))
        info = (Bytes){info.data + 1, info.size - 1};
    while (info.size) {
        const char *blank = memchr(info.data, ' ', info.size);
        Bytes word = {info.data, blank ? (size_t)(blank - info.data) : info.size};
        const char *sign = memchr(word.data, '=', word.size);
        if (!sign)
            sign = memchr(word.data, ':', word.size);
        if (sign)
            word = (Bytes){sign + 1, word.size - (size_t)(sign + 1 - word.data)};
        const char *path = line_path(s, word);
        if (path)
            return path;
        info = blank ? line_trimmed((Bytes){blank, info.size - (size_t)(blank - info.data)})
                     : (Bytes){0};
    }
    return NULL;
}

static bool bare_fence(Bytes line, char c, size_t least)
{
    Bytes b = line_trimmed(line);

    if (line_fence(line) < least || !b.size || b.data[0] != c)
        return false;
    for (size_t i = 0; i < b.size; i++)
        if (b.data[i] != c)
            return false;
    return true;
}

/* The line that closes the fence opened at open. In Markdown files, fences with a language open
 * inner ones that the next bare fence closes. */
static size_t fence_close(const Reading *r, size_t open, bool nests)
{
    size_t run = line_fence(line_at(r, open));
    char c = line_trimmed(line_at(r, open)).data[0];
    size_t depth = 0;
    size_t at = open + 1;

    for (; at < r->lines.count; at++) {
        Bytes line = line_at(r, at);
        if (bare_fence(line, c, run)) {
            if (!depth)
                return at;
            depth--;
        } else if (nests && line_fence(line) == run) {
            depth++;
        }
    }
    return at;
}

static const char *above_path(Scope *s, const Reading *r, size_t open, size_t *head)
{
    for (size_t n = 1; n <= 2 && n <= open; n++) {
        Bytes line = line_at(r, open - n);
        if (!line_trimmed(line).size)
            continue;
        *head = open - n;
        return r->taken[open - n] || line_fence(line) ? NULL : line_path(s, line);
    }
    return NULL;
}

static void file_add(Scope *s, Reading *r, const char *path, size_t open, size_t close)
{
    Buffer b = buffer_in(s);

    if (close >= r->lines.count) {
        reading_fault(
            s, r->out, path,
            "the code fence of this file has no end, so the file may be cut off. Send it again, "
            "whole.");
        return;
    }
    for (size_t i = open + 1; i < close; i++) {
        buffer_bytes(&b, line_at(r, i));
        buffer_char(&b, '\n');
    }
    Edit *edit = reading_edit(s, r->out, EDIT_REWRITE, path);
    if (edit)
        edit->replace = buffer_view(&b);
}

bool reading_whole(Scope *s, Reading *r)
{
    bool any = false;

    for (size_t at = 0; at < r->lines.count; at++) {
        if (r->taken[at] || !line_fence(line_at(r, at)))
            continue;
        size_t head = at;
        const char *path = info_path(s, line_at(r, at));
        if (!path)
            path = above_path(s, r, at, &head);
        size_t close = fence_close(r, at, path && text_ends(path, ".md"));
        if (path) {
            file_add(s, r, path, at, close);
            reading_take(r, head, close + 1);
            any = true;
        }
        at = close;
    }
    return any;
}
