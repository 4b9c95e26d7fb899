/* Unified diffs as git writes them: one FileDiff a file. Pure.
 *
 * Sections begin at "diff --git"; extended headers, quoted names, "/dev/null" and the line counts
 * of hunks are honoured, so that removed lines beginning with "--" and added ones with "++" are
 * neither taken for headers nor miscounted. A plain diff ("--- a" and "+++ b" without "diff --git") is
 * understood as well.
 */
#pragma once

#include "base/table.h"

enum {
    PATCH_BYTES_MAX = 64 << 20,
    PATCH_FILES_MAX = 20 * 1000,
};

typedef enum FileStatus {
    FILE_ADDED = 1,
    FILE_MODIFIED,
    FILE_DELETED,
    FILE_RENAMED,
    FILE_MODE, /* only the mode changed */
} FileStatus;

extern const Name file_status_names[]; /* added modified deleted renamed mode */

typedef struct FileDiff {
    const char *path;     /* bytes; the old one when deleted */
    const char *old_path; /* of a rename; else NULL */
    FileStatus status;
    int64_t added_lines;
    int64_t removed_lines;
    bool binary;
    bool omitted;      /* over a limit: patch is empty, lines are not counted */
    unsigned old_mode; /* 0: did not exist, or not said */
    unsigned new_mode;
    Bytes patch; /* the section, with its final newline */
} FileDiff;

typedef LIST_OF(FileDiff) FileDiffList;

/* The patches point into bytes. INVALID with the line number for a broken hunk or header; text before
 * the first section is skipped. */
fallible patch_parse(Scope *s, Bytes bytes, FileDiffList *out);
/* A name in quotes, C style with octal escapes (git's core.quotePath); false when broken. Takes it
 * off the front of *rest. */
bool patch_unquote(Scope *s, Bytes *rest, const char **out);
