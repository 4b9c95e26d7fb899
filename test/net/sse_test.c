/* Event streams read in any pieces, and written. */

#include "net/sse.h"
#include "test/test.h"

static Error *note(Scope *s, void *to, const SseEvent *event)
{
    Buffer *b = to;

    (void)s;
    buffer_format(b, "[%s|%s|%s]", event->event, event->id ? event->id : "-", event->data);
    return OK;
}

/* The same stream whole, and cut into pieces of every size, must give the same events. */
static fallible events_of(Scope *s, Bytes stream, const char **out)
{
    for (size_t size = stream.size ? stream.size : 1; size > 0; size--) {
        Buffer b = buffer_in(s);
        SseReader *reader = sse_reader(s, 1000, note, &b);
        for (size_t at = 0; at < stream.size; at += size) {
            size_t left = stream.size - at;
            TRY(sse_read(s, reader, (Bytes){stream.data + at, left < size ? left : size}));
        }
        if (size < stream.size && !text_equal(buffer_string(&b), *out))
            return fail(s, BUG, "in pieces of %zu: %s, not %s", size, buffer_string(&b), *out);
        *out = buffer_string(&b);
    }
    return OK;
}

TEST(events_are_read_whatever_the_line_ends_and_pieces)
{
    const char *got;

    TRY(events_of(s, BYTES("event: a\ndata: 1\n\ndata: 2\ndata: 3\n\n"), &got));
    CHECK_TEXT(got, "[a|-|1][message|-|2\n3]");
    TRY(events_of(s, BYTES("event: a\r\ndata: 1\r\n\r\ndata: 2\r\rdata:3\n\r"), &got));
    CHECK_TEXT(got, "[a|-|1][message|-|2][message|-|3]");
    TRY(events_of(s,
                  BYTES("\xef\xbb\xbf"
                        "data: bom\n\n"),
                  &got));
    CHECK_TEXT(got, "[message|-|bom]");
    return OK;
}

TEST(fields_follow_the_standard)
{
    const char *got;

    TRY(events_of(s, BYTES(": comment\n\ndata\n\ndata:\ndata\n\n"), &got));
    CHECK_TEXT(got, "[message|-|][message|-|\n]");
    TRY(events_of(s, BYTES("id: 7\ndata: x\n\ndata: y\n\nid\ndata: z\n\n"), &got));
    CHECK_TEXT(got, "[message|7|x][message|7|y][message||z]");
    TRY(events_of(s, BYTES("id: 1\nid: a\0b\ndata:  two spaces\nnonsense: 1\n\n"), &got));
    CHECK_TEXT(got, "[message|1| two spaces]");
    TRY(events_of(s, BYTES("event: lost\n\ndata: no end"), &got));
    CHECK_TEXT(got, "");
    return OK;
}

TEST(bad_bytes_become_replacement_characters)
{
    const char *got;

    TRY(events_of(s,
                  BYTES("data: a\xff"
                        "b\0c\n\n"),
                  &got));
    CHECK_TEXT(got, "[message|-|a\xef\xbf\xbd"
                    "b\xef\xbf\xbd"
                    "c]");
    return OK;
}

TEST(retry_is_a_number_or_ignored)
{
    Buffer b = buffer_in(s);
    SseReader *reader = sse_reader(s, 0, note, &b);

    CHECK_EQ(sse_retry_ms(reader), -1);
    TRY(sse_read(s, reader,
                 BYTES("retry: 1500\nretry: -2\nretry: 1x\nretry: 99999999999999999999\n")));
    CHECK_EQ(sse_retry_ms(reader), 1500);
    TRY(sse_read(s, reader, BYTES("id: 9\n")));
    CHECK_TEXT(sse_last_id(reader), "9");
    TRY(sse_read(s, reader, BYTES("id\n")));
    CHECK_TEXT(sse_last_id(reader), "");
    return OK;
}

TEST(an_event_without_end_is_cut_off_at_the_limit)
{
    Buffer b = buffer_in(s);
    SseReader *line = sse_reader(s, 100, note, &b), *lines = sse_reader(s, 100, note, &b);

    FAILS(UPSTREAM, sse_read(s, line, bytes_of(text(s, "data: %0200d", 1))));
    for (int i = 0; i < 9; i++)
        TRY(sse_read(s, lines, BYTES("data: 12345\n")));
    FAILS(UPSTREAM, sse_read(s, lines, bytes_of(text(s, "data: %0100d\n", 1))));
    return OK;
}

static Error *refuse(Scope *s, void *to, const SseEvent *event)
{
    (void)to;
    return fail(s, CONFLICT, "no %s", event->data);
}

TEST(an_error_of_the_taker_ends_the_reading)
{
    FAILS(CONFLICT, sse_read(s, sse_reader(s, 0, refuse, NULL), BYTES("data: x\n\ndata: y\n\n")));
    return OK;
}

TEST(a_written_event_reads_the_same)
{
    Buffer b = buffer_in(s);
    const char *got;

    sse_write(&b, "log", "3", BYTES("one\ntwo\r\nthree\rfour\n"));
    sse_write_comment(&b, "beat\nid: forged");
    sse_write(&b, "a\nid: forged", NULL, BYTES(""));
    TRY(events_of(s, buffer_view(&b), &got));
    CHECK_TEXT(got, "[log|3|one\ntwo\nthree\nfour\n][aid: forged|3|]");
    return OK;
}
