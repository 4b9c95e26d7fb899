/* Files as a model is shown them: their exact text in a fence, LF as line end. */
#pragma once

#include "agent/code.h"

enum {
    SHOW_FILE_BYTES_MAX = 2 << 20, /* a larger file is not shown at all */
};

/* "src/a.c" or "src/a.c:120-180". */
typedef struct ShowRange {
    const char *path;
    int64_t first; /* line, from 1; 0: the whole file */
    int64_t last;
} ShowRange;

ShowRange show_range(Scope *s, const char *asked);

/* Adds a heading and the lines, as many as fit into tokens, and says what is left out. Returns about
 * how many tokens that took; 0, and nothing is added, when the file is no text or nothing fits. */
int64_t show_file(Buffer *b, const ShowRange *range, Bytes content, int64_t tokens);
