/* The id of an event of a tenant's stream, as a client sends it back. */

#include "model/news.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    const char *t = text_of(s, (Bytes){(const char *)data, size});
    NewsCursor cursor = {0}, again = {0};
    Error *e = news_cursor_parse(s, t, &cursor);

    if (e) {
        FUZZ_CHECK(failed_as(e, INVALID));
        return 0;
    }
    FUZZ_CHECK(news_cursor_parse(s, news_cursor_text(s, &cursor, true), &again) == NULL);
    FUZZ_CHECK(text_equal(cursor.mark, again.mark) && cursor.runs.count == again.runs.count);
    FUZZ_CHECK(cursor.epoch == again.epoch && cursor.at.us == again.at.us);
    return 0;
}
