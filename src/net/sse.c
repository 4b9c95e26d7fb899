/* Reading event streams line by line, whatever the pieces, and writing frames. */

#include "net/sse.h"

enum { RETRY_MS_MAX = 24 * 60 * 60 * 1000 };

struct SseReader {
    Buffer line; /* of the line that is not complete yet */
    Buffer data; /* of the event so far, each line with its LF */
    Buffer event;
    Buffer id;
    bool has_id;
    bool after_cr;   /* an LF that follows belongs to the CR before it */
    bool first_line; /* a byte order mark may lead it */
    int64_t retry_ms;
    size_t max;
    SseTake *take;
    void *to;
};

SseReader *sse_reader(Scope *s, size_t max, SseTake *take, void *to)
{
    SseReader *r = NEW(s, SseReader);

    *r = (SseReader){.line = buffer_in(s),
                     .data = buffer_in(s),
                     .event = buffer_in(s),
                     .id = buffer_in(s),
                     .first_line = true,
                     .retry_ms = -1,
                     .max = max ? max : SSE_EVENT_MAX,
                     .take = take,
                     .to = to};
    return r;
}

static fallible dispatch(Scope *s, SseReader *r)
{
    if (!r->data.size) {
        buffer_clear(&r->event);
        return OK;
    }
    SCOPE(tmp, s);
    Bytes data = {r->data.data, r->data.size - 1};
    SseEvent event = {
        .event = r->event.size ? text_clean(tmp, buffer_view(&r->event), NULL) : "message",
        .data = text_clean(tmp, data, NULL),
        .id = r->has_id ? text_clean(tmp, buffer_view(&r->id), NULL) : NULL,
    };
    buffer_clear(&r->data);
    buffer_clear(&r->event);
    return r->take(tmp, r->to, &event);
}

static void set(Buffer *b, Bytes value)
{
    buffer_clear(b);
    buffer_bytes(b, value);
}

static void field(SseReader *r, Bytes name, Bytes value)
{
    if (bytes_equal(name, BYTES("data"))) {
        buffer_bytes(&r->data, value);
        buffer_char(&r->data, '\n');
    } else if (bytes_equal(name, BYTES("event"))) {
        set(&r->event, value);
    } else if (bytes_equal(name, BYTES("id")) &&
               (!value.size || !memchr(value.data, 0, value.size))) {
        set(&r->id, value);
        r->has_id = true;
    } else if (bytes_equal(name, BYTES("retry")) && value.size && value.size < 12) {
        char digits[12] = {0};
        memcpy(digits, value.data, value.size);
        int64_t ms;
        if (strspn(digits, "0123456789") == value.size &&
            text_integer(digits, 0, RETRY_MS_MAX, &ms))
            r->retry_ms = ms;
    }
}

static fallible take_line(Scope *s, SseReader *r)
{
    Bytes line = buffer_view(&r->line);

    if (r->first_line && line.size >= 3 && memcmp(line.data, "\xef\xbb\xbf", 3) == 0)
        line = (Bytes){line.data + 3, line.size - 3};
    r->first_line = false;
    if (!line.size)
        return dispatch(s, r);
    const char *colon = memchr(line.data, ':', line.size);
    if (colon == line.data)
        return OK; /* a comment */
    Bytes name = {line.data, colon ? (size_t)(colon - line.data) : line.size};
    Bytes value = colon ? (Bytes){colon + 1, line.size - name.size - 1} : (Bytes){"", 0};
    if (value.size && value.data[0] == ' ')
        value = (Bytes){value.data + 1, value.size - 1};
    field(r, name, value);
    return OK;
}

static fallible end_line(Scope *s, SseReader *r)
{
    TRY(take_line(s, r));
    buffer_clear(&r->line);
    return OK;
}

static const char *line_end(const char *from, const char *end)
{
    while (from < end && *from != '\n' && *from != '\r')
        from++;
    return from;
}

Error *sse_read(Scope *s, SseReader *r, Bytes bytes)
{
    const char *at = bytes.data, *end = at + bytes.size;

    while (at < end) {
        if (r->after_cr && *at == '\n')
            at++;
        r->after_cr = false;
        const char *stop = line_end(at, end);
        if (r->line.size + r->data.size + (size_t)(stop - at) > r->max)
            return fail(s, UPSTREAM, "an event of the stream is larger than %zu bytes", r->max);
        buffer_add(&r->line, at, (size_t)(stop - at));
        if (stop == end)
            return OK;
        r->after_cr = *stop == '\r';
        at = stop + 1;
        TRY(end_line(s, r));
    }
    return OK;
}

int64_t sse_retry_ms(const SseReader *r)
{
    return r->retry_ms;
}

const char *sse_last_id(const SseReader *r)
{
    return r->has_id ? buffer_view(&r->id).data : NULL;
}

static void write_field(Buffer *b, const char *name, const char *value)
{
    if (!value)
        return;
    buffer_format(b, "%s: ", name);
    for (; *value; value++)
        if (*value != '\n' && *value != '\r')
            buffer_char(b, *value);
    buffer_char(b, '\n');
}

void sse_write(Buffer *b, const char *event, const char *id, Bytes data)
{
    const char *at = data.data, *end = at + data.size;

    write_field(b, "event", event);
    write_field(b, "id", id);
    for (;;) {
        const char *stop = line_end(at, end);
        buffer_text(b, "data: ");
        buffer_add(b, at, (size_t)(stop - at));
        buffer_char(b, '\n');
        if (stop == end)
            break;
        at = stop + (*stop == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1);
    }
    buffer_char(b, '\n');
}

void sse_write_comment(Buffer *b, const char *comment)
{
    buffer_text(b, ":");
    for (; *comment; comment++)
        if (*comment != '\n' && *comment != '\r')
            buffer_char(b, *comment);
    buffer_text(b, "\n\n");
}
