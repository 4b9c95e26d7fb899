/* The id of an event in a task's stream, as a client sends it back. */

#include "model/run_cursor.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    const char *t = text_of(s, (Bytes){(const char *)data, size});
    RunCursor cursor = {0};
    Error *e = run_cursor_parse(s, t, &cursor);

    if (e) {
        FUZZ_CHECK(failed_as(e, INVALID));
        return 0;
    }
    FUZZ_CHECK(text_empty(t) || text_equal(run_cursor_text(s, &cursor), t));
    EACH (const RunPlace, place, &cursor.places)
        FUZZ_CHECK(run_cursor_seq(&cursor, place->number) == place->seq);
    return 0;
}
