/* What webhooks bring: deliveries told apart by their ids, and results of checks. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

enum {
    DELIVERY_ID_MAX = 128,
    CHECK_JOBS_MAX = 500, /* results of one commit */
    CHECK_SHA_MAX = 64,   /* bytes */
};

/* tx_system_read. INVALID without an id. */
fallible delivery_known(Scope *s, Tx *tx, const char *id, bool *out);
/* tx_system. *taken is false when the delivery was taken before. */
fallible delivery_take(Scope *s, Tx *tx, const char *id, const char *event, bool *taken);

typedef struct CheckResult {
    const char *name;
    const char *result; /* the word that was reported: model/check_state.h */
} CheckResult;

typedef LIST_OF(CheckResult) CheckResultList;

/* Results of checks of one commit. */
typedef struct CheckNews {
    const char *sha;
    OptInt workflow_run_id; /* unset: not told */
    Time began;             /* by GitHub's clock; zero: not told */
    CheckResultList results;
} CheckNews;

/* Joins the results to the pull request's check of that commit; its status is failure when one failed,
 * success when all passed, else pending. Deliveries come in any order: that a check goes on is dropped when
 * it began before its end was heard of. As the pull request's tenant. */
fallible check_results_put(Scope *s, Tx *tx, const char *pull_id, const CheckNews *news);
