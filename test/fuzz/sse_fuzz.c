/* Event streams: the first byte cuts the rest into pieces, and the pieces must not matter. */

#include "net/sse.h"
#include "test/fuzz/fuzz.h"

enum { EVENT_MAX = 500 };

static Error *note(Scope *s, void *to, const SseEvent *event)
{
    (void)s;
    FUZZ_CHECK(utf8_valid(bytes_of(event->data)) && utf8_valid(bytes_of(event->event)));
    sse_write(to, event->event, event->id, bytes_of(event->data));
    return OK;
}

static const char *events_of(Scope *s, Bytes stream, size_t piece)
{
    Buffer b = buffer_in(s);
    SseReader *reader = sse_reader(s, EVENT_MAX, note, &b);
    Error *e = OK;

    for (size_t at = 0; at < stream.size && !e; at += piece) {
        size_t left = stream.size - at;
        e = sse_read(s, reader, (Bytes){stream.data + at, left < piece ? left : piece});
    }
    return e ? "" : buffer_string(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");

    if (size < 2)
        return 0;
    Bytes stream = {(const char *)data + 1, size - 1};
    const char *whole = events_of(s, stream, stream.size),
               *pieces = events_of(s, stream, (size_t)data[0] + 1);
    FUZZ_CHECK(text_equal(whole, pieces));
    return 0;
}
