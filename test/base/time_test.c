/* Times and durations. */

#include "base/time.h"

#include <time.h>

#include "test/test.h"

TEST(times_are_written_as_rfc_3339_with_microseconds)
{
    CHECK_TEXT(time_text(s, (Time){1767958487123456}), "2026-01-09T11:34:47.123456Z");
    CHECK_TEXT(time_text(s, (Time){-1}), "1969-12-31T23:59:59.999999Z");
    return OK;
}

TEST(every_day_of_four_centuries_is_written_as_the_library_has_it)
{
    for (int64_t day = -100 * 365; day < 300 * 365; day++) {
        SCOPE(tmp, s);
        time_t seconds = (time_t)(day * 86400 + day % 86400);
        struct tm utc;
        char wanted[40];
        gmtime_r(&seconds, &utc);
        strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.000000Z", &utc);
        CHECK_TEXT(time_text(tmp, (Time){seconds * US_PER_S}), wanted);
    }
    CHECK_TEXT(time_text(s, (Time){253402300799999999}), "9999-12-31T23:59:59.999999Z");
    return OK;
}

TEST(times_are_read_in_every_form_the_database_has)
{
    Time t;

    CHECK(time_parse("2026-01-09T11:34:47.123456", &t) && t.us == 1767958487123456);
    CHECK(time_parse("2026-01-09 11:34:47", &t) && t.us == 1767958487000000);
    CHECK(time_parse("2026-01-09T20:34:47.1+09:00", &t) && t.us == 1767958487100000);
    CHECK(time_parse("2026-01-09T11:34:47.123456789Z", &t) && t.us == 1767958487123456);
    return OK;
}

TEST(what_is_no_time_is_refused)
{
    static const char *const bad[] = {"",
                                      "2026-02-30T00:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-01-09",
                                      "2026-01-09T11:34",
                                      "2026-01-09T25:00:00Z",
                                      "2026-01-09T11:34:47.Z",
                                      "2026-01-09T11:34:47Zx"};
    Time t;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (time_parse(bad[i], &t))
            return fail(s, BUG, "took \"%s\" for a time", bad[i]);
    return OK;
}

TEST(durations_have_units_and_do_not_overflow)
{
    int64_t us;

    CHECK(duration_parse("500ms", &us) && us == 500000);
    CHECK(duration_parse("2h", &us) && us == 7200 * US_PER_S);
    CHECK(duration_parse("30", &us) && us == 30 * US_PER_S);
    CHECK(!duration_parse("9999999999999d", &us) && !duration_parse("1x", &us) &&
          !duration_parse("s", &us));
    return OK;
}
