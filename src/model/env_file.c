/* Settings files, read in one pass over their bytes. */

#include "model/env_file.h"

#include <ctype.h>

typedef struct Reader {
    Bytes bytes;
    size_t at;
    int line;
} Reader;

/* NUL at the end: valid UTF-8 here holds none. */
static char peek(const Reader *r)
{
    return r->at < r->bytes.size ? r->bytes.data[r->at] : '\0';
}

static bool at_line_end(const Reader *r)
{
    bool crlf = peek(r) == '\r' && r->at + 1 < r->bytes.size && r->bytes.data[r->at + 1] == '\n';
    return r->at >= r->bytes.size || peek(r) == '\n' || crlf;
}

static char take(Reader *r)
{
    char c = peek(r);

    r->at++;
    r->line += c == '\n';
    return c;
}

static void skip_blanks(Reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t')
        r->at++;
}

static void skip_line(Reader *r)
{
    while (r->at < r->bytes.size && take(r) != '\n')
        ;
}

static bool skip_word(Reader *r, const char *word)
{
    size_t size = strlen(word);

    if (r->bytes.size - r->at < size || memcmp(r->bytes.data + r->at, word, size) != 0)
        return false;
    r->at += size;
    return true;
}

static fallible read_name(Scope *s, Reader *r, const char **out)
{
    size_t start = r->at;

    while (isalnum((unsigned char)peek(r)) || peek(r) == '_')
        r->at++;
    size_t size = r->at - start;
    if (size == 0 || size > ENV_NAME_MAX || isdigit((unsigned char)r->bytes.data[start]))
        return fail(s, INVALID, "line %d does not begin with a name: write NAME=VALUE", r->line);
    *out = text_of(s, (Bytes){r->bytes.data + start, size});
    return OK;
}

/* The character behind a backslash inside double quotes; others keep their backslash. */
static void add_escaped(Buffer *b, char c)
{
    static const char names[] = "nrt\"\\$", meanings[] = "\n\r\t\"\\$";
    const char *found = c ? strchr(names, c) : NULL;

    if (!found)
        buffer_char(b, '\\');
    if (c)
        buffer_char(b, found ? meanings[found - names] : c);
}

static fallible read_quoted(Scope *s, Reader *r, const char **out)
{
    Buffer b = buffer_in(s);
    int first = r->line;
    char quote = take(r);

    while (peek(r) != quote) {
        if (r->at >= r->bytes.size)
            return fail(s, INVALID, "the %c of line %d is never closed", quote, first);
        if (peek(r) == '\r' && at_line_end(r))
            r->at++;
        char c = take(r);
        if (c == '\\' && quote == '"' && r->at < r->bytes.size)
            add_escaped(&b, take(r));
        else
            buffer_char(&b, c);
    }
    r->at++;
    skip_blanks(r);
    if (!at_line_end(r) && peek(r) != '#')
        return fail(s, INVALID, "line %d goes on behind its closing %c", r->line, quote);
    *out = buffer_string(&b);
    return OK;
}

/* Up to the end of the line, or to a '#' behind a blank; without blanks at its end. */
static const char *read_bare(Scope *s, Reader *r)
{
    size_t start = r->at, end = r->at;
    bool blank = true;

    while (!at_line_end(r) && !(peek(r) == '#' && blank)) {
        char c = take(r);
        blank = c == ' ' || c == '\t';
        if (!blank)
            end = r->at;
    }
    return text_of(s, (Bytes){r->bytes.data + start, end - start});
}

static fallible read_value(Scope *s, Reader *r, const char **out)
{
    if (peek(r) == '"' || peek(r) == '\'')
        return read_quoted(s, r, out);
    *out = read_bare(s, r);
    return OK;
}

static fallible read_entry(Scope *s, Reader *r, EnvEntry *out)
{
    EnvEntry entry = {.line = r->line};
    Reader before = *r;

    if (skip_word(r, "export") && peek(r) != ' ' && peek(r) != '\t')
        *r = before;
    skip_blanks(r);
    TRY(read_name(s, r, &entry.name));
    skip_blanks(r);
    if (peek(r) != '=')
        return fail(s, INVALID, "line %d has no '=' behind its name: write NAME=VALUE", r->line);
    r->at++;
    skip_blanks(r);
    TRY(read_value(s, r, &entry.value));
    skip_line(r);
    *out = entry;
    return OK;
}

fallible env_file_parse(Scope *s, Bytes bytes, EnvEntryList *out)
{
    Reader r = {bytes, 0, 1};

    if (!utf8_valid(bytes))
        return fail(s, INVALID, "it is not UTF-8 text");
    skip_word(&r, "\xef\xbb\xbf");
    while (r.at < bytes.size) {
        skip_blanks(&r);
        if (at_line_end(&r) || peek(&r) == '#') {
            skip_line(&r);
            continue;
        }
        EnvEntry entry;
        TRY(read_entry(s, &r, &entry));
        *list_add(s, out) = entry;
    }
    return OK;
}

const EnvEntry *env_entry_find(const EnvEntryList *entries, const char *name)
{
    for (size_t i = entries->count; i > 0; i--)
        if (text_equal(entries->items[i - 1].name, name))
            return &entries->items[i - 1];
    return NULL;
}
