/* What every store of blobs promises. */

#include <fcntl.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/crypto.h"
#include "test/blob/given_blobs.h"

BLOB_TEST(what_was_written_is_read_with_its_hash)
{
    const char *t;

    TRY(given_blob(s, g, "a/patch.diff", "hello", NULL));
    CHECK_EQ(g->about.size, 5);
    CHECK_TEXT(g->about.sha256, sha256_hex(s, BYTES("hello")));
    const char *etag = g->about.etag;
    TRY(blob_text(s, g, "a/patch.diff", &t));
    CHECK_TEXT(t, "hello");
    CHECK_TEXT(g->about.etag, etag);
    CHECK_TEXT(g->about.sha256, sha256_hex(s, BYTES("hello")));
    CHECK_TEXT(g->about.type, "application/octet-stream");
    CHECK(time_now().us - g->about.modified.us < 60 * US_PER_S);
    return OK;
}

BLOB_TEST(an_empty_blob_is_a_blob)
{
    const char *t;

    TRY(given_blob(s, g, "empty", "", NULL));
    TRY(blob_text(s, g, "empty", &t));
    CHECK_TEXT(t, "");
    CHECK_EQ(g->about.size, 0);
    return OK;
}

BLOB_TEST(what_is_not_there_is_missing)
{
    const char *t;
    BlobInfo about;

    FAILS(MISSING, blob_text(s, g, "none", &t));
    FAILS(MISSING, blob_head(s, g->store, blob_called(s, g, "none"), &about));
    FAILS(MISSING, blob_tier(s, g->store, blob_called(s, g, "none"), TIER_COOL));
    return OK;
}

BLOB_TEST(a_name_and_a_longer_one_are_both_blobs)
{
    const char *t;

    TRY(given_blob(s, g, "a/b", "inner", NULL));
    TRY(given_blob(s, g, "a", "outer", NULL));
    TRY(blob_text(s, g, "a/b", &t));
    CHECK_TEXT(t, "inner");
    TRY(blob_text(s, g, "a", &t));
    CHECK_TEXT(t, "outer");
    return OK;
}

BLOB_TEST(names_that_cannot_be_are_refused)
{
    static const char *const bad[] = {
        "",         "temp",      "temp/",
        "/temp/a",  "temp//a",   "temp/../a",
        "temp/.a",  "TEMP/a",    "t/a",
        "temp/a b", "temp/a/",   "-temp/a",
        "te--mp/a", "temp/a@",   "temp/\xc3\xa4",
        "temp/a?b", "temp/a%2e", "temp/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"};
    BlobInfo about;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, blob_put(s, g->store, &(BlobPut){.name = bad[i]}, &about));
    FAILS(INVALID, blob_put(s, g->store, &(BlobPut){.name = NULL}, &about));
    return OK;
}

BLOB_TEST(a_new_blob_replaces_none)
{
    const char *t;

    TRY(given_blob(s, g, "a", "first", BLOB_NEW));
    FAILS(CONFLICT, given_blob(s, g, "a", "second", BLOB_NEW));
    TRY(blob_text(s, g, "a", &t));
    CHECK_TEXT(t, "first");
    return OK;
}

BLOB_TEST(of_two_who_read_the_same_state_one_writes)
{
    const char *t;

    TRY(given_blob(s, g, "manifest", "1", BLOB_NEW));
    const char *etag = g->about.etag;
    TRY(given_blob(s, g, "manifest", "2", etag));
    CHECK(!text_equal(g->about.etag, etag));
    FAILS(CONFLICT, given_blob(s, g, "manifest", "two", etag));
    TRY(blob_text(s, g, "manifest", &t));
    CHECK_TEXT(t, "2");
    FAILS(CONFLICT, given_blob(s, g, "never", "x", etag));
    return OK;
}

BLOB_TEST(the_same_bytes_written_again_are_another_state)
{
    TRY(given_blob(s, g, "a", "same", NULL));
    const char *etag = g->about.etag;
    TRY(given_blob(s, g, "a", "same", NULL));
    CHECK(!text_equal(g->about.etag, etag));
    return OK;
}

typedef struct Gathered {
    Buffer bytes;
    size_t pieces;
} Gathered;

static Error *gather(Scope *s, void *to, Bytes piece)
{
    Gathered *gathered = to;

    (void)s;
    buffer_bytes(&gathered->bytes, piece);
    gathered->pieces++;
    return OK;
}

static fallible range_is(Scope *s, GivenBlobs *g, BlobGet get, const char *wanted)
{
    Gathered got = {.bytes = buffer_in(s)};

    get.take = gather;
    get.to = &got;
    TRY(blob_get(s, g->store, &get, &g->about));
    CHECK_TEXT(buffer_string(&got.bytes), wanted);
    return OK;
}

BLOB_TEST(a_range_is_cut_at_the_end)
{
    const char *name = blob_called(s, g, "digits");

    TRY(given_blob(s, g, "digits", "0123456789", NULL));
    TRY(range_is(s, g, (BlobGet){.name = name, .from = 2, .size = 3}, "234"));
    TRY(range_is(s, g, (BlobGet){.name = name, .from = 7}, "789"));
    TRY(range_is(s, g, (BlobGet){.name = name, .from = 8, .size = 100}, "89"));
    TRY(range_is(s, g, (BlobGet){.name = name, .from = 10}, ""));
    TRY(range_is(s, g, (BlobGet){.name = name, .from = 99, .size = 1}, ""));
    return OK;
}

BLOB_TEST(a_pinned_read_refuses_a_newer_state)
{
    const char *name = blob_called(s, g, "a");

    TRY(given_blob(s, g, "a", "old", NULL));
    const char *etag = g->about.etag;
    TRY(range_is(s, g, (BlobGet){.name = name, .if_match = etag}, "old"));
    TRY(given_blob(s, g, "a", "new", NULL));
    FAILS(CONFLICT, range_is(s, g, (BlobGet){.name = name, .if_match = etag}, ""));
    return OK;
}

BLOB_TEST(a_file_goes_up_and_comes_down_whole)
{
    Bytes bytes = noise(s, (5 << 20) + 17), again;
    const char *up = text(s, "%s/up", g->folder), *down = text(s, "%s/down", g->folder);
    BlobPut put = {
        .name = blob_called(s, g, "repo.tar.gz"), .path = up, .type = "application/gzip"};

    TRY(file_write(s, up, bytes, 0600));
    TRY(blob_put(s, g->store, &put, &g->about));
    CHECK_TEXT(g->about.sha256, sha256_hex(s, bytes));
    TRY(blob_fetch(s, g->store, put.name, down, &g->about));
    TRY(file_read(s, down, 8 << 20, &again));
    CHECK(bytes_equal(bytes, again));
    CHECK_TEXT(g->about.type, "application/gzip");
    FAILS(CONFLICT, blob_fetch(s, g->store, put.name, down, &g->about));
    return OK;
}

BLOB_TEST(a_read_that_is_refused_leaves_no_file)
{
    const char *down = text(s, "%s/down", g->folder);

    FAILS(MISSING, blob_fetch(s, g->store, blob_called(s, g, "none"), down, &g->about));
    CHECK(!file_exists(down));
    return OK;
}

static Error *refuse(Scope *s, void *to, Bytes piece)
{
    (void)to, (void)piece;
    return fail(s, LIMITED, "no more");
}

BLOB_TEST(what_the_reader_says_ends_the_read)
{
    BlobContent content;
    BlobGet get = {.name = blob_called(s, g, "a"), .take = refuse};

    TRY(given_blob(s, g, "a", "hello", NULL));
    FAILS(LIMITED, blob_get(s, g->store, &get, &g->about));
    FAILS(TOO_LARGE, blob_read(s, g->store, get.name, 4, &content));
    return OK;
}

/* All names below a prefix, page by page, joined; *pages counts them. */
static fallible listed(Scope *s, GivenBlobs *g, BlobListing ask, size_t *pages, const char **out)
{
    TextList names = {0};
    BlobPage page;

    *pages = 0;
    do {
        TRY(blob_list(s, g->store, &ask, &page));
        CHECK(page.blobs.count <= ask.max);
        EACH (BlobInfo, b, &page.blobs)
            texts_add(s, &names, b->name + strlen(g->base));
        ask.marker = page.marker;
        ++*pages;
    } while (page.marker);
    *out = text_join(s, &names, " ");
    return OK;
}

BLOB_TEST(names_come_in_order_and_in_pages)
{
    static const char *const names[] = {"b/x", "a", "a-b", "a/c/d", "a/b", "a.c", "ab", "c"};
    const char *all;
    size_t pages;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        TRY(given_blob(s, g, names[i], "x", NULL));
    for (size_t max = 1; max <= 9; max++) {
        TRY(listed(s, g, (BlobListing){.prefix = g->base, .max = max}, &pages, &all));
        CHECK_TEXT(all, "a a-b a.c a/b a/c/d ab b/x c");
        CHECK(pages >= 8 / max);
    }
    TRY(listed(s, g, (BlobListing){.prefix = blob_called(s, g, "a/"), .max = 9}, &pages, &all));
    CHECK_TEXT(all, "a/b a/c/d");
    TRY(listed(s, g, (BlobListing){.prefix = blob_called(s, g, "a/c"), .max = 9}, &pages, &all));
    CHECK_TEXT(all, "a/c/d");
    TRY(listed(s, g, (BlobListing){.prefix = blob_called(s, g, "zz"), .max = 9}, &pages, &all));
    CHECK_TEXT(all, "");
    return OK;
}

BLOB_TEST(a_list_tells_what_is_known_of_each_blob)
{
    BlobPage page;

    TRY(given_blob(s, g, "a", "hello", NULL));
    TRY(blob_list(s, g->store, &(BlobListing){.prefix = g->base}, &page));
    CHECK_EQ(page.blobs.count, 1);
    const BlobInfo *a = page.blobs.items;
    CHECK_EQ(a->size, 5);
    CHECK_TEXT(a->etag, g->about.etag);
    CHECK_TEXT(a->sha256, g->about.sha256);
    CHECK_EQ(a->tier, TIER_HOT);
    CHECK(time_now().us - a->modified.us < 60 * US_PER_S);
    return OK;
}

BLOB_TEST(a_container_nobody_wrote_to_is_empty)
{
    BlobPage page;
    const char *prefix = text(s, "none-%s/", random_hex(s, 8));

    TRY(blob_list(s, g->store, &(BlobListing){.prefix = prefix}, &page));
    CHECK_EQ(page.blobs.count, 0);
    CHECK(!page.marker);
    return OK;
}

BLOB_TEST(a_container_is_made_when_it_is_written_to)
{
    BlobContent content;
    const char *name = text(s, "made-%s/a", random_hex(s, 8));

    TRY(blob_put(s, g->store, &(BlobPut){.name = name, .bytes = BYTES("x")}, &g->about));
    TRY(blob_read(s, g->store, name, 10, &content));
    CHECK_TEXT(content.bytes.data, "x");
    return OK;
}

BLOB_TEST(what_is_removed_is_gone_and_may_be_removed_again)
{
    const char *t;

    TRY(given_blob(s, g, "a/b/c", "x", NULL));
    TRY(remove_blob(s, g, "a/b/c", NULL));
    FAILS(MISSING, blob_text(s, g, "a/b/c", &t));
    TRY(remove_blob(s, g, "a/b/c", NULL));
    TRY(given_blob(s, g, "a/b/c", "again", BLOB_NEW));
    return OK;
}

BLOB_TEST(a_removal_may_ask_for_a_state)
{
    const char *t;

    TRY(given_blob(s, g, "a", "1", NULL));
    const char *etag = g->about.etag;
    TRY(given_blob(s, g, "a", "2", NULL));
    FAILS(CONFLICT, remove_blob(s, g, "a", etag));
    TRY(blob_text(s, g, "a", &t));
    TRY(remove_blob(s, g, "a", g->about.etag));
    TRY(remove_blob(s, g, "a", g->about.etag));
    FAILS(MISSING, blob_text(s, g, "a", &t));
    return OK;
}

BLOB_TEST(many_are_removed_at_once)
{
    BlobRemove what = {0};
    BlobPage page;

    for (int i = 0; i < 300; i++) {
        const char *name = text(s, "d/%d", i);
        if (i % 10 == 0)
            TRY(given_blob(s, g, name, "x", NULL));
        texts_add(s, &what.names, blob_called(s, g, name));
    }
    TRY(given_blob(s, g, "kept", "x", NULL));
    TRY(blob_remove(s, g->store, &what));
    TRY(blob_list(s, g->store, &(BlobListing){.prefix = g->base}, &page));
    CHECK_EQ(page.blobs.count, 1);
    CHECK_TEXT(page.blobs.items[0].name, blob_called(s, g, "kept"));
    return OK;
}

static fallible lease(Scope *s, GivenBlobs *g, BlobLeaseAction action, const char *id)
{
    BlobLease ask = {.action = action, .name = blob_called(s, g, "lock"), .id = id, .seconds = 15};

    return blob_lease(s, g->store, &ask);
}

BLOB_TEST(a_lease_keeps_others_out_until_it_is_given_back)
{
    const char *ours = id_new(s), *theirs = id_new(s);

    FAILS(MISSING, lease(s, g, LEASE_ACQUIRE, ours));
    TRY(given_blob(s, g, "lock", "", NULL));
    TRY(lease(s, g, LEASE_ACQUIRE, ours));
    TRY(lease(s, g, LEASE_ACQUIRE, ours));
    Error *e = lease(s, g, LEASE_ACQUIRE, theirs);
    CHECK(failed_as(e, CONFLICT));
    CHECK_TEXT(e->code, BLOB_LEASED);
    FAILS(CONFLICT, lease(s, g, LEASE_RENEW, theirs));
    FAILS(CONFLICT, lease(s, g, LEASE_RELEASE, theirs));
    TRY(lease(s, g, LEASE_RENEW, ours));
    TRY(lease(s, g, LEASE_RELEASE, ours));
    TRY(lease(s, g, LEASE_RELEASE, ours));
    TRY(lease(s, g, LEASE_BREAK, NULL));
    TRY(lease(s, g, LEASE_ACQUIRE, theirs));
    return OK;
}

BLOB_TEST(who_has_the_lease_writes_and_removes)
{
    const char *ours = id_new(s);
    BlobPut put = {.name = blob_called(s, g, "lock"), .bytes = BYTES("x"), .lease = ours};
    BlobRemove what = {.lease = ours};

    TRY(given_blob(s, g, "lock", "", NULL));
    TRY(lease(s, g, LEASE_ACQUIRE, ours));
    Error *e = given_blob(s, g, "lock", "theirs", NULL);
    CHECK(failed_as(e, CONFLICT));
    CHECK_TEXT(e->code, BLOB_LEASED);
    FAILS(CONFLICT, remove_blob(s, g, "lock", NULL));
    TRY(blob_put(s, g->store, &put, &g->about));
    texts_add(s, &what.names, put.name);
    TRY(blob_remove(s, g->store, &what));
    return OK;
}

BLOB_TEST(a_broken_lease_is_over_at_once)
{
    const char *ours = id_new(s);
    BlobPut put = {.name = blob_called(s, g, "lock"), .bytes = BYTES("x"), .lease = ours};

    TRY(given_blob(s, g, "lock", "", NULL));
    TRY(lease(s, g, LEASE_ACQUIRE, ours));
    TRY(lease(s, g, LEASE_BREAK, NULL));
    FAILS(CONFLICT, blob_put(s, g->store, &put, &g->about));
    TRY(lease(s, g, LEASE_ACQUIRE, id_new(s)));
    return OK;
}

BLOB_TEST(a_tier_is_kept_and_changes_neither_bytes_nor_etag)
{
    const char *t;

    TRY(given_blob(s, g, "a", "hello", NULL));
    const char *etag = g->about.etag;
    TRY(blob_tier(s, g->store, blob_called(s, g, "a"), TIER_COLD));
    TRY(blob_text(s, g, "a", &t));
    CHECK_TEXT(t, "hello");
    CHECK_EQ(g->about.tier, TIER_COLD);
    CHECK_TEXT(g->about.etag, etag);
    return OK;
}

BLOB_TEST(an_archived_blob_says_that_it_must_be_thawed)
{
    const char *t;

    TRY(given_blob(s, g, "a", "hello", NULL));
    TRY(blob_tier(s, g->store, blob_called(s, g, "a"), TIER_ARCHIVE));
    Error *e = blob_text(s, g, "a", &t);
    CHECK(failed_as(e, UNAVAILABLE));
    CHECK_TEXT(e->code, BLOB_ARCHIVED);
    TRY(blob_tier(s, g->store, blob_called(s, g, "a"), TIER_HOT));
    TRY(blob_text(s, g, "a", &t));
    CHECK_TEXT(t, "hello");
    return OK;
}
