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

typedef struct Shown {
    int64_t tokens; /* taken, about; 0: nothing was added, since it is no text or nothing fits */
    bool cut;       /* not all lines asked for did fit */
} Shown;

/* Adds a heading and the lines, as many as fit into tokens, and says which of how many they are. */
Shown show_file(Buffer *b, const ShowRange *range, Bytes content, int64_t tokens);
