/* Words of checks. */

#include "model/check_state.h"

#include "base/table.h"

static const Name words[] = {
    {CHECK_PASSED, "success"},         {CHECK_PASSED, "neutral"},
    {CHECK_PASSED, "skipped"},         {CHECK_FAILED, "failure"},
    {CHECK_FAILED, "error"},           {CHECK_FAILED, "cancelled"},
    {CHECK_FAILED, "timed_out"},       {CHECK_FAILED, "action_required"},
    {CHECK_FAILED, "startup_failure"}, {CHECK_PENDING, "pending"},
    {CHECK_PENDING, "queued"},         {CHECK_PENDING, "requested"},
    {CHECK_PENDING, "waiting"},        {CHECK_PENDING, "in_progress"},
    {CHECK_PENDING, "stale"},          {0},
};

static const Name names[] = {
    {CHECK_PASSED, "success"}, {CHECK_PENDING, "pending"}, {CHECK_FAILED, "failure"}, {0}};

CheckState check_state(const char *word)
{
    int known = word ? name_find(words, word) : 0;

    return known ? (CheckState)known : CHECK_PENDING;
}

CheckState check_state_worse(CheckState a, CheckState b)
{
    return a > b ? a : b;
}

const char *check_state_name(CheckState state)
{
    return name_of(names, (int)state);
}
