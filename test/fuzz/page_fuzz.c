/* The cursor of a page, as a client sends it back. */

#include "store/checks.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    const char *t = text_of(s, (Bytes){(const char *)data, size});
    Page page = {.cursor = t};
    PagePlace place;
    Error *e = page_newest(s, &page, &place);

    FUZZ_CHECK(!e || failed_as(e, INVALID));
    if (!e && *t)
        FUZZ_CHECK(text_equal(page_after(s, place.at, place.id), t));
    e = page_highest(s, &page, &place);
    FUZZ_CHECK(!e || failed_as(e, INVALID));
    return 0;
}
