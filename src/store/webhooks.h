/* What webhooks bring: deliveries told apart by their ids, and results of checks. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* A redelivery comes days later at most; GitHub keeps deliveries for thirty. */
#define DELIVERY_KEPT_US (40LL * 24 * 60 * US_PER_MIN)

enum { DELIVERY_ID_MAX = 128, CHECK_JOBS_MAX = 500 /* results of one commit */ };

/* tx_system_read. INVALID without an id. */
fallible delivery_known(Scope *s, Tx *tx, const char *id, bool *out);
/* tx_system. *taken is false when the delivery was taken before. Drops old ones. */
fallible delivery_take(Scope *s, Tx *tx, const char *id, const char *event, bool *taken);

/* One result of a check. */
typedef struct CheckResult {
    const char *sha;
    const char *name;
    const char *result; /* the word that was reported: model/check_state.h */
} CheckResult;

/* Joins the result to the pull request's check of that commit; its status is failure when one failed,
 * success when all passed, else pending. As the pull request's tenant. */
fallible check_result_put(Scope *s, Tx *tx, const char *pull_id, const CheckResult *result);
