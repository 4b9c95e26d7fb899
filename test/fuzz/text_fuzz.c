/* The small readers of outside text: UTF-8, base64, hex, times, durations, numbers, patterns. */

#include "base/time.h"
#include "test/fuzz/fuzz.h"

static void check_cleaning(Scope *s, Bytes bytes)
{
    bool lossy = false;
    const char *clean = text_clean(s, bytes, &lossy);

    FUZZ_CHECK(utf8_valid(bytes_of(clean)));
    FUZZ_CHECK(lossy == !utf8_valid(bytes));
    FUZZ_CHECK(lossy || bytes_equal(bytes_of(clean), bytes));
    FUZZ_CHECK(utf8_columns(clean) <= 2 * strlen(clean));
}

static void check_coding(Scope *s, Bytes bytes)
{
    Bytes back;

    FUZZ_CHECK(base64_decode(s, base64(s, bytes), &back) && bytes_equal(back, bytes));
    FUZZ_CHECK(base64url_decode(s, base64url(s, bytes), &back) && bytes_equal(back, bytes));
    FUZZ_CHECK(hex_decode(s, hex(s, bytes), &back) && bytes_equal(back, bytes));
}

static void check_readers(Scope *s, const char *t)
{
    Bytes bytes;
    Time time, again;
    int64_t n;

    if (base64_decode(s, t, &bytes))
        FUZZ_CHECK(text_equal(base64(s, bytes), t));
    if (time_parse(t, &time) && time_set(time))
        FUZZ_CHECK(time_parse(time_text(s, time), &again) && again.us == time.us);
    if (duration_parse(t, &n))
        FUZZ_CHECK(n >= 0);
    if (text_integer(t, -1000, 1000, &n))
        FUZZ_CHECK(n >= -1000 && n <= 1000);
    text_matches(t, "*a[b-d]?*");
    text_matches("abcabcabc", t);
    FUZZ_CHECK(text_equal(text_join(s, &(TextList){0}, ","), ""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes bytes = {(const char *)data, size};

    check_cleaning(s, bytes);
    check_coding(s, bytes);
    check_readers(s, text_of(s, bytes));
    return 0;
}
