/* Files as lines, and back without losing a byte. */

#include "agent/document.h"

static const char bom_mark[3] = {(char)0xEF, (char)0xBB, (char)0xBF};

static void line_add(Scope *s, LineList *list, Bytes text, bool ended)
{
    bool cr = ended && text.size && text.data[text.size - 1] == '\r';

    if (cr)
        text.size--;
    *list_add(s, list) = (Line){text, !ended ? END_NONE : cr ? END_CRLF : END_LF};
}

static LineList lines_read(Scope *s, Bytes content)
{
    LineList lines = {0};

    while (content.size) {
        const char *lf = memchr(content.data, '\n', content.size);
        size_t size = lf ? (size_t)(lf - content.data) : content.size;
        line_add(s, &lines, (Bytes){content.data, size}, lf != NULL);
        size_t taken = size + (lf != NULL);
        content = (Bytes){content.data + taken, content.size - taken};
    }
    return lines;
}

static LineEnd frequent_end(const LineList *lines)
{
    size_t lf = 0;
    size_t crlf = 0;

    EACH (const Line, line, lines) {
        lf += line->end == END_LF;
        crlf += line->end == END_CRLF;
    }
    return crlf > lf ? END_CRLF : END_LF;
}

void document_read(Scope *s, Bytes content, Document *out)
{
    bool bom =
        content.size >= sizeof bom_mark && memcmp(content.data, bom_mark, sizeof bom_mark) == 0;

    if (bom)
        content = (Bytes){content.data + sizeof bom_mark, content.size - sizeof bom_mark};
    LineList lines = lines_read(s, content);
    *out = (Document){bom, frequent_end(&lines), lines};
}

static void end_add(Buffer *b, LineEnd end)
{
    if (end == END_CRLF)
        buffer_char(b, '\r');
    if (end != END_NONE)
        buffer_char(b, '\n');
}

Bytes document_bytes(Scope *s, const Document *d)
{
    Buffer b = buffer_in(s);

    if (d->bom)
        buffer_add(&b, bom_mark, sizeof bom_mark);
    EACH (const Line, line, &d->lines) {
        buffer_bytes(&b, line->text);
        end_add(&b, line->end);
    }
    return buffer_view(&b);
}

Bytes document_text(Scope *s, const Document *d)
{
    Buffer b = buffer_in(s);

    EACH (const Line, line, &d->lines) {
        buffer_bytes(&b, line->text);
        end_add(&b, line->end == END_NONE ? END_NONE : END_LF);
    }
    return buffer_view(&b);
}

LineList lines_of(Scope *s, Bytes text)
{
    LineList lines = lines_read(s, text);

    EACH (Line, line, &lines)
        line->end = END_NONE;
    return lines;
}

void document_splice(Scope *s, Document *d, size_t first, size_t count, const LineList *by)
{
    LineList *lines = &d->lines;
    bool ended = !lines->count || lines->items[lines->count - 1].end != END_NONE;
    size_t old_count = lines->count;
    size_t behind = old_count - first - count;

    for (size_t added = count; added < by->count; added++)
        list_add(s, lines);
    if (lines->count) {
        memmove(lines->items + first + by->count, lines->items + first + count,
                behind * sizeof(Line));
        if (by->count)
            memcpy(lines->items + first, by->items, by->count * sizeof(Line));
    }
    lines->count = old_count - count + by->count;
    for (size_t i = 0; i < first + by->count; i++)
        if (lines->items[i].end == END_NONE)
            lines->items[i].end = d->end;
    document_end(d, ended);
}

void document_end(Document *d, bool ended)
{
    if (!d->lines.count)
        return;
    Line *last = &d->lines.items[d->lines.count - 1];
    if (!ended)
        last->end = END_NONE;
    else if (last->end == END_NONE)
        last->end = d->end;
}
