/* Showing files, whole or in part. */

#include "agent/show.h"

#include "agent/document.h"
#include "agent/fence.h"
#include "llm/estimate.h"

ShowRange show_range(Scope *s, const char *asked)
{
    const char *colon = strrchr(asked, ':');
    const char *dash = colon ? strchr(colon, '-') : NULL;
    ShowRange range = {.path = text_copy(s, asked)};
    int64_t first;
    int64_t last;

    if (!colon || colon == asked)
        return range;
    const char *from =
        text_of(s, (Bytes){colon + 1, dash ? (size_t)(dash - colon - 1) : strlen(colon + 1)});
    if (!text_integer(from, 1, INT32_MAX, &first) ||
        !text_integer(dash ? dash + 1 : from, first, INT32_MAX, &last))
        return range;
    return (ShowRange){text_of(s, (Bytes){asked, (size_t)(colon - asked)}), first,
                       dash ? last : last + 200};
}

/* The lines from first on that fit; *last is the first one that does not. */
static Bytes lines_that_fit(Scope *s, const Document *d, size_t first, size_t *last, int64_t tokens)
{
    Buffer b = buffer_in(s);
    size_t at = first;

    for (; at < *last && at < d->lines.count; at++) {
        Bytes line = d->lines.items[at].text;
        tokens -= estimate_tokens(line) + 1;
        if (tokens < 0)
            break;
        buffer_bytes(&b, line);
        buffer_char(&b, '\n');
    }
    *last = at;
    return buffer_view(&b);
}

Shown show_file(Buffer *b, const ShowRange *range, Bytes content, int64_t tokens)
{
    SCOPE(tmp, b->s);
    bool lossy = false;
    Document d;

    if (content.size && memchr(content.data, 0, content.size))
        return (Shown){0};
    const char *clean = text_clean(tmp, content, &lossy);
    document_read(tmp, bytes_of(clean), &d);
    size_t first = range->first > 0 ? (size_t)range->first - 1 : 0;
    size_t last = range->first > 0 ? (size_t)range->last : d.lines.count;
    if (first >= d.lines.count && d.lines.count)
        return (Shown){0};
    size_t wanted = last < d.lines.count ? last : d.lines.count;
    Bytes shown = lines_that_fit(tmp, &d, first, &last, tokens);
    if (!shown.size && d.lines.count)
        return (Shown){0};
    buffer_format(b, "\n### %s", range->path);
    if (first > 0 || last < d.lines.count)
        buffer_format(b, " (lines %zu to %zu of %zu)", first + 1, last, d.lines.count);
    if (!d.lines.count)
        buffer_text(b, " (empty)");
    if (lossy)
        buffer_text(b, " (not UTF-8: only replace edits with plain ASCII are possible)");
    buffer_char(b, '\n');
    fence_add(b, "", shown);
    return (Shown){estimate_tokens(shown) + 20, last < wanted};
}
