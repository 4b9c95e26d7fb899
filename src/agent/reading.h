/* A text answer while its edits are being read: lines, which of them a form has taken, and what was
 * found so far. What no form takes is prose. */
#pragma once

#include "agent/document.h"
#include "agent/edits.h"

typedef struct Reading {
    LineList lines;
    bool *taken; /* one a line */
    EditAnswer *out;
} Reading;

/* Each adds the edits of its form and marks their lines; false when there were none, good or bad. */
bool reading_v4a(Scope *s, Reading *r);
bool reading_blocks(Scope *s, Reading *r);
bool reading_diff(Scope *s, Reading *r);
bool reading_whole(Scope *s, Reading *r);
/* JSON anywhere in the text. */
bool reading_json(Scope *s, Bytes text, EditAnswer *out);

void reading_take(Reading *r, size_t first, size_t end);
void reading_fault(Scope *s, EditAnswer *out, const char *path, const char *message);
/* A new edit, or NULL (with a fault, once) when there are too many. */
Edit *reading_edit(Scope *s, EditAnswer *out, EditOp op, const char *path);

Bytes line_at(const Reading *r, size_t at);
bool line_starts(Bytes line, const char *prefix);
Bytes line_trimmed(Bytes line);
/* The run of fence characters that begins the line (three or more ` or ~), or 0. */
size_t line_fence(Bytes line);
/* What a line such as "### `src/a.c`:" or "File: src/a.c" names, or NULL when it is no path. */
const char *line_path(Scope *s, Bytes line);

/* A diff's hunk as it is read, line by line. */
typedef struct HunkText {
    Buffer old_text;
    Buffer new_text;
    size_t old_lines;
    size_t new_lines;
    size_t pending; /* empty lines that are context only if more follows */
    char last;      /* tag of the last line */
    bool any;
} HunkText;

HunkText hunk_text(Scope *s);
/* tag: ' ', '-', '+'; '\\' takes the end of the last line away; 0 is an empty line. */
void hunk_line(HunkText *h, char tag, Bytes line);
/* The edit of what was read; false when the hunk was empty. */
bool hunk_edit(HunkText *h, Edit *out);
