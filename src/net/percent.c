/* Percent-encoding and query strings. */

#include "net/url.h"

#include <ctype.h>

static void add_encoded(Buffer *b, const char *t)
{
    for (const unsigned char *c = (const unsigned char *)t; *c; c++) {
        if (isalnum(*c) || strchr("-._~", *c))
            buffer_char(b, (char)*c);
        else
            buffer_format(b, "%%%02X", *c);
    }
}

const char *percent_encode(Scope *s, const char *t)
{
    Buffer b = buffer_in(s);

    add_encoded(&b, t);
    return buffer_string(&b);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static fallible decode(Scope *s, Bytes from, bool plus_is_space, const char **out)
{
    char *to = scope_alloc(s, from.size + 1);
    size_t size = 0;

    for (size_t i = 0; i < from.size; i++) {
        char c = from.data[i];
        if (c == '%') {
            int high = i + 2 < from.size ? hex_digit(from.data[i + 1]) : -1;
            int low = i + 2 < from.size ? hex_digit(from.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return fail(s, INVALID, "a percent sign must have two hex digits behind it");
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[size++] = c;
    }
    if (!utf8_valid((Bytes){to, size}))
        return fail(s, INVALID, "percent-encoded text must be UTF-8 without NUL");
    *out = to;
    return OK;
}

Error *percent_decode(Scope *s, Bytes bytes, const char **out)
{
    return decode(s, bytes, false, out);
}

static fallible parse_pair(Scope *s, Bytes part, PairList *pairs)
{
    const char *equals = memchr(part.data, '=', part.size);
    Bytes name = {part.data, equals ? (size_t)(equals - part.data) : part.size};
    Bytes value = equals ? (Bytes){equals + 1, part.size - name.size - 1} : (Bytes){"", 0};
    Pair pair;

    TRY(decode(s, name, true, &pair.name));
    TRY(decode(s, value, true, &pair.value));
    *list_add(s, pairs) = pair;
    return OK;
}

Error *query_parse(Scope *s, Bytes query, PairList *out)
{
    PairList pairs = {0};
    size_t from = 0;

    while (from < query.size) {
        const char *at = query.data + from;
        const char *end = memchr(at, '&', query.size - from);
        size_t size = end ? (size_t)(end - at) : query.size - from;
        if (pairs.count == QUERY_PAIRS_MAX)
            return fail(s, INVALID, "a query may have at most %d parameters", QUERY_PAIRS_MAX);
        if (size)
            TRY(parse_pair(s, (Bytes){at, size}, &pairs));
        from += size + 1;
    }
    *out = pairs;
    return OK;
}

void query_add(Buffer *b, const char *name, const char *value)
{
    if (b->size)
        buffer_char(b, '&');
    add_encoded(b, name);
    buffer_char(b, '=');
    add_encoded(b, value);
}
