/* Errors: passing up, context, kinds, moving between units. */

#include "base/log.h"
#include "test/test.h"

static fallible deepest(Scope *s)
{
    return fail_code(s, MISSING, "task_missing", "no task %s", "t1");
}

static fallible middle(Scope *s)
{
    SCOPE(tmp, s);
    TRY_WHILE(deepest(tmp), "reading the %s", "board");
    return OK;
}

TEST(an_error_survives_its_scope_and_says_what_was_being_done)
{
    Error *e = middle(s);

    CHECK(failed_as(e, MISSING));
    CHECK_TEXT(e->message, "reading the board: no task t1");
    CHECK_TEXT(e->code, "task_missing");
    CHECK_EQ(e->trace_count, 2);
    CHECK_TEXT(e->trace[1].function, "middle");
    return OK;
}

TEST(every_kind_has_a_row_of_its_own)
{
    for (ErrorKind kind = INVALID; kind <= BUG; kind++) {
        CHECK_EQ(error_kind(kind)->kind, kind);
        CHECK_EQ(error_kind_named(error_kind(kind)->name), kind);
    }
    CHECK_EQ(error_kind(UNAVAILABLE)->retry, true);
    CHECK_EQ(error_kind(INVALID)->retry, false);
    CHECK_EQ(error_kind_named("nonsense"), 0);
    return OK;
}

TEST(a_moved_error_outlives_its_unit)
{
    Error *moved;
    {
        UNIT(other, NULL, "other");
        Error *e = error_param(deepest(other), "id", "t1");
        moved = error_move(s, error_retry_after(e, 5));
    }
    CHECK_TEXT(moved->message, "no task t1");
    CHECK_TEXT(moved->params->value, "t1");
    CHECK_EQ(moved->retry_after_us, 5);
    CHECK(error_move(s, NULL) == OK);
    return OK;
}
