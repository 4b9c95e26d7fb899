/* Finding the place in Markdown, line by line (CommonMark 4.2 headings, 4.5 fences, 4.6 comments). */

#include "service/pulls_block.h"

#include <strings.h>

#define BEGIN "<!-- dursor:begin -->"
#define END   "<!-- dursor:end -->"

/* ---- Marks ---- */

static void drop_mark_at_end(Buffer *b, Bytes mark)
{
    if (b->size < mark.size || memcmp(b->data + b->size - mark.size, mark.data, mark.size) != 0)
        return;
    b->size -= mark.size;
    b->data[b->size] = 0;
}

/* Neither mark is left, not even one that stood around another. */
static const char *without_marks(Scope *s, const char *t)
{
    Buffer b = buffer_in(s);

    for (; *t; t++) {
        buffer_char(&b, *t);
        drop_mark_at_end(&b, BYTES(BEGIN));
        drop_mark_at_end(&b, BYTES(END));
    }
    return buffer_string(&b);
}

static const char *block_of(Scope *s, const char *content)
{
    const char *plain = text_trim(s, without_marks(s, content));

    return text(s, BEGIN "\n%s\n" END, plain);
}

/* ---- Lines ---- */

typedef struct Line {
    size_t at, size; /* with its line feed */
    int level;       /* of a heading; 0: none */
} Line;

typedef LIST_OF(Line) LineParts;

/* "```" or "~~~", indented by at most three blanks. */
static char fence_of(Bytes line)
{
    size_t i = 0;

    while (i < line.size && i < 3 && line.data[i] == ' ')
        i++;
    if (line.size - i < 3 || (line.data[i] != '`' && line.data[i] != '~'))
        return 0;
    return line.data[i + 1] == line.data[i] && line.data[i + 2] == line.data[i] ? line.data[i] : 0;
}

static int level_of(Bytes line)
{
    size_t i = 0, marks = 0;

    while (i < line.size && i < 3 && line.data[i] == ' ')
        i++;
    while (i + marks < line.size && line.data[i + marks] == '#')
        marks++;
    if (marks < 1 || marks > 6)
        return 0;
    bool ends = i + marks == line.size;
    return ends || strchr(" \t\r", line.data[i + marks]) ? (int)marks : 0;
}

/* Whether a comment is open behind the line. */
static bool comment_after(Bytes line, bool open)
{
    size_t at = 0;

    for (;;) {
        ptrdiff_t next = bytes_find(line, open ? BYTES("-->") : BYTES("<!--"), at);
        if (next < 0)
            return open;
        at = (size_t)next + 3;
        open = !open;
    }
}

/* Headings within fences and comments are none. */
static LineParts lines_of(Scope *s, const char *document)
{
    Bytes all = bytes_of(document), rest = all, line;
    bool comment = false;
    LineParts out = {0};
    char fence = 0;

    while (bytes_line(&rest, &line)) {
        Line *part = list_add(s, &out);
        part->at = (size_t)(line.data - all.data);
        part->size = (size_t)(rest.data - line.data);
        char mark = comment ? 0 : fence_of(line);
        if (mark && (!fence || fence == mark)) {
            fence = fence ? 0 : mark;
            continue;
        }
        if (fence)
            continue;
        part->level = comment ? 0 : level_of(line);
        comment = comment_after(line, comment);
    }
    return out;
}

/* ---- The section ---- */

static bool letter(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Emoji, variation selectors and dingbats lead and follow a name: bytes F0, EF B8, E2. */
static size_t ornament(const char *t)
{
    unsigned char c = (unsigned char)t[0];

    if (c && !letter(c))
        return 1;
    if (c == 0xf0)
        return strnlen(t, 4);
    return c == 0xe2 || (c == 0xef && (unsigned char)t[1] == 0xb8) ? strnlen(t, 3) : 0;
}

static bool named(const char *heading, const char *name)
{
    size_t size = strlen(name);

    while (ornament(heading))
        heading += ornament(heading);
    if (strncasecmp(heading, name, size) != 0)
        return false;
    return !heading[size] || ornament(heading + size);
}

static bool of_summary(Scope *s, const char *document, const Line *line)
{
    static const char *const names[] = {"Summary", "Description", "概要", "説明"};
    const char *heading = text_of(s, (Bytes){document + line->at, line->size});

    for (size_t i = 0; line->level && i < COUNT_OF(names); i++)
        if (named(heading, names[i]))
            return true;
    return false;
}

/* The section's text without its comments, which told people what to write there. */
static const char *without_comments(Scope *s, Bytes section)
{
    const char *t = text_of(s, section);
    Buffer b = buffer_in(s);

    for (const char *at; (at = strstr(t, "<!--")) != NULL;) {
        const char *end = strstr(at, "-->");
        if (!end)
            break;
        buffer_add(&b, t, (size_t)(at - t));
        t = end + 3;
    }
    buffer_text(&b, t);
    return buffer_string(&b);
}

static size_t skip_blank(const char *t)
{
    return strspn(t, " \t\r\n");
}

/* Behind the heading and before what people wrote or nested there. */
static const char *put_in_section(Scope *s, const char *document, const LineParts *lines, size_t at,
                                  const char *block)
{
    size_t start = lines->items[at].at + lines->items[at].size, next = at + 1;
    size_t end = strlen(document);

    while (next < lines->count && !lines->items[next].level)
        next++;
    if (next < lines->count)
        end = lines->items[next].at;
    const char *kept = without_comments(s, (Bytes){document + start, end - start});
    const char *text_left = kept + skip_blank(kept);
    Buffer b = buffer_in(s);
    buffer_add(&b, document, start);
    if (start && document[start - 1] != '\n')
        buffer_char(&b, '\n');
    buffer_format(&b, "\n%s\n", block);
    if (*text_left)
        buffer_format(&b, "\n%s", text_left);
    else if (document[end])
        buffer_char(&b, '\n');
    buffer_text(&b, document + end);
    return buffer_string(&b);
}

/* Where YAML front matter ends; 0 without one. */
static size_t front_matter(const char *document)
{
    Bytes all = bytes_of(document), rest = all, line;
    bool first = true;

    while (bytes_line(&rest, &line)) {
        bool mark = line.size >= 3 && memcmp(line.data, "---", 3) == 0 &&
                    strspn(line.data + 3, " \t\r") >= line.size - 3;
        if (first && !mark)
            return 0;
        if (!first && mark)
            return (size_t)(rest.data - all.data);
        first = false;
    }
    return 0;
}

static const char *put_at_top(Scope *s, const char *document, const char *block)
{
    size_t head = front_matter(document);
    const char *rest = document + head;

    return text(s, "%.*s%s\n%s%s", (int)head, document, block, *rest && *rest != '\n' ? "\n" : "",
                rest);
}

static const char *replace(Scope *s, const char *document, const char *from, const char *block)
{
    const char *end = strstr(from, END);

    return text(s, "%.*s%s%s", (int)(from - document), document, block, end + strlen(END));
}

const char *pull_block_put(Scope *s, const char *document, const char *content)
{
    const char *block = block_of(s, content), *begin = strstr(document, BEGIN);

    if (begin && strstr(begin, END))
        return replace(s, document, begin, block);
    /* A lone mark is what is left of a block that somebody took apart. */
    document = without_marks(s, document);
    LineParts lines = lines_of(s, document);
    for (size_t i = 0; i < lines.count; i++)
        if (of_summary(s, document, &lines.items[i]))
            return put_in_section(s, document, &lines, i, block);
    return put_at_top(s, document, block);
}
