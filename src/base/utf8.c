/* UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing over U+10FFFF. */

#include <wchar.h>

#include "base/text.h"

/* Bytes of the valid character at the front; 0 when there is none. *code gets the character. */
static size_t character(const unsigned char *at, size_t size, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xc2 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf5 ? 4
                                   : 0;

    if (!length || length > size)
        return 0;
    uint32_t c = length == 1 ? at[0] : at[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3f);
    }
    if (c < least[length] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
        return 0;
    *code = c;
    return length;
}

bool utf8_valid(Bytes bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    uint32_t code;

    for (size_t i = 0; i < bytes.size;) {
        size_t length = character(at + i, bytes.size - i, &code);
        if (!length || !code)
            return false;
        i += length;
    }
    return true;
}

const char *text_clean(Scope *s, Bytes bytes, bool *lossy)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    bool lost = false;
    uint32_t code;

    if (utf8_valid(bytes)) {
        if (lossy)
            *lossy = false;
        return bytes_copy(s, bytes).data;
    }
    Buffer b = buffer_in(s);
    for (size_t i = 0; i < bytes.size;) {
        size_t length = character(at + i, bytes.size - i, &code);
        if (length && code) {
            buffer_add(&b, at + i, length);
        } else {
            buffer_text(&b, "\xef\xbf\xbd");
            lost = true;
        }
        i += length ? length : 1;
    }
    if (lossy)
        *lossy = lost;
    return buffer_string(&b);
}

/* East Asian wide and emoji ranges, enough to line up a table; combining marks count nothing. */
static size_t columns(uint32_t c)
{
    static const struct {
        uint32_t from, to;
        size_t columns;
    } ranges[] = {
        {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200f, 0}, {0x2e80, 0x303e, 2},
        {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2}, {0xfe00, 0xfe0f, 0},
        {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2}, {0x1f300, 0x1f64f, 2},
        {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
    };

    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return ranges[i].columns;
    return c >= ' ' && c != 0x7f;
}

size_t utf8_columns(const char *t)
{
    size_t size = strlen(t), total = 0;
    uint32_t code = 0;

    for (size_t i = 0; i < size;) {
        size_t length = character((const unsigned char *)t + i, size - i, &code);
        total += length ? columns(code) : 1;
        i += length ? length : 1;
    }
    return total;
}
