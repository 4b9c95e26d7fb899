/* What runs used, and requests that act once. */

#include "store/idempotency.h"
#include "store/retention.h"
#include "test/store/world.h"

static Usage usage_of(int64_t tokens, double cost)
{
    return (Usage){
        .input_tokens = tokens, .output_tokens = 1, .calls = 1, .cost_usd = {cost >= 0, cost}};
}

STORE_TEST(usage_is_kept_for_each_lease_and_summed)
{
    Usage first = usage_of(10, 0.5), again = usage_of(7, 0.25), more = usage_of(100, 1), sum;
    GivenRun given;
    Lease lease;
    Job job;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, usage_put(s, tx, &lease, 1, &first)));
    TRY(TENANT(w, usage_put(s, tx, &lease, 1, &again))); /* the same call once more */
    TRY(pass_time(s, w, given.job.id));
    TRY(claim(s, w, "w2", &job));
    Lease second = job_lease(&job, 1);
    TRY(TENANT(w, usage_put(s, tx, &second, 1, &more)));
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK_EQ(sum.input_tokens, 107);
    CHECK_EQ(sum.output_tokens, 2);
    CHECK_EQ(sum.calls, 2);
    CHECK(sum.cost_usd.set && sum.cost_usd.value == 1.25);
    return OK;
}

STORE_TEST(one_unknown_price_makes_the_sum_unknown)
{
    Usage priced = usage_of(1, 0.5), unpriced = usage_of(1, -1), sum;
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, usage_put(s, tx, &lease, 1, &priced)));
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK(sum.cost_usd.set && sum.cost_usd.value == 0.5);
    TRY(TENANT(w, usage_put(s, tx, &lease, 2, &unpriced)));
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK(!sum.cost_usd.set);
    FAILS(MISSING, OTHER(w, usage_of_run(s, tx, given.run.id, &sum)));
    return OK;
}

STORE_TEST(what_was_used_counts_though_the_run_was_canceled)
{
    Usage used = usage_of(5, 0.5), sum;
    GivenRun given;
    Lease lease;
    bool canceled;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "by you", &canceled)));
    TRY(TENANT(w, usage_put(s, tx, &lease, 1, &used)));
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK_EQ(sum.input_tokens, 5);
    return OK;
}

STORE_TEST(what_the_text_of_a_pull_request_took_is_added_to_its_run)
{
    Usage own = usage_of(10, 0.5), text_once = usage_of(3, 0.25), unpriced = usage_of(1, -1), sum;
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, usage_put(s, tx, &lease, 1, &own)));
    TRY(TENANT(w, usage_put_beside(s, tx, given.run.id, &text_once)));
    TRY(TENANT(w, usage_put_beside(s, tx, given.run.id, &text_once)));
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK_EQ(sum.input_tokens, 16);
    CHECK_EQ(sum.output_tokens, 3);
    CHECK_EQ(sum.calls, 3);
    CHECK(sum.cost_usd.set && sum.cost_usd.value == 1);
    TRY(TENANT(w, usage_put(s, tx, &lease, 2, &own))); /* the lease's own sum keeps it */
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK_EQ(sum.input_tokens, 26);
    TRY(TENANT(w, usage_put_beside(s, tx, given.run.id, &unpriced)));
    TRY(READ(w, usage_of_run(s, tx, given.run.id, &sum)));
    CHECK(!sum.cost_usd.set);
    FAILS(MISSING, OTHER(w, usage_put_beside(s, tx, given.run.id, &own)));
    FAILS(MISSING, TENANT(w, usage_put_beside(s, tx, "no id", &own)));
    return OK;
}

/* ---- Requests that act once ---- */

STORE_TEST(a_repeated_request_gets_the_first_answer)
{
    IdempotentRequest request = {"key-1", "hash"};
    KeptAnswer kept = {.status = 1};

    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    CHECK_EQ(kept.status, 0);
    TRY(TENANT(w, idempotency_finish(s, tx, "key-1", 201, "{\"id\":\"1\"}")));
    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    CHECK_EQ(kept.status, 201);
    CHECK_TEXT(kept.body, "{\"id\":\"1\"}");
    return OK;
}

STORE_TEST(a_key_with_another_request_is_refused)
{
    IdempotentRequest request = {"key-1", "hash"}, other = {"key-1", "other"};
    KeptAnswer kept;

    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    Error *e = TENANT(w, idempotency_begin(s, tx, &other, &kept));
    CHECK(failed_as(e, CONFLICT));
    CHECK_TEXT(e->code, "idempotency_key_reused");
    return OK;
}

STORE_TEST(a_request_under_way_is_not_begun_twice)
{
    IdempotentRequest request = {"key-1", "hash"};
    KeptAnswer kept;

    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    Error *e = TENANT(w, idempotency_begin(s, tx, &request, &kept));
    CHECK_TEXT(e->code, "idempotency_in_progress");
    CHECK(e->retry_after_us > 0 && e->retry_after_us <= US_PER_S);
    return OK;
}

STORE_TEST(a_request_that_died_with_its_transaction_leaves_no_key)
{
    IdempotentRequest request = {"key-1", "hash"};
    KeptAnswer kept = {.status = 1};

    {
        SCOPE(crash, s);
        Tx *tx;
        TRY(tx_write(crash, w->store, &w->caller, &tx));
        TRY(idempotency_begin(s, tx, &request, &kept));
    }
    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    CHECK_EQ(kept.status, 0);
    return OK;
}

STORE_TEST(keys_are_each_users_own)
{
    IdempotentRequest request = {"key-1", "hash"}, other = {"key-1", "other"};
    KeptAnswer kept;

    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    TRY(OTHER(w, idempotency_begin(s, tx, &other, &kept)));
    w->caller.user_id = "u2";
    TRY(TENANT(w, idempotency_begin(s, tx, &other, &kept)));
    w->caller.user_id = NULL;
    TRY(TENANT(w, idempotency_begin(s, tx, &other, &kept)));
    TRY(TENANT(w, idempotency_finish(s, tx, "key-1", 200, NULL)));
    w->caller.user_id = "u2";
    Error *e = TENANT(w, idempotency_begin(s, tx, &other, &kept));
    CHECK_TEXT(e->code, "idempotency_in_progress"); /* another user's answer is not its end */
    return OK;
}

static const Statement q_age = {
    .name = "age",
    .sqlite = "UPDATE idempotency_keys SET expires_at = db_later(db_now(), -1)",
    .postgres = "UPDATE idempotency_keys SET expires_at = db_later(db_now(), -1)",
};

STORE_TEST(expired_keys_are_free_again_and_swept)
{
    IdempotentRequest request = {"key-1", "hash"}, other = {"key-1", "other"};
    KeptAnswer kept = {.status = 1};
    int64_t count = 0;

    TRY(TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    TRY(SYSTEM(w, query_run(s, tx, &q_age, NO_ARGS, NULL)));
    TRY(TENANT(w, idempotency_begin(s, tx, &other, &kept)));
    TRY(SYSTEM(w, query_run(s, tx, &q_age, NO_ARGS, NULL)));
    TRY(SYSTEM(w, idempotency_prune(s, tx, US_PER_S, &count)));
    CHECK_EQ(count, 1);
    return OK;
}

STORE_TEST(bad_keys_are_refused)
{
    Buffer big = buffer_in(s);
    KeptAnswer kept;

    for (int i = 0; i <= IDEMPOTENCY_KEY_MAX; i++)
        buffer_char(&big, 'k');
    const char *bad[] = {NULL, "", "\xff", buffer_string(&big)};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        IdempotentRequest request = {bad[i], "hash"};
        FAILS(INVALID, TENANT(w, idempotency_begin(s, tx, &request, &kept)));
    }
    FAILS(CONFLICT, TENANT(w, idempotency_finish(s, tx, "never", 200, "{}")));
    return OK;
}
