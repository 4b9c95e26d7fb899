/* Words of checks. */

#include "model/check_state.h"
#include "test/test.h"

TEST(only_what_lets_a_merge_through_has_passed)
{
    static const struct {
        const char *word;
        CheckState wanted;
    } cases[] = {
        {"success", CHECK_PASSED},
        {"neutral", CHECK_PASSED},
        {"skipped", CHECK_PASSED},
        {"failure", CHECK_FAILED},
        {"error", CHECK_FAILED},
        {"cancelled", CHECK_FAILED},
        {"timed_out", CHECK_FAILED},
        {"action_required", CHECK_FAILED},
        {"startup_failure", CHECK_FAILED},
        {"pending", CHECK_PENDING},
        {"queued", CHECK_PENDING},
        {"requested", CHECK_PENDING},
        {"waiting", CHECK_PENDING},
        {"in_progress", CHECK_PENDING},
        {"stale", CHECK_PENDING},
        {"completed", CHECK_PENDING},
        {"Success", CHECK_PENDING},
        {"a word of next year", CHECK_PENDING},
        {"", CHECK_PENDING},
        {NULL, CHECK_PENDING},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_EQ(check_state(cases[i].word), cases[i].wanted);
    return OK;
}

TEST(the_worse_of_two_checks_is_that_of_both)
{
    CHECK_TEXT(check_state_name(check_state_worse(CHECK_PASSED, CHECK_PASSED)), "success");
    CHECK_TEXT(check_state_name(check_state_worse(CHECK_PASSED, CHECK_PENDING)), "pending");
    CHECK_TEXT(check_state_name(check_state_worse(CHECK_FAILED, CHECK_PENDING)), "failure");
    return OK;
}
