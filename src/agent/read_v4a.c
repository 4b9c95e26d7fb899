/* The patch form of OpenAI's models (codex-rs/apply-patch):
 *
 *     *** Begin Patch
 *     *** Add File: p          then lines with +
 *     *** Delete File: p
 *     *** Update File: p       then [*** Move to: q] and hunks: @@ [a line above], lines with
 *     *** End Patch            space, - or +, [*** End of File] */

#include "agent/reading.h"

typedef struct Patch {
    Scope *s;
    Reading *r;
    size_t at;
    const char *path;
} Patch;

static bool marker(Bytes line, const char *name, Bytes *rest)
{
    if (!line_starts(line, "*** ") || !line_starts((Bytes){line.data + 4, line.size - 4}, name))
        return false;
    size_t size = 4 + strlen(name);
    *rest = line_trimmed((Bytes){line.data + size, line.size - size});
    return true;
}

static bool any_marker(Bytes line)
{
    return line_starts(line, "*** ");
}

static bool file_marker(Bytes line)
{
    Bytes rest;

    return marker(line, "Add File:", &rest) || marker(line, "Delete File:", &rest) ||
           marker(line, "Update File:", &rest);
}

static bool more(const Patch *p)
{
    Bytes line = line_at(p->r, p->at);

    bool fence = line.size && line.data[0] != ' ' && line_fence(line);

    return p->at < p->r->lines.count && !any_marker(line) && !fence;
}

/* A model that forgets the + in front of every line still means them all. */
static void read_add(Patch *p)
{
    Edit *edit = reading_edit(p->s, p->r->out, EDIT_CREATE, p->path);
    Buffer content = buffer_in(p->s);
    bool tagged = line_starts(line_at(p->r, p->at), "+");

    for (; p->at < p->r->lines.count && !any_marker(line_at(p->r, p->at)); p->at++) {
        Bytes line = line_at(p->r, p->at);
        if (tagged && !line_starts(line, "+"))
            break;
        buffer_add(&content, line.data + tagged, line.size - tagged);
        buffer_char(&content, '\n');
    }
    if (edit)
        edit->replace = buffer_view(&content);
}

static void body_line(HunkText *hunk, Bytes line)
{
    if (!line.size)
        hunk_line(hunk, 0, line);
    else if (strchr(" +-", line.data[0]))
        hunk_line(hunk, line.data[0], (Bytes){line.data + 1, line.size - 1});
    else
        hunk_line(hunk, ' ', line);
}

static void read_hunk(Patch *p)
{
    HunkText hunk = hunk_text(p->s);
    Bytes anchor = {0};
    Bytes rest;

    for (; line_starts(line_at(p->r, p->at), "@@"); p->at++) {
        Bytes line = line_at(p->r, p->at);
        anchor = line_trimmed((Bytes){line.data + 2, line.size - 2});
    }
    for (; more(p) && !line_starts(line_at(p->r, p->at), "@@"); p->at++)
        body_line(&hunk, line_at(p->r, p->at));
    bool at_end = marker(line_at(p->r, p->at), "End of File", &rest);
    p->at += at_end;
    if (!hunk.any)
        return;
    Edit *edit = reading_edit(p->s, p->r->out, EDIT_REPLACE, p->path);
    if (!edit)
        return;
    hunk_edit(&hunk, edit);
    edit->anchor = anchor.size ? text_of(p->s, anchor) : NULL;
    edit->at_end = at_end || (!edit->find.size && !anchor.size);
}

static void read_update(Patch *p)
{
    size_t before = p->r->out->edits.count;
    const char *move = NULL;
    Bytes rest;

    if (marker(line_at(p->r, p->at), "Move to:", &rest)) {
        move = text_of(p->s, rest);
        p->at++;
    }
    while (more(p)) {
        size_t start = p->at;
        read_hunk(p);
        if (p->at == start)
            p->at++;
    }
    if (p->r->out->edits.count == before && !move)
        reading_fault(p->s, p->r->out, p->path, "the update has no lines with - or +.");
    Edit *edit = move ? reading_edit(p->s, p->r->out, EDIT_RENAME, p->path) : NULL;
    if (edit)
        edit->new_path = move;
}

static void read_file(Patch *p)
{
    Bytes line = line_at(p->r, p->at++);
    Bytes path;

    if (marker(line, "Delete File:", &path)) {
        (void)reading_edit(p->s, p->r->out, EDIT_DELETE, text_of(p->s, path));
    } else if (marker(line, "Add File:", &path)) {
        p->path = text_of(p->s, path);
        read_add(p);
    } else if (marker(line, "Update File:", &path)) {
        p->path = text_of(p->s, path);
        read_update(p);
    }
}

bool reading_v4a(Scope *s, Reading *r)
{
    Patch p = {.s = s, .r = r};
    bool any = false;
    Bytes rest;

    while (p.at < r->lines.count) {
        size_t start = p.at;
        if (file_marker(line_at(r, p.at))) {
            read_file(&p);
            any = true;
        } else if (marker(line_at(r, p.at), "Begin Patch", &rest) ||
                   marker(line_at(r, p.at), "End Patch", &rest)) {
            p.at++;
        } else {
            p.at++;
            continue;
        }
        reading_take(r, start, p.at);
    }
    return any;
}
