/* A growing run of bytes. */

#include <stdio.h>

#include "base/text.h"

enum { BUFFER_FIRST = 128 };

Buffer buffer_in(Scope *s)
{
    return (Buffer){.s = s};
}

static void room(Buffer *b, size_t more)
{
    size_t needed = b->size + more + 1;

    if (needed <= b->capacity)
        return;
    size_t capacity = b->capacity ? b->capacity : BUFFER_FIRST;
    while (capacity < needed)
        capacity *= 2;
    b->data = scope_grow(b->s, b->data, b->capacity, capacity);
    b->capacity = capacity;
}

void buffer_add(Buffer *b, const void *data, size_t size)
{
    room(b, size);
    if (size)
        memcpy(b->data + b->size, data, size);
    b->size += size;
    b->data[b->size] = 0;
}

void buffer_char(Buffer *b, char c)
{
    room(b, 1);
    b->data[b->size++] = c;
    b->data[b->size] = 0;
}

void buffer_text(Buffer *b, const char *t)
{
    buffer_add(b, t, strlen(t));
}

void buffer_bytes(Buffer *b, Bytes bytes)
{
    buffer_add(b, bytes.data, bytes.size);
}

void buffer_int(Buffer *b, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        digits[--at] = '-';
    buffer_add(b, digits + at, sizeof digits - at);
}

void buffer_format(Buffer *b, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size > 0) {
        room(b, (size_t)size);
        vsnprintf(b->data + b->size, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
}

void buffer_clear(Buffer *b)
{
    b->size = 0;
    if (b->data)
        b->data[0] = 0;
}

void buffer_drop(Buffer *b, size_t size)
{
    if (!size)
        return;
    memmove(b->data, b->data + size, b->size - size);
    b->size -= size;
    b->data[b->size] = 0;
}

Bytes buffer_view(const Buffer *b)
{
    return (Bytes){b->data ? b->data : "", b->size};
}

const char *buffer_string(Buffer *b)
{
    room(b, 0);
    return b->data;
}
