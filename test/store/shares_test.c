/* Shared links: the tenant's own, found by the hash of their token as long as they live. */

#include "store/shares.h"
#include "test/store/world.h"

static fallible given_share(Scope *s, World *w, const char *hash, int64_t lasts_us, Share *out)
{
    GivenRun given;
    Lease lease;

    TRY(given_running(s, w, &given, &lease));
    return TENANT(w, share_insert(s, tx, &(ShareWant){given.run.id, hash, lasts_us}, out));
}

static fallible found_by(Scope *s, World *w, const char *hash, bool *found)
{
    Share share;

    return IN_TX(tx_system_read(tx_scope, w->store, &tx), share_find(s, tx, hash, &share, found));
}

STORE_TEST(a_share_is_found_by_its_hash_until_it_is_revoked)
{
    Share share, found;
    bool is = false;

    TRY(given_share(s, w, "hash one", US_PER_S * 3600, &share));
    CHECK(share.expires_at.us - share.created_at.us == US_PER_S * 3600);
    TRY(IN_TX(tx_system_read(tx_scope, w->store, &tx), share_find(s, tx, "hash one", &found, &is)));
    CHECK(is);
    CHECK_TEXT(found.run_id, share.run_id);
    CHECK_TEXT(found.tenant_id, w->caller.tenant_id);
    TRY(found_by(s, w, "hash two", &is));
    CHECK(!is);
    TRY(TENANT(w, share_revoke(s, tx, share.id)));
    TRY(found_by(s, w, "hash one", &is));
    CHECK(!is);
    return OK;
}

STORE_TEST(a_share_that_has_expired_is_not_found)
{
    Share share;
    bool found = true;

    TRY(given_share(s, w, "hash", 0, &share));
    TRY(found_by(s, w, "hash", &found));
    CHECK(!found);
    return OK;
}

STORE_TEST(another_tenant_neither_makes_nor_sees_nor_revokes_a_share)
{
    ShareList list = {0};
    Share share, theirs;
    bool found = false;

    TRY(given_share(s, w, "hash", US_PER_S * 3600, &share));
    FAILS(MISSING, OTHER(w, share_insert(s, tx, &(ShareWant){share.run_id, "x", 1}, &theirs)));
    FAILS(MISSING, OTHER(w, shares_of_run(s, tx, share.run_id, &list)));
    FAILS(MISSING, OTHER(w, share_revoke(s, tx, share.id)));
    TRY(found_by(s, w, "hash", &found));
    CHECK(found);
    return OK;
}

STORE_TEST(a_hash_stands_for_one_share)
{
    Share share, second;

    TRY(given_share(s, w, "hash", US_PER_S, &share));
    FAILS(CONFLICT,
          TENANT(w, share_insert(s, tx, &(ShareWant){share.run_id, "hash", US_PER_S}, &second)));
    return OK;
}
