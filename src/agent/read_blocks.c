/* Search/replace blocks, as Aider asks for them:
 *
 *     src/greet.py
 *     ```python
 *     <<<<<<< SEARCH
 *     old lines
 *     =======
 *     new lines
 *     >>>>>>> REPLACE
 *     ```
 *
 * The path may also stand in the fence's line, behind SEARCH, or be that of the block before. */

#include "agent/reading.h"

enum { HEAD_LINES = 4 }; /* how far above a block its path may stand */

typedef struct Blocks {
    Scope *s;
    Reading *r;
    const char *path; /* of the block before */
    size_t before;    /* first line behind it */
} Blocks;

/* The length of the run of c that begins the line, if it is 5 to 9; what follows is in *rest. */
static size_t mark(Bytes line, char c, Bytes *rest)
{
    size_t run = 0;

    while (run < line.size && line.data[run] == c)
        run++;
    *rest = line_trimmed((Bytes){line.data + run, line.size - run});
    return run >= 5 && run <= 9 ? run : 0;
}

static bool opens(Bytes line, Bytes *rest)
{
    return mark(line, '<', rest) &&
           (line_starts(*rest, "SEARCH") || line_starts(*rest, "ORIGINAL"));
}

static bool divides(Bytes line)
{
    Bytes rest;

    return mark(line, '=', &rest) && !rest.size;
}

static bool closes(Bytes line)
{
    Bytes rest;

    return mark(line, '>', &rest) &&
           (line_starts(rest, "REPLACE") || line_starts(rest, "UPDATED") || !rest.size);
}

static const char *fence_path(Scope *s, Bytes line)
{
    Bytes info = line_trimmed(line);
    const char *last_blank = NULL;

    while (info.size && (info.data[0] == '`' || info.data[0] == '~'))
        info = (Bytes){info.data + 1, info.size - 1};
    info = line_trimmed(info);
    last_blank = memrchr(info.data, ' ', info.size);
    if (last_blank)
        info = (Bytes){last_blank + 1, info.size - (size_t)(last_blank + 1 - info.data)};
    return info.size ? line_path(s, info) : NULL;
}

static const char *head_path(Blocks *b, size_t open, Bytes behind_search, size_t *head)
{
    const char *path = behind_search.size ? line_path(b->s, behind_search) : NULL;

    *head = open;
    for (size_t n = 1; n <= HEAD_LINES && n <= open && open - n >= b->before && !path; n++) {
        Bytes line = line_at(b->r, open - n);
        path = line_fence(line) ? fence_path(b->s, line) : line_path(b->s, line);
        if (path || line_fence(line))
            *head = open - n;
        if (!path && line_trimmed(line).size && !line_fence(line))
            break;
    }
    return path ? path : b->path;
}

static Bytes joined(Scope *s, const Reading *r, size_t first, size_t end)
{
    Buffer b = buffer_in(s);

    for (size_t i = first; i < end; i++) {
        buffer_bytes(&b, line_at(r, i));
        buffer_char(&b, '\n');
    }
    return buffer_view(&b);
}

static size_t seek(const Reading *r, size_t from, bool (*is)(Bytes line))
{
    Bytes rest;

    while (from < r->lines.count && !is(line_at(r, from)) && !opens(line_at(r, from), &rest))
        from++;
    return from;
}

static void block_add(Blocks *b, const char *path, Bytes find, Bytes replace)
{
    if (!path) {
        reading_fault(b->s, b->r->out, NULL,
                      "the search/replace block has no path. Write the path of the file, alone, "
                      "in the line above the block.");
        return;
    }
    Edit *edit = reading_edit(b->s, b->r->out, EDIT_REPLACE, path);
    if (!edit)
        return;
    edit->find = find;
    edit->replace = replace;
    edit->lines = true;
}

/* Returns the first line behind the block. */
static size_t read_block(Blocks *b, size_t open, Bytes behind_search)
{
    size_t head;
    const char *path = head_path(b, open, behind_search, &head);
    size_t middle = seek(b->r, open + 1, divides);
    size_t close = middle;

    while (close < b->r->lines.count && divides(line_at(b->r, close)))
        close = seek(b->r, close + 1, closes);
    size_t end = close + 1;
    if (close >= b->r->lines.count || !closes(line_at(b->r, close))) {
        reading_fault(b->s, b->r->out, path,
                      "the search/replace block has no end. It needs a line ======= and a line "
                      ">>>>>>> REPLACE.");
        end = close > open ? close : open + 1;
    } else {
        block_add(b, path, joined(b->s, b->r, open + 1, middle),
                  joined(b->s, b->r, middle + 1, close));
    }
    if (line_fence(line_at(b->r, end)))
        end++;
    reading_take(b->r, head, end);
    b->path = path;
    b->before = end;
    return end;
}

bool reading_blocks(Scope *s, Reading *r)
{
    Blocks b = {.s = s, .r = r};
    bool any = false;
    Bytes rest;

    for (size_t at = 0; at < r->lines.count;) {
        if (r->taken[at] || !opens(line_at(r, at), &rest)) {
            at++;
            continue;
        }
        Bytes behind = {rest.data + 6, rest.size > 6 ? rest.size - 6 : 0};
        at = read_block(&b, at, line_starts(rest, "SEARCH") ? line_trimmed(behind) : (Bytes){0});
        any = true;
    }
    return any;
}
