/* How much room things take on disk. */
#pragma once

#include "base/error.h"

typedef struct TreeUse {
    int64_t bytes; /* blocks taken; a file with several names counts once for each */
    int64_t files;
    bool is_partial; /* the scope's time was over, or a directory could not be read */
} TreeUse;

/* Adds what lies at that path, a file or a directory with all below it on the same disk, links not
 * followed. What is not there adds nothing. */
fallible tree_measure(Scope *s, const char *path, TreeUse *use);
/* Bytes of the whole disk. */
fallible disk_total(Scope *s, const char *path, int64_t *out);
