/* The fence's length is decided by what is inside. */

#include "agent/fence.h"

enum { FENCE_LEAST = 4 }; /* one more than what models write by themselves */

static size_t longest_run(Bytes text)
{
    size_t longest = 0;
    size_t run = 0;

    for (size_t i = 0; i < text.size; i++) {
        run = text.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void ticks_add(Buffer *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_char(b, '`');
}

void fence_add(Buffer *b, const char *info, Bytes text)
{
    size_t longest = longest_run(text);
    size_t ticks = longest < FENCE_LEAST ? FENCE_LEAST : longest + 1;

    ticks_add(b, ticks);
    buffer_text(b, info);
    buffer_char(b, '\n');
    buffer_bytes(b, text);
    if (text.size && text.data[text.size - 1] != '\n')
        buffer_char(b, '\n');
    ticks_add(b, ticks);
    buffer_char(b, '\n');
}
