/* File names in patches. */

#include "git/patch_name.h"

#include "git/patch.h"

/* Letter behind a backslash, and what it stands for (git's quote.c). */
static const char escapes[][2] = {{'a', '\a'}, {'b', '\b'}, {'t', '\t'}, {'n', '\n'}, {'v', '\v'},
                                  {'f', '\f'}, {'r', '\r'}, {'"', '"'},  {'\\', '\\'}};

static bool octal(const char *p, const char *end, char *out)
{
    if (end - p < 3 || p[0] < '0' || p[0] > '3' || p[1] < '0' || p[1] > '7' || p[2] < '0' ||
        p[2] > '7')
        return false;
    *out = (char)((p[0] - '0') << 6 | (p[1] - '0') << 3 | (p[2] - '0'));
    return true;
}

/* Reads what follows a backslash at *p; moves behind it. */
static bool unescape(const char **p, const char *end, char *out)
{
    if (*p == end)
        return false;
    for (size_t i = 0; i < COUNT_OF(escapes); i++)
        if (escapes[i][0] == **p) {
            *out = escapes[i][1];
            (*p)++;
            return true;
        }
    if (!octal(*p, end, out))
        return false;
    *p += 3;
    return *out != '\0';
}

bool patch_unquote(Scope *s, Bytes *rest, const char **out)
{
    const char *p = rest->data, *end = p + rest->size;
    Buffer b = buffer_in(s);

    if (p == end || *p++ != '"')
        return false;
    while (p < end && *p != '"') {
        char c = *p++;
        if (c == '\0' || (c == '\\' && !unescape(&p, end, &c)))
            return false;
        buffer_char(&b, c);
    }
    if (p == end)
        return false;
    p++;
    *rest = (Bytes){p, (size_t)(end - p)};
    *out = buffer_string(&b);
    return true;
}

/* Without its first component, which says the side; whole when it has none. */
static const char *without_side(const char *name)
{
    return (name[0] == 'a' || name[0] == 'b') && name[1] == '/' ? name + 2 : name;
}

static Bytes without_cr(Bytes line)
{
    if (line.size && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

bool patch_plain_name(Scope *s, Bytes line, const char **name)
{
    line = without_cr(line);
    if (line.size && line.data[0] == '"') {
        const char *whole;
        bool fits = patch_unquote(s, &line, &whole) && line.size == 0 && *whole;
        if (fits)
            *name = whole;
        return fits;
    }
    if (line.size == 0 || memchr(line.data, '\0', line.size))
        return false;
    *name = text_of(s, line);
    return true;
}

bool patch_side_name(Scope *s, Bytes line, const char **name, bool *absent)
{
    const char *whole;

    line = without_cr(line);
    if (line.size && line.data[0] == '"') {
        if (!patch_unquote(s, &line, &whole))
            return false;
    } else {
        const char *tab = memchr(line.data, '\t', line.size);
        if (!patch_plain_name(s, tab ? (Bytes){line.data, (size_t)(tab - line.data)} : line,
                              &whole))
            return false;
    }
    *absent = text_equal(whole, "/dev/null");
    *name = without_side(whole);
    return **name != '\0';
}

/* "a/NAME b/NAME" without quotes: both names are the same, or a header names them. */
static bool equal_halves(Scope *s, Bytes line, const char **name)
{
    size_t half = line.size / 2;

    if (line.size % 2 == 0 || line.data[half] != ' ' || memchr(line.data, '\0', line.size))
        return false;
    const char *left = without_side(text_of(s, (Bytes){line.data, half}));
    const char *right = without_side(text_of(s, (Bytes){line.data + half + 1, half}));
    *name = left;
    return *left && text_equal(left, right);
}

bool patch_head_names(Scope *s, Bytes line, const char **old_name, const char **new_name)
{
    const char *left, *right;
    line = without_cr(line);

    if (line.size && line.data[0] == '"') {
        if (!patch_unquote(s, &line, &left) || line.size < 2 || line.data[0] != ' ')
            return false;
        line = (Bytes){line.data + 1, line.size - 1};
        if (!patch_plain_name(s, line, &right))
            return false;
    } else if (line.size && line.data[line.size - 1] == '"') {
        const char *quote = memchr(line.data, '"', line.size);
        Bytes tail = {quote, line.size - (size_t)(quote - line.data)};
        if (quote - line.data < 2 || quote[-1] != ' ' || !patch_plain_name(s, tail, &right))
            return false;
        left = text_of(s, (Bytes){line.data, (size_t)(quote - line.data) - 1});
    } else {
        if (!equal_halves(s, line, &left))
            return false;
        *old_name = *new_name = left;
        return true;
    }
    left = without_side(left);
    right = without_side(right);
    if (!*left || !*right)
        return false;
    *old_name = left;
    *new_name = right;
    return true;
}

static bool needs_quotes(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7F || *p == '"' || *p == '\\')
            return true;
    return false;
}

static void quote_char(Buffer *b, char c)
{
    for (size_t i = 0; i < COUNT_OF(escapes); i++)
        if (escapes[i][1] == c) {
            buffer_char(b, '\\');
            buffer_char(b, escapes[i][0]);
            return;
        }
    if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7F)
        buffer_format(b, "\\%03o", (unsigned char)c);
    else
        buffer_char(b, c);
}

void patch_quote(Buffer *b, const char *prefix, const char *name)
{
    bool quotes = needs_quotes(name);

    if (quotes)
        buffer_char(b, '"');
    buffer_text(b, prefix);
    for (; *name; name++)
        quote_char(b, *name);
    if (quotes)
        buffer_char(b, '"');
}
