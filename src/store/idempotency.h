/* Idempotency-Key: a creating request that comes twice acts once and gets the same answer.
 *
 *     TRY(idempotency_begin(s, tx, &request, &kept));
 *     if (kept.status)
 *         …answer with kept.status and kept.body…
 *     …the work, in the same transaction…
 *     TRY(idempotency_finish(s, tx, key, status, body));
 *
 * Keys are the caller's own: another user's are not seen. Kept for IDEMPOTENCY_KEEP_US;
 * what has expired goes by store/retention.h. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

#define IDEMPOTENCY_KEEP_US  (24 * 60 * US_PER_MIN)
#define IDEMPOTENCY_STALE_US (60 * US_PER_S) /* an unfinished one may be taken over */

enum { IDEMPOTENCY_KEY_MAX = 255, IDEMPOTENCY_BODY_MAX = 1 << 20 };

typedef struct IdempotentRequest {
    const char *key;
    const char *hash; /* of method, path and body */
} IdempotentRequest;

/* INVALID for an empty or too long key. CONFLICT with "idempotency_key_reused" when the key came with
 * another request, with "idempotency_in_progress" and a retry_after while the first is under way. */
fallible idempotency_begin(Scope *s, Tx *tx, const IdempotentRequest *request, KeptAnswer *kept);
fallible idempotency_finish(Scope *s, Tx *tx, const char *key, int64_t status, const char *body);
