/* What a unified diff says above its hunks. */
#pragma once

#include "agent/reading.h"

typedef struct DiffHead {
    const char *path;     /* the file at the base, or the new one; NULL when none was named */
    const char *new_path; /* when it is renamed */
    bool creates;         /* from /dev/null */
    bool removes;         /* to /dev/null */
} DiffHead;

typedef struct HunkHead {
    bool counted; /* the numbers are there */
    int64_t line; /* old start, from 1; 0: none */
    size_t old_count;
    size_t new_count;
    Bytes anchor; /* behind the second @@ */
} HunkHead;

/* "diff --git", or "--- x" followed by "+++ y". */
bool diff_file_starts(Bytes line, Bytes next);
/* Reads the head that begins at line at; returns the first line behind it. */
size_t diff_head(Scope *s, const Reading *r, size_t at, DiffHead *out);
/* "@@ -12,3 +12,4 @@ def f():", "@@ ... @@", "@@". */
HunkHead hunk_head(Bytes line);
