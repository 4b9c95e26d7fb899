/* Azure behind a network and a service that fail: nothing is lost, doubled or wrong. */

#include "base/id.h"
#include "sys/crypto.h"
#include "test/blob/given_blobs.h"

#define FAULT_TEST(name_)                                                                          \
    static Error *with_##name_(Scope *s, GivenBlobs *g);                                           \
    TEST(name_)                                                                                    \
    {                                                                                              \
        return blobs_with_faults(s, with_##name_);                                                 \
    }                                                                                              \
    static Error *with_##name_(Scope *s, GivenBlobs *g)

static fallible given_file(Scope *s, GivenBlobs *g, size_t size, BlobPut *put, Bytes *bytes)
{
    const char *path = text(s, "%s/up", g->folder);

    *bytes = noise(s, size);
    *put = (BlobPut){.name = blob_called(s, g, "large"), .path = path};
    return file_write(s, path, *bytes, 0600);
}

static fallible is_whole(Scope *s, GivenBlobs *g, const char *name, Bytes bytes)
{
    BlobContent content;

    TRY(blob_read(s, g->store, name, bytes.size, &content));
    CHECK(bytes_equal(content.bytes, bytes));
    return OK;
}

/* Never so many faults in a plan that one request could get all its tries from it. */
FAULT_TEST(a_large_blob_goes_up_through_every_fault)
{
    static const char *const plans[] = {"503:20 half ok reset lost", "500 slow cut ok break",
                                        "ok ok lost 503 half lost"};
    BlobPut put;
    Bytes bytes;
    int count;

    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        TRY(given_file(s, g, (9 << 20) + 3, &put, &bytes));
        TRY(plan_faults(s, g, plans[i]));
        TRY(blob_put(s, g->store, &put, &g->about));
        CHECK_TEXT(g->about.sha256, sha256_hex(s, bytes));
        TRY(count_requests(s, g, &count));
        CHECK(count > 11); /* ten blocks, the list, and some of them again */
        TRY(is_whole(s, g, put.name, bytes));
    }
    return OK;
}

FAULT_TEST(a_large_blob_comes_down_through_every_fault)
{
    static const char *const plans[] = {"503:20 ok cut break", "ok flip 500 slow flip",
                                        "ok stall reset lost"};
    BlobPut put;
    Bytes bytes;

    TRY(given_file(s, g, (17 << 20) + 3, &put, &bytes));
    TRY(blob_put(s, g->store, &put, &g->about));
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        TRY(plan_faults(s, g, plans[i]));
        TRY(is_whole(s, g, put.name, bytes));
    }
    return OK;
}

FAULT_TEST(a_write_whose_answer_was_lost_does_not_conflict_with_itself)
{
    const char *t;

    TRY(plan_faults(s, g, "lost"));
    TRY(given_blob(s, g, "a", "mine", BLOB_NEW));
    const char *etag = g->about.etag;
    TRY(plan_faults(s, g, "lost"));
    TRY(given_blob(s, g, "a", "mine again", etag));
    etag = g->about.etag;
    TRY(blob_text(s, g, "a", &t));
    CHECK_TEXT(t, "mine again");
    CHECK_TEXT(g->about.etag, etag);
    return OK;
}

FAULT_TEST(a_lost_answer_hides_no_conflict_with_somebody_else)
{
    const char *t;

    TRY(given_blob(s, g, "a", "theirs", NULL));
    TRY(plan_faults(s, g, "lost"));
    FAILS(CONFLICT, given_blob(s, g, "a", "theirs", BLOB_NEW));
    TRY(blob_text(s, g, "a", &t));
    return OK;
}

FAULT_TEST(removals_and_leases_may_lose_their_answers)
{
    const char *id = id_new(s);
    BlobLease lease = {LEASE_ACQUIRE, blob_called(s, g, "a"), id, 15};

    TRY(given_blob(s, g, "a", "x", NULL));
    TRY(plan_faults(s, g, "lost"));
    TRY(blob_lease(s, g->store, &lease));
    lease.action = LEASE_RELEASE;
    TRY(plan_faults(s, g, "lost"));
    TRY(blob_lease(s, g->store, &lease));
    TRY(plan_faults(s, g, "lost"));
    TRY(remove_blob(s, g, "a", g->about.etag));
    FAILS(MISSING, blob_head(s, g->store, lease.name, &g->about));
    return OK;
}

FAULT_TEST(a_service_that_stays_busy_is_unavailable_after_five_tries)
{
    const char *t;
    int count;

    TRY(plan_faults(s, g, "503 503 503 503 503 503"));
    FAILS(UNAVAILABLE, blob_text(s, g, "a", &t));
    TRY(count_requests(s, g, &count));
    CHECK_EQ(count, 5);
    return OK;
}

FAULT_TEST(the_pause_is_the_one_the_service_asks_for)
{
    TRY(plan_faults(s, g, "503:700"));
    int64_t began = clock_us();
    TRY(given_blob(s, g, "a", "x", NULL));
    CHECK(clock_us() - began >= 700 * US_PER_MS);
    return OK;
}

FAULT_TEST(what_no_repetition_mends_is_not_repeated)
{
    int count;

    TRY(plan_faults(s, g, "final"));
    FAILS(UNSUPPORTED, given_blob(s, g, "a", "x", NULL));
    TRY(count_requests(s, g, &count));
    CHECK_EQ(count, 1);
    return OK;
}

FAULT_TEST(bytes_changed_on_the_way_up_are_not_stored)
{
    BlobInfo about;

    TRY(plan_faults(s, g, "corrupt"));
    CHECK(given_blob(s, g, "a", "hello", NULL) != OK);
    FAILS(MISSING, blob_head(s, g->store, blob_called(s, g, "a"), &about));
    return OK;
}

FAULT_TEST(bytes_changed_on_every_way_down_are_never_given_out)
{
    const char *t;

    TRY(given_blob(s, g, "a", "hello", NULL));
    TRY(plan_faults(s, g, "ok flip flip flip flip flip"));
    FAILS(UNAVAILABLE, blob_text(s, g, "a", &t));
    return OK;
}

FAULT_TEST(a_deadline_ends_the_tries)
{
    SCOPE(tmp, s);
    const char *t;

    TRY(plan_faults(s, g, "503:60000 503:60000"));
    scope_limit(tmp, 2 * US_PER_S);
    int64_t began = clock_us();
    FAILS(UNAVAILABLE, blob_text(tmp, g, "a", &t));
    CHECK(clock_us() - began < 10 * US_PER_S);
    return OK;
}
