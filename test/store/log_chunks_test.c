/* Log text cut into chunks of whole lines. */

#include "store/log_chunks.h"
#include "test/test.h"

/* "2:a\nb|1:c" */
static const char *chunks_text(Scope *s, Bytes lines, size_t most)
{
    LogChunkList chunks = {0};
    Buffer b = buffer_in(s);

    log_chunks(s, lines, most, &chunks);
    EACH (LogChunk, chunk, &chunks)
        buffer_format(&b, "%s%lld:%s", b.size ? "|" : "", (long long)chunk->line_count,
                      chunk->data);
    return buffer_string(&b);
}

TEST(lines_stay_together_up_to_the_limit)
{
    CHECK_TEXT(chunks_text(s, BYTES("a\nb\nc\n"), 100), "3:a\nb\nc");
    CHECK_TEXT(chunks_text(s, BYTES("a\nb\nc\n"), 4), "2:a\nb|1:c");
    CHECK_TEXT(chunks_text(s, BYTES("aaa\nb"), 4), "1:aaa|1:b");
    return OK;
}

TEST(empty_lines_count_and_a_last_end_of_line_begins_none)
{
    CHECK_TEXT(chunks_text(s, BYTES(""), 4), "");
    CHECK_TEXT(chunks_text(s, BYTES("\n"), 4), "1:");
    CHECK_TEXT(chunks_text(s, BYTES("\n\n"), 4), "2:\n");
    CHECK_TEXT(chunks_text(s, BYTES("a\n\nb"), 100), "3:a\n\nb");
    return OK;
}

TEST(a_line_over_the_limit_goes_on_in_the_next)
{
    CHECK_TEXT(chunks_text(s, BYTES("abcdefghij\nk"), 4), "1:abcd|1:efgh|2:ij\nk");
    CHECK_TEXT(chunks_text(s, BYTES("ab\xc3\xa9\xc3\xa9z"), 5), "1:ab\xc3\xa9|1:\xc3\xa9z");
    CHECK_TEXT(chunks_text(s, BYTES("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), 4),
               "1:\xf0\x9f\x98\x80|1:\xf0\x9f\x98\x80");
    return OK;
}

TEST(bytes_that_are_no_text_are_replaced_before_they_are_measured)
{
    CHECK_TEXT(chunks_text(s, BYTES("\xff\xff\n\0"), 4),
               "1:\xef\xbf\xbd|1:\xef\xbf\xbd|1:\xef\xbf\xbd");
    return OK;
}
