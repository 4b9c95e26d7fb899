/* Names of branches. */

#include "git/branch.h"
#include "test/test.h"

TEST(a_branch_is_named_by_prefix_and_the_end_of_the_runs_id)
{
    CHECK_TEXT(branch_name(s, "dursor", "01890a5d-ac96-774b-bcce-b302099a8057"), "dursor/099a8057");
    return OK;
}

TEST(a_prefix_is_tidied_as_before)
{
    static const char *const typed[][2] = {{NULL, "dursor"},
                                           {"", "dursor"},
                                           {"  ", "dursor"},
                                           {"//", "dursor"},
                                           {" ai ", "ai"},
                                           {"my  team", "my-team"},
                                           {"/feature/ai/", "feature/ai"},
                                           {"機能", "機能"},
                                           {"a.b_c", "a.b_c"}};

    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        const char *prefix;
        TRY(branch_prefix(s, typed[i][0], &prefix));
        CHECK_TEXT(prefix, typed[i][1]);
    }
    return OK;
}

TEST(a_prefix_that_cannot_begin_a_branch_is_refused)
{
    static const char *const refused[] = {"a..b", "-x",  "a/ b", "a//b", "x.lock", ".x",    "x.",
                                          "a/.b", "a~b", "a^",   "a:b",  "a?",     "a*",    "a[b",
                                          "a\\b", "@",   "HEAD", "a@{b", "a\x01b", "a\x7f", "\xff"};

    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        const char *prefix;
        if (!failed_as(branch_prefix(s, refused[i], &prefix), INVALID))
            return fail(s, BUG, "not refused: %s", refused[i]);
    }
    return OK;
}

TEST(names_that_git_takes_are_valid)
{
    CHECK(branch_valid("main"));
    CHECK(branch_valid("feature/x-1_2.3"));
    CHECK(branch_valid("a@b"));
    CHECK(!branch_valid(""));
    CHECK(!branch_valid("a/"));
    CHECK(!branch_valid("/a"));
    return OK;
}
