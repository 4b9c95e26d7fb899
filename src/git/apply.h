/* The result of a run brought into the user's own checkout.
 *
 * Three ways (the run's base, the checkout's index, the run's commit), into index and files, all or
 * nothing: it is checked first that no file it touches has unstaged changes and no untracked file is
 * in the way. Other changes of the user stay as they are.
 *
 * It is the user's own repository, so its configuration and checkout filters (LFS, line ends) count,
 * as with `git checkout`; hooks and fsmonitor do not run.
 */
#pragma once

#include "git/diff.h"

typedef struct ApplyOrder {
    const GitAccess *access;
    const char *checkout; /* a path in the user's checkout */
    const char *mirror;   /* git directory that has the commits */
    const char *base;     /* commit the run began from */
    const char *commit;   /* its result */
    bool force;           /* save the old state first, then let the run's version win */
    Time now;             /* names the backup */
} ApplyOrder;

typedef struct ApplyResult {
    int64_t files;      /* changed */
    const char *backup; /* ref of the saved state; NULL unless forced */
    TextList way_back;  /* the commands that restore it, to be shown */
    TextList conflicts; /* paths; filled when it fails with apply_conflict */
} ApplyResult;

/* CONFLICT with code apply_conflict (and out->conflicts) when the contents do not go together, with
 * code checkout_dirty when unstaged or untracked files are in the way: nothing was changed. */
fallible git_apply_run(Scope *s, const ApplyOrder *order, ApplyResult *out);

typedef struct BranchOrder {
    const GitAccess *access;
    const char *checkout;
    const char *mirror;
    const char *commit;
    const char *branch;
} BranchOrder;

/* Makes a branch in the user's repository at the commit, its objects copied from the mirror. CONFLICT
 * when it exists at another commit. The checkout stays as it is. */
fallible git_branch_from(Scope *s, const BranchOrder *order);
