/* Places in the events of all runs of a task. */

#include "model/run_cursor.h"
#include "test/test.h"

static const char *again(Scope *s, const char *t)
{
    RunCursor cursor = {0};
    Error *e = run_cursor_parse(s, t, &cursor);

    return e ? e->message : run_cursor_text(s, &cursor);
}

TEST(a_cursor_comes_back_as_it_went)
{
    CHECK_TEXT(again(s, "7-3.120-5.88"), "7-3.120-5.88");
    CHECK_TEXT(again(s, "1-1.0"), "1-1.0");
    CHECK_TEXT(again(s, "12"), "12");
    CHECK_TEXT(again(s, ""), "0");
    CHECK_TEXT(again(s, NULL), "0");
    return OK;
}

TEST(what_is_no_cursor_is_refused)
{
    static const char *const bad[] = {
        "x",
        "-",
        "7-",
        "7-3",
        "7-3.",
        "7-.1",
        "7-8.1",
        "7-3.1-3.2",
        "7-5.1-3.1",
        "07",
        "7-03.1",
        "7-3.1 ",
        " 7",
        "7.3",
        "+7",
        "-7",
        "7-0.1",
        "99999999999999999999",
        "7-3.9223372036854775807",
        "7-3.99999999999999999999",
        "7--3.1",
    };
    RunCursor cursor;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, run_cursor_parse(s, bad[i], &cursor));
    return OK;
}

TEST(a_cursor_has_a_limit)
{
    Buffer long_one = buffer_in(s);
    RunCursor cursor;

    buffer_text(&long_one, "999999");
    for (int i = 1; i <= RUN_CURSOR_RUNS_MAX + 1; i++)
        buffer_format(&long_one, "-%d.1", i);
    FAILS(INVALID, run_cursor_parse(s, buffer_string(&long_one), &cursor));
    return OK;
}

TEST(a_cursor_knows_what_was_seen_of_each_run)
{
    RunCursor cursor;

    TRY(run_cursor_parse(s, "7-3.120-5.88", &cursor));
    CHECK_EQ(run_cursor_seq(&cursor, 3), 120);
    CHECK_EQ(run_cursor_seq(&cursor, 5), 88);
    CHECK_EQ(run_cursor_seq(&cursor, 4), INT64_MAX);
    CHECK_EQ(run_cursor_seq(&cursor, 8), 0);
    return OK;
}

TEST(a_cursor_moves_run_by_run)
{
    RunCursor cursor = {0};

    run_cursor_move(s, &cursor, (RunPlace){2, 5});
    CHECK_TEXT(run_cursor_text(s, &cursor), "2-1.0-2.5");
    run_cursor_move(s, &cursor, (RunPlace){1, 9});
    CHECK_TEXT(run_cursor_text(s, &cursor), "2-1.9-2.5");
    run_cursor_close(s, &cursor, 1);
    CHECK_TEXT(run_cursor_text(s, &cursor), "2-2.5");
    run_cursor_close(s, &cursor, 4);
    CHECK_TEXT(run_cursor_text(s, &cursor), "4-2.5-3.0");
    run_cursor_move(s, &cursor, (RunPlace){1, 10}); /* it has more, after all */
    CHECK_TEXT(run_cursor_text(s, &cursor), "4-1.10-2.5-3.0");
    return OK;
}
