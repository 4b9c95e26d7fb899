/* What a check says of a commit, by the word that it reports. */
#pragma once

typedef enum CheckState {
    CHECK_PASSED = 1, /* stands in no merge's way: success, neutral, skipped */
    CHECK_PENDING,    /* goes on, or has said nothing of the commit */
    CHECK_FAILED,
} CheckState;

/* Of a conclusion or a status of check runs, check suites and workflow runs, or the state of a commit
 * status (docs.github.com, "About status checks"; "REST API endpoints for commit statuses"). A word that is
 * not known, or NULL, is no success: PENDING. So is "stale", with which GitHub gives up waiting for a check
 * that never ended: it holds a merge up, but there is nothing in the commit to mend. */
CheckState check_state(const char *word);
/* The whole of a and b: failed when one failed, passed when both did. */
CheckState check_state_worse(CheckState a, CheckState b);
/* "success", "pending" or "failure". */
const char *check_state_name(CheckState state);
