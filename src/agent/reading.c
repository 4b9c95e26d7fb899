/* What the forms have in common. */

#include "agent/reading.h"

void reading_take(Reading *r, size_t first, size_t end)
{
    for (size_t i = first; i < end && i < r->lines.count; i++)
        r->taken[i] = true;
}

void reading_fault(Scope *s, EditAnswer *out, const char *path, const char *message)
{
    if (out->faults.count < EDIT_FAULTS_MAX)
        *list_add(s, &out->faults) =
            (EditFault){FAULT_FORM, (int64_t)out->edits.count + 1, path, message};
}

Edit *reading_edit(Scope *s, EditAnswer *out, EditOp op, const char *path)
{
    if (out->edits.count == EDITS_MAX) {
        if (!out->faults.count || out->faults.items[out->faults.count - 1].kind != FAULT_LIMIT)
            *list_add(s, &out->faults) = (EditFault){
                FAULT_LIMIT, EDITS_MAX + 1, NULL,
                text(s,
                     "one answer may hold %d edits; those after it were not read. Send them next.",
                     EDITS_MAX)};
        return NULL;
    }
    Edit *edit = list_add(s, &out->edits);
    edit->op = op;
    edit->path = path;
    return edit;
}

Bytes line_at(const Reading *r, size_t at)
{
    return at < r->lines.count ? r->lines.items[at].text : (Bytes){0};
}

bool line_starts(Bytes line, const char *prefix)
{
    size_t size = strlen(prefix);

    return line.size >= size && memcmp(line.data, prefix, size) == 0;
}

Bytes line_trimmed(Bytes line)
{
    while (line.size && (unsigned char)line.data[0] <= ' ')
        line = (Bytes){line.data + 1, line.size - 1};
    while (line.size && (unsigned char)line.data[line.size - 1] <= ' ')
        line.size--;
    return line;
}

size_t line_fence(Bytes line)
{
    size_t indent = 0;
    size_t run = 0;

    while (indent < line.size && indent < 3 && line.data[indent] == ' ')
        indent++;
    char c = indent < line.size ? line.data[indent] : 0;
    if (c != '`' && c != '~')
        return 0;
    while (indent + run < line.size && line.data[indent + run] == c)
        run++;
    return run >= 3 ? run : 0;
}

/* ---- Paths in headings ---- */

static bool strip_word(Bytes *b, const char *word)
{
    size_t size = strlen(word);

    if (b->size <= size || strncasecmp(b->data, word, size) != 0)
        return false;
    *b = line_trimmed((Bytes){b->data + size, b->size - size});
    return true;
}

static void strip_numbering(Bytes *b)
{
    size_t n = 0;

    while (n < b->size && b->data[n] >= '0' && b->data[n] <= '9')
        n++;
    if (n && n + 1 < b->size && (b->data[n] == '.' || b->data[n] == ')') && b->data[n + 1] == ' ')
        *b = line_trimmed((Bytes){b->data + n + 1, b->size - n - 1});
}

static bool decoration(char c)
{
    return c == '*' || c == '`' || c == '"' || c == '\'' || c == ':' || c == '#' || c == '>' ||
           c == '(' || c == ')';
}

static Bytes undecorated(Bytes b)
{
    while (b.size && (decoration(b.data[0]) || b.data[0] == ' '))
        b = (Bytes){b.data + 1, b.size - 1};
    while (b.size && (decoration(b.data[b.size - 1]) || b.data[b.size - 1] == ' '))
        b.size--;
    return b;
}

/* A name with an extension or a folder, or one of the few that have neither. */
static bool like_path(Bytes b, bool spaces)
{
    static const char *const plain[] = {"Makefile", "Dockerfile", "LICENSE", "README",
                                        "Gemfile",  "Rakefile",   "Procfile"};
    const char *dot = b.size ? memrchr(b.data, '.', b.size) : NULL;

    if (!b.size || b.size > EDIT_PATH_MAX || b.data[b.size - 1] == '.' ||
        memmem(b.data, b.size, "://", 3))
        return false;
    if (!spaces && memchr(b.data, ' ', b.size))
        return false;
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (bytes_equal(b, bytes_of(plain[i])))
            return true;
    return memchr(b.data, '/', b.size) || (dot && dot + 1 < b.data + b.size);
}

/* In a heading, the one name in backticks. */
static Bytes ticked(Bytes b)
{
    const char *open = memchr(b.data, '`', b.size);
    const char *end = b.data + b.size;
    const char *close = open ? memchr(open + 1, '`', (size_t)(end - open - 1)) : NULL;

    if (!close || memchr(close + 1, '`', (size_t)(end - close - 1)))
        return (Bytes){0};
    return (Bytes){open + 1, (size_t)(close - open - 1)};
}

const char *line_path(Scope *s, Bytes line)
{
    static const char *const words[] = {
        "file:",   "filename:", "file name:", "path:",   "filepath:", "file path:", "update:",
        "create:", "new file:", "modified:",  "update ", "create ",   "file "};
    Bytes b = line_trimmed(line);
    Bytes name = b.size && (b.data[0] == '#' || b.data[0] == '`' || b.data[0] == '*') ? ticked(b)
                                                                                      : (Bytes){0};

    if (name.size && like_path(name, true))
        return text_of(s, name);
    if (strip_word(&b, "- ") || strip_word(&b, "// ") || strip_word(&b, "<!-- "))
        b = undecorated(b);
    b = undecorated(b);
    strip_numbering(&b);
    b = undecorated(b);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strip_word(&b, words[i]))
            break;
    b = undecorated(b);
    return like_path(b, false) ? text_of(s, b) : NULL;
}

/* ---- Hunks ---- */

HunkText hunk_text(Scope *s)
{
    return (HunkText){.old_text = buffer_in(s), .new_text = buffer_in(s)};
}

static void ended_line(Buffer *b, size_t *count, Bytes line)
{
    buffer_bytes(b, line);
    buffer_char(b, '\n');
    (*count)++;
}

static void unend(Buffer *b)
{
    if (b->size && b->data[b->size - 1] == '\n')
        b->data[--b->size] = 0;
}

void hunk_line(HunkText *h, char tag, Bytes line)
{
    if (tag == 0) {
        h->pending++;
        return;
    }
    for (; h->pending; h->pending--) {
        ended_line(&h->old_text, &h->old_lines, (Bytes){0});
        ended_line(&h->new_text, &h->new_lines, (Bytes){0});
    }
    if (tag == '\\') {
        if (h->last != '+')
            unend(&h->old_text);
        if (h->last != '-')
            unend(&h->new_text);
        return;
    }
    if (tag != '+')
        ended_line(&h->old_text, &h->old_lines, line);
    if (tag != '-')
        ended_line(&h->new_text, &h->new_lines, line);
    h->last = tag;
    h->any = true;
}

bool hunk_edit(HunkText *h, Edit *out)
{
    if (!h->any)
        return false;
    out->find = buffer_view(&h->old_text);
    out->replace = buffer_view(&h->new_text);
    out->lines = true;
    out->hunk = true;
    return true;
}
