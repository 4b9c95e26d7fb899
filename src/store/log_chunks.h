/* Log text cut into chunks of whole lines, as they are stored. */
#pragma once

#include "base/list.h"
#include "base/text.h"

typedef struct LogChunk {
    const char *data; /* lines with LF between */
    int64_t line_count;
} LogChunk;

typedef LIST_OF(LogChunk) LogChunkList;

/* Valid UTF-8 without NUL, at most `most` bytes a chunk (at least 4); a line longer than that goes on
 * in the next line. A LF at the end begins no line. */
void log_chunks(Scope *s, Bytes lines, size_t most, LogChunkList *out);
