/* Unified diffs as models write them. Counts are ignored but to tell prose from context, line
 * numbers only break ties, a line without a tag is context that lost its space, and a/ b/ may be
 * missing. What is decided by content is decided in agent/place.h. */

#include "agent/reading.h"

#include "agent/diff_head.h"

typedef struct Diff {
    Scope *s;
    Reading *r;
    size_t at;
    DiffHead head; /* of the current file */
} Diff;

static bool hunk_starts(Bytes line)
{
    return line_starts(line, "@@");
}

static bool file_starts(const Diff *d, size_t at)
{
    return diff_file_starts(line_at(d->r, at), line_at(d->r, at + 1));
}

/* An end that is not a diff's: the fence around it, or prose when the counts are used up. */
static bool prose(const Diff *d, const HunkText *h, const HunkHead *head)
{
    Bytes line = line_at(d->r, d->at);

    if (!line.size || strchr(" +-\\", line.data[0]))
        return false;
    if (line.data[0] == '`' && line_fence(line))
        return true;
    return head->counted && h->old_lines >= head->old_count && h->new_lines >= head->new_count;
}

static void body_line(HunkText *h, Bytes line)
{
    if (!line.size)
        hunk_line(h, 0, line);
    else if (strchr(" +-\\", line.data[0]))
        hunk_line(h, line.data[0], (Bytes){line.data + 1, line.size - 1});
    else
        hunk_line(h, ' ', line);
}

static void read_hunk(Diff *d)
{
    HunkHead head = hunk_head(line_at(d->r, d->at++));
    HunkText hunk = hunk_text(d->s);

    for (; d->at < d->r->lines.count; d->at++) {
        Bytes line = line_at(d->r, d->at);
        if (hunk_starts(line) || file_starts(d, d->at) || prose(d, &hunk, &head))
            break;
        body_line(&hunk, line);
    }
    if (!hunk.any)
        return;
    if (!d->head.path) {
        reading_fault(d->s, d->r->out, NULL,
                      "the diff has no --- and +++ lines that name the file.");
        return;
    }
    Edit *edit = reading_edit(d->s, d->r->out, EDIT_REPLACE, d->head.path);
    if (!edit)
        return;
    hunk_edit(&hunk, edit);
    edit->line_hint = head.line;
    edit->anchor = head.anchor.size ? text_of(d->s, head.anchor) : NULL;
}

/* Lines between the file's head and its first hunk are skipped: index, modes, blanks. */
static void read_hunks(Diff *d)
{
    while (d->at < d->r->lines.count) {
        if (hunk_starts(line_at(d->r, d->at)))
            read_hunk(d);
        else
            break;
    }
}

static void creation(Diff *d, size_t first)
{
    EditList *edits = &d->r->out->edits;

    if (edits->count == first) {
        (void)reading_edit(d->s, d->r->out, EDIT_CREATE, d->head.path);
        return;
    }
    for (size_t i = first; i < edits->count; i++)
        edits->items[i].op = EDIT_CREATE;
}

static void read_file(Diff *d)
{
    size_t first = d->r->out->edits.count;
    size_t faults = d->r->out->faults.count;

    d->at = diff_head(d->s, d->r, d->at, &d->head);
    if (!d->head.path) {
        reading_fault(d->s, d->r->out, NULL, "the head of this part of the diff names no file.");
        d->head = (DiffHead){0};
        return;
    }
    if (d->head.removes) {
        while (d->at < d->r->lines.count && !file_starts(d, d->at) &&
               !line_fence(line_at(d->r, d->at)) &&
               (hunk_starts(line_at(d->r, d->at)) || line_starts(line_at(d->r, d->at), "-") ||
                line_starts(line_at(d->r, d->at), "\\")))
            d->at++;
        (void)reading_edit(d->s, d->r->out, EDIT_DELETE, d->head.path);
        return;
    }
    read_hunks(d);
    if (d->head.creates && d->r->out->faults.count == faults)
        creation(d, first);
    Edit *edit = d->head.new_path ? reading_edit(d->s, d->r->out, EDIT_RENAME, d->head.path) : NULL;
    if (edit)
        edit->new_path = d->head.new_path;
}

bool reading_diff(Scope *s, Reading *r)
{
    Diff d = {.s = s, .r = r};
    bool any = false;

    while (d.at < r->lines.count) {
        size_t start = d.at;
        if (r->taken[start]) {
            d.at++;
            continue;
        }
        if (file_starts(&d, start))
            read_file(&d);
        else if (hunk_starts(line_at(r, start)))
            read_hunk(&d);
        else {
            d.at++;
            continue;
        }
        any = true;
        reading_take(r, start, d.at);
    }
    return any;
}
