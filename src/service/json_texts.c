/* A JSON array of texts. */

#include "service/json_texts.h"

enum {
    HEX_DIGITS = 4,
    HIGH_FIRST = 0xd800, /* surrogates, RFC 8259, section 7 */
    LOW_FIRST = 0xdc00,
    LOW_LAST = 0xdfff,
    REPLACEMENT = 0xfffd,
};

static void skip_space(Bytes *rest)
{
    while (rest->size && (*rest->data == ' ' || *rest->data == '\t' || *rest->data == '\r' ||
                          *rest->data == '\n'))
        *rest = (Bytes){rest->data + 1, rest->size - 1};
}

static bool skip(Bytes *rest, char c)
{
    skip_space(rest);
    if (!rest->size || *rest->data != c)
        return false;
    *rest = (Bytes){rest->data + 1, rest->size - 1};
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "uXXXX" at the front; -1 when it is not. */
static long unit_at(Bytes rest)
{
    long unit = 0;

    if (rest.size < 1 + HEX_DIGITS || *rest.data != 'u')
        return -1;
    for (size_t i = 1; i <= HEX_DIGITS; i++) {
        int d = digit(rest.data[i]);
        if (d < 0)
            return -1;
        unit = unit * 16 + d;
    }
    return unit;
}

static void add_utf8(Buffer *out, long c)
{
    unsigned u = (unsigned)c;

    if (u < 0x80) {
        buffer_char(out, (char)u);
    } else if (u < 0x800) {
        buffer_char(out, (char)(0xc0 | u >> 6));
        buffer_char(out, (char)(0x80 | (u & 0x3f)));
    } else if (u < 0x10000) {
        buffer_char(out, (char)(0xe0 | u >> 12));
        buffer_char(out, (char)(0x80 | (u >> 6 & 0x3f)));
        buffer_char(out, (char)(0x80 | (u & 0x3f)));
    } else {
        buffer_char(out, (char)(0xf0 | u >> 18));
        buffer_char(out, (char)(0x80 | (u >> 12 & 0x3f)));
        buffer_char(out, (char)(0x80 | (u >> 6 & 0x3f)));
        buffer_char(out, (char)(0x80 | (u & 0x3f)));
    }
}

/* The character of "uXXXX" or of a pair of them; false when it is no such. */
static bool add_unit(Bytes *rest, Buffer *out)
{
    long high = unit_at(*rest), low = -1;
    size_t used = 1 + HEX_DIGITS;

    if (high < 0)
        return false;
    if (high >= HIGH_FIRST && high < LOW_FIRST && rest->size > used && rest->data[used] == '\\')
        low = unit_at((Bytes){rest->data + used + 1, rest->size - used - 1});
    if (low >= LOW_FIRST && low <= LOW_LAST) {
        high = 0x10000 + (high - HIGH_FIRST) * 0x400 + (low - LOW_FIRST);
        used += 2 + HEX_DIGITS;
    } else if (high >= HIGH_FIRST && high <= LOW_LAST) {
        high = REPLACEMENT;
    }
    add_utf8(out, high);
    *rest = (Bytes){rest->data + used, rest->size - used};
    return true;
}

/* What stands behind a backslash. */
static bool add_escape(Bytes *rest, Buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *place;

    if (!rest->size)
        return false;
    if (*rest->data == 'u')
        return add_unit(rest, out);
    place = *rest->data ? strchr(from, *rest->data) : NULL;
    if (!place)
        return false;
    buffer_char(out, to[place - from]);
    *rest = (Bytes){rest->data + 1, rest->size - 1};
    return true;
}

static bool add_text(Bytes *rest, Buffer *out)
{
    if (!skip(rest, '"'))
        return false;
    for (;;) {
        size_t plain = 0;
        while (plain < rest->size && rest->data[plain] != '"' && rest->data[plain] != '\\')
            plain++;
        if (plain == rest->size)
            return false;
        buffer_add(out, rest->data, plain);
        char stop = rest->data[plain];
        *rest = (Bytes){rest->data + plain + 1, rest->size - plain - 1};
        if (stop == '"')
            return true;
        if (!add_escape(rest, out))
            return false;
    }
}

static bool at_end(Bytes *rest)
{
    skip_space(rest);
    return !rest->size;
}

bool json_texts_join(Bytes json, Buffer *out)
{
    bool first = true;

    if (!skip(&json, '['))
        return false;
    if (skip(&json, ']'))
        return at_end(&json);
    do {
        if (!first)
            buffer_char(out, '\n');
        first = false;
        if (!add_text(&json, out))
            return false;
    } while (skip(&json, ','));
    return skip(&json, ']') && at_end(&json);
}
