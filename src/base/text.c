/* Text and bytes: looking, comparing, cutting. */

#include "base/text.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

Bytes bytes_of(const char *t)
{
    return (Bytes){t ? t : "", t ? strlen(t) : 0};
}

Bytes bytes_copy(Scope *s, Bytes bytes)
{
    char *copy = scope_alloc(s, bytes.size + 1);

    if (bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    return (Bytes){copy, bytes.size};
}

bool bytes_equal(Bytes a, Bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool bytes_equal_secretly(Bytes a, Bytes b)
{
    unsigned char differ = a.size != b.size;

    for (size_t i = 0; i < a.size && i < b.size; i++)
        differ |= (unsigned char)(a.data[i] ^ b.data[i]);
    return !differ;
}

ptrdiff_t bytes_find(Bytes hay, Bytes needle, size_t from)
{
    if (from > hay.size)
        return -1;
    if (!needle.size)
        return (ptrdiff_t)from;
    const char *at = memmem(hay.data + from, hay.size - from, needle.data, needle.size);
    return at ? at - hay.data : -1;
}

bool bytes_line(Bytes *rest, Bytes *line)
{
    if (!rest->size)
        return false;
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    size_t used = end ? size + 1 : size;
    *line = (Bytes){rest->data, size};
    *rest = (Bytes){rest->data + used, rest->size - used};
    return true;
}

const char *text_v(Scope *s, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    char *out = scope_alloc(s, (size_t)(size > 0 ? size : 0) + 1);
    if (size > 0)
        vsnprintf(out, (size_t)size + 1, format, again);
    va_end(again);
    return out;
}

const char *text(Scope *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *out = text_v(s, format, args);
    va_end(args);
    return out;
}

const char *text_copy(Scope *s, const char *t)
{
    return t ? scope_copy(s, t, strlen(t) + 1) : NULL;
}

const char *text_of(Scope *s, Bytes bytes)
{
    return bytes_copy(s, (Bytes){bytes.data, bytes.size ? strnlen(bytes.data, bytes.size) : 0}).data;
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_empty(const char *t)
{
    return !t || !*t;
}

bool text_starts(const char *t, const char *prefix)
{
    return strncmp(t, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *t, const char *suffix)
{
    size_t size = strlen(t), wanted = strlen(suffix);

    return size >= wanted && strcmp(t + size - wanted, suffix) == 0;
}

const char *text_trim(Scope *s, const char *t)
{
    t += strspn(t, " \t\r\n\v\f");
    size_t size = strlen(t);
    while (size && strchr(" \t\r\n\v\f", t[size - 1]))
        size--;
    return text_of(s, (Bytes){t, size});
}

const char *text_lower(Scope *s, const char *t)
{
    char *out = scope_copy(s, t, strlen(t) + 1);

    for (char *c = out; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
    return out;
}

const char *text_join(Scope *s, const TextList *parts, const char *between)
{
    Buffer b = buffer_in(s);

    EACH (const char *, part, parts) {
        if (part != parts->items)
            buffer_text(&b, between);
        buffer_text(&b, *part);
    }
    return buffer_string(&b);
}

TextList text_split(Scope *s, const char *t, char at)
{
    TextList parts = {0};

    for (;;) {
        const char *end = strchrnul(t, at);
        *list_add(s, &parts) = text_of(s, (Bytes){t, (size_t)(end - t)});
        if (!*end)
            return parts;
        t = end + 1;
    }
}

bool text_integer(const char *t, int64_t min, int64_t max, int64_t *out)
{
    char *end;

    if (text_empty(t) || strspn(t, "-0123456789") != strlen(t))
        return false;
    errno = 0;
    long long value = strtoll(t, &end, 10);
    if (errno || *end || value < min || value > max)
        return false;
    *out = value;
    return true;
}

bool text_matches(const char *t, const char *pattern)
{
    return fnmatch(pattern, t, 0) == 0;
}

const char *text_head(Scope *s, const char *t, size_t count)
{
    size_t seen = 0, i = 0;

    for (; t[i]; i++)
        if (((unsigned char)t[i] & 0xc0) != 0x80 && seen++ == count)
            return text(s, "%.*s...", (int)i, t);
    return text_copy(s, t);
}
