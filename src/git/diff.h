/* What differs between two commits, as a patch that `git apply` takes byte for byte.
 *
 * Renames are found (also with changes), binary files carry git's binary patch, modes and missing
 * newlines at the end are kept, names are quoted as git does.
 */
#pragma once

#include "git/objects.h"
#include "git/patch.h"

enum {
    DIFF_FILES_MAX = 10 * 1000,
    DIFF_FILE_BYTES_MAX =
        8 << 20,               /* a file larger than this, on either side, is named and omitted */
    DIFF_BYTES_MAX = 64 << 20, /* the whole patch; files beyond it are named and omitted */
};

typedef struct DiffLimits { /* 0: as above */
    size_t files;
    size_t file_bytes;
    size_t bytes;
} DiffLimits;

typedef struct DiffResult {
    FileDiffList files; /* by path */
    Bytes patch;        /* all sections */
    int64_t added_lines;
    int64_t removed_lines;
    bool complete; /* false: some file was omitted, the patch does not give the whole change */
} DiffResult;

typedef struct DiffRange {
    const char *from; /* commit; NULL: the empty tree */
    const char *to;
    DiffLimits limits;
} DiffRange;

/* TOO_LARGE over the number of files. A file whose contents are missing, and not fetched (git_open_path), is
 * named and omitted. */
fallible git_diff_between(Scope *s, GitRepo *repo, const DiffRange *range, DiffResult *out);
