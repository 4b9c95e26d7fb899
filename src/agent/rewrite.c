/* Guards against a rewrite that is only a part of the file. */

#include "agent/rewrite.h"

#include "agent/align.h"
#include "agent/draft.h"
#include "agent/elision.h"

static bool has_line(const LineList *lines, Bytes line)
{
    EACH (const Line, one, lines)
        if (bytes_equal(one->text, line))
            return true;
    return false;
}

const char *placeholder_in(Scope *s, const Document *d, Bytes text_, Bytes find)
{
    LineList lines = lines_of(s, text_);
    LineList found = lines_of(s, find);

    EACH (const Line, line, &lines)
        if (line_stands_for_code(line->text) && !has_line(&d->lines, line->text) &&
            !has_line(&found, line->text))
            return text_of(s, line->text);
    return NULL;
}

static bool shrinks(size_t before, size_t after)
{
    return before >= SHRINK_LINES_LEAST && after < before &&
           (before - after) * 100 > before * SHRINK_PERCENT_MAX;
}

bool document_rewrite(Scope *s, Document *d, Bytes content, bool shrink, EditFault *fault)
{
    LineList lines = lines_of(s, content);
    const char *placeholder = d->lines.count ? placeholder_in(s, d, content, (Bytes){0}) : NULL;

    if (placeholder) {
        fault->kind = FAULT_ELIDED;
        fault->message =
            text(s,
                 "\"%s\" stands for lines that were left out. Write the whole file, or send "
                 "a replace edit of the changed part.",
                 text_trim(s, placeholder));
        return false;
    }
    if (!shrink && shrinks(d->lines.count, lines.count)) {
        fault->kind = FAULT_SHRUNK;
        fault->message =
            text(s,
                 "the file has %zu lines, the new content only %zu. If lines were left out, "
                 "write the whole file; if they are to go, send the same again.",
                 d->lines.count, lines.count);
        return false;
    }
    size_t front = lines_same_front(&d->lines, &lines);
    size_t back = lines_same_back(&d->lines, &lines, front);
    LineList middle = lines_part(&lines, front, lines.count - front - back);
    document_splice(s, d, front, d->lines.count - front - back, &middle);
    return true;
}
