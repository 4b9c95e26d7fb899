/* Requests that act once. */

#include "store/idempotency.h"

#include "store/checks.h"
#include "store/queries.h"

static fallible key_check(Scope *s, const char *key)
{
    if (text_empty(key))
        return fail(s, INVALID, "the Idempotency-Key is empty");
    if (strlen(key) > IDEMPOTENCY_KEY_MAX)
        return fail(s, INVALID, "the Idempotency-Key has more than %d bytes",
                    (int)IDEMPOTENCY_KEY_MAX);
    return text_check(s, "Idempotency-Key", key);
}

/* The key is there: with an answer, or with somebody at work on it. */
static fallible kept_answer(Scope *s, Tx *tx, const IdempotentRequest *request, KeptAnswer *kept)
{
    KeptAnswer before;

    TRY(query_one(s, tx, &q_idempotency_kept, ARGS(ARG_AS(key, request->key)), &before));
    if (!text_equal(before.request_hash, request->hash))
        return fail_code(s, CONFLICT, "idempotency_key_reused",
                         "this Idempotency-Key came with another request: take a new one");
    if (!before.status) {
        Error *e = error_new(s, CONFLICT,
                             "the first request with this Idempotency-Key is still under way");
        e = error_coded(e, "idempotency_in_progress");
        return error_retry_after(e, before.wait_us > US_PER_S ? US_PER_S : before.wait_us);
    }
    *kept = before;
    return OK;
}

fallible idempotency_begin(Scope *s, Tx *tx, const IdempotentRequest *request, KeptAnswer *kept)
{
    int64_t stale_us = IDEMPOTENCY_STALE_US, changed = 0;

    TRY(key_check(s, request->key));
    TRY(query_run(s, tx, &q_idempotency_begin,
                  ARGS(ARG_AS(key, request->key), ARG_AS(hash, request->hash), ARG(stale_us)),
                  &changed));
    if (!changed)
        return kept_answer(s, tx, request, kept);
    *kept = (KeptAnswer){0};
    return OK;
}

fallible idempotency_finish(Scope *s, Tx *tx, const char *key, int64_t status, const char *body)
{
    int64_t keep_us = IDEMPOTENCY_KEEP_US, changed = 0;

    if (body && strlen(body) > IDEMPOTENCY_BODY_MAX)
        return fail(s, TOO_LARGE, "the answer has more than %d bytes: it cannot be kept",
                    (int)IDEMPOTENCY_BODY_MAX);
    TRY(query_run(s, tx, &q_idempotency_finish,
                  ARGS(ARG(status), ARG(body), ARG(keep_us), ARG(key)), &changed));
    if (!changed)
        return fail(s, CONFLICT, "the Idempotency-Key was taken over by another request");
    return OK;
}
