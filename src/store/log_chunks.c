/* Log text cut into chunks. */

#include "store/log_chunks.h"

typedef struct Cutter {
    Scope *s;
    size_t most;
    Buffer open;
    int64_t lines; /* in the open chunk */
    LogChunkList *out;
} Cutter;

static void chunk_close(Cutter *c)
{
    if (!c->lines)
        return;
    *list_add(c->s, c->out) = (LogChunk){buffer_string(&c->open), c->lines};
    c->open = buffer_in(c->s);
    c->lines = 0;
}

/* A line that fits into a chunk of its own. */
static void chunk_add(Cutter *c, Bytes line)
{
    if (c->lines && c->open.size + 1 + line.size > c->most)
        chunk_close(c);
    if (c->lines)
        buffer_char(&c->open, '\n');
    buffer_bytes(&c->open, line);
    c->lines++;
}

/* The longest start of the line that is no longer than most and ends with a whole character. */
static size_t head_size(Bytes line, size_t most)
{
    size_t size = most;

    while (size && ((unsigned char)line.data[size] & 0xc0) == 0x80)
        size--;
    return size ? size : most;
}

void log_chunks(Scope *s, Bytes lines, size_t most, LogChunkList *out)
{
    Bytes rest = bytes_of(text_clean(s, lines, NULL)), line;
    Cutter cutter = {s, most, buffer_in(s), 0, out};

    while (bytes_line(&rest, &line)) {
        while (line.size > most) {
            size_t size = head_size(line, most);
            chunk_add(&cutter, (Bytes){line.data, size});
            line = (Bytes){line.data + size, line.size - size};
        }
        chunk_add(&cutter, line);
    }
    chunk_close(&cutter);
}
