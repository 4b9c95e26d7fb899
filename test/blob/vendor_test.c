/* The vendor's own client reads what we wrote, and writes what we read. */

#include "sys/crypto.h"
#include "sys/process.h"
#include "test/blob/given_blobs.h"

enum { LARGE = (5 << 20) + 17 };

typedef struct Vendor {
    const char *action, *name;
    size_t size;
    const char *sha256;
} Vendor;

static fallible vendor(Scope *s, GivenBlobs *g, const Vendor *v)
{
    const char *node, *modules, *url;
    ProcessSpec spec = {.dir = g->folder};
    ProcessResult result;

    TRY(blobs_variable(s, "DURSOR_TEST_AZURITE_NODE", &node));
    TRY(blobs_variable(s, "DURSOR_TEST_AZURITE_MODULES", &modules));
    TRY(blobs_variable(s, "DURSOR_TEST_AZURITE_URL", &url));
    const char *argv[] = {node,    BLOB_TESTS "/vendor.cjs", v->action,
                          v->name, text(s, "%zu", v->size),  v->sha256};
    for (size_t i = 0; i < COUNT_OF(argv); i++)
        texts_add(s, &spec.argv, argv[i]);
    texts_add(s, &spec.env, text(s, "MODULES=%s", modules));
    texts_add(s, &spec.env, text(s, "ENDPOINT=%s", url));
    texts_add(s, &spec.env, text(s, "KEY=%s", g->options.key));
    TRY(process_run(s, &spec, &result));
    return process_check(s, &spec, &result);
}

static fallible read_by_vendor(Scope *s, GivenBlobs *g, const char *name, size_t size)
{
    Bytes bytes = noise(s, size);
    BlobPut put = {.name = blob_called(s, g, name), .bytes = bytes, .type = "application/gzip"};
    BlobInfo about;

    TRY(blob_put(s, g->store, &put, &about));
    TRY(vendor(s, g, &(Vendor){"read", put.name, size, about.sha256}));
    /* It looks at what it is told: another hash fails. */
    FAILS(UPSTREAM, vendor(s, g, &(Vendor){"read", put.name, size, sha256_hex(s, BYTES("x"))}));
    return OK;
}

static Error *ours_is_read(Scope *s, GivenBlobs *g)
{
    TRY(read_by_vendor(s, g, "small", 5));
    return read_by_vendor(s, g, "large", LARGE);
}

TEST(the_vendors_client_reads_what_we_wrote)
{
    return blobs_in_azure(s, ours_is_read);
}

static Error *theirs_is_read(Scope *s, GivenBlobs *g)
{
    const char *name = blob_called(s, g, "theirs");
    BlobContent content;
    BlobPage page;

    TRY(vendor(s, g, &(Vendor){"write", name, LARGE, "-"}));
    TRY(blob_read(s, g->store, name, LARGE, &content));
    CHECK_EQ(content.bytes.size, LARGE);
    for (size_t i = 0; i < LARGE; i++)
        CHECK(content.bytes.data[i] == "vendor "[i % 7]);
    CHECK(!content.about.sha256);
    CHECK_TEXT(content.about.type, "text/plain");
    TRY(blob_list(s, g->store, &(BlobListing){.prefix = g->base}, &page));
    CHECK_EQ(page.blobs.count, 1);
    CHECK_TEXT(page.blobs.items[0].etag, content.about.etag);
    CHECK_EQ(page.blobs.items[0].size, LARGE);
    return OK;
}

TEST(we_read_what_the_vendors_client_wrote)
{
    return blobs_in_azure(s, theirs_is_read);
}
