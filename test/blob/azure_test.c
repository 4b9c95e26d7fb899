/* What Azure has beside the contract: signatures, SAS, tokens, writers of one name, and addresses. */

#include "base/id.h"
#include "blob/azure_sign.h"
#include "sys/crypto.h"
#include "sys/thread.h"
#include "test/blob/given_blobs.h"

#define EMULATOR_KEY                                                                               \
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

static AzureRequest given_put(Scope *s)
{
    AzureRequest rq = {
        .method = "PUT", .path = "/devstoreaccount1/cc1/a.bin", .body = BYTES("hello")};

    pairs_add(s, &rq.headers, "x-ms-version", "2025-11-05");
    pairs_add(s, &rq.headers, "If-None-Match", "*");
    pairs_add(s, &rq.headers, "x-ms-blob-type", "BlockBlob");
    pairs_add(s, &rq.headers, "Content-Type", "application/octet-stream");
    pairs_add(s, &rq.headers, "X-Ms-Date", azure_date(s, (Time){1795445095000000}));
    pairs_add(s, &rq.headers, "Content-MD5", md5_base64(s, rq.body));
    return rq;
}

/* Taken from the log of a server that accepted it. */
TEST(what_is_signed_is_what_the_service_signs)
{
    AzureRequest rq = given_put(s);

    CHECK_TEXT(azure_string_to_sign(s, "devstoreaccount1", &rq),
               "PUT\n\n\n5\nXUFAKrxLKna5cZ2REBfFkg==\napplication/octet-stream\n\n\n\n*\n\n\n"
               "x-ms-blob-type:BlockBlob\nx-ms-date:Mon, 23 Nov 2026 14:44:55 "
               "GMT\nx-ms-version:2025-11-05\n"
               "/devstoreaccount1/devstoreaccount1/cc1/a.bin");
    return OK;
}

/* Microsoft Learn, "Authorize with Shared Key": Get Container Metadata and List Blobs. */
TEST(the_documented_examples_are_signed_as_documented)
{
    AzureRequest metadata = {.method = "GET", .path = "/mycontainer"};
    AzureRequest list = {.method = "GET", .path = "/mycontainer"};

    pairs_add(s, &metadata.headers, "x-ms-version", "2015-02-21");
    pairs_add(s, &metadata.headers, "x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
    pairs_add(s, &metadata.query, "restype", "container");
    pairs_add(s, &metadata.query, "timeout", "20");
    pairs_add(s, &metadata.query, "comp", "metadata");
    CHECK_TEXT(azure_string_to_sign(s, "myaccount", &metadata),
               "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 "
               "GMT\nx-ms-version:2015-02-21\n"
               "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20");
    pairs_add(s, &list.query, "restype", "container");
    pairs_add(s, &list.query, "comp", "list");
    pairs_add(s, &list.query, "include", "snapshots,metadata,uncommittedblobs");
    CHECK_TEXT(azure_string_to_sign(s, "myaccount", &list),
               "GET\n\n\n\n\n\n\n\n\n\n\n\n/myaccount/mycontainer\ncomp:list\n"
               "include:snapshots,metadata,uncommittedblobs\nrestype:container");
    return OK;
}

/* The value was computed by another implementation (Python's hmac) from the string above. */
TEST(the_signature_is_hmac_sha256_in_base64)
{
    AzureRequest rq = given_put(s);
    Bytes key;

    CHECK(base64_decode(s, EMULATOR_KEY, &key));
    CHECK_TEXT(azure_authorization(s, "devstoreaccount1", key, &rq),
               "SharedKey devstoreaccount1:O6qYeEXLCWEP9ujowrI/vV8XWguaIvpK8D0h734KXjU=");
    return OK;
}

TEST(times_of_azure_are_read_back)
{
    Time t;

    CHECK(azure_date_parse("Mon, 23 Nov 2026 14:44:55 GMT", &t));
    CHECK_EQ(t.us, 1795445095000000);
    CHECK(!azure_date_parse("2026-11-23T14:44:55Z", &t));
    CHECK(!azure_date_parse("Mon, 23 Nov 2026 14:44:55 GMT and more", &t));
    CHECK(!azure_date_parse(NULL, &t));
    return OK;
}

/* ---- Two writers of one name ---- */

enum { WRITERS = 3, LARGE = (3 << 20) + 5 };

typedef struct Writer {
    GivenBlobs *g;
    Bytes bytes;
    bool done;
} Writer;

static Error *write_large(Scope *s, void *arg)
{
    Writer *w = arg;
    BlobInfo about;
    BlobPut put = {.name = blob_called(s, w->g, "same"), .bytes = w->bytes, .if_match = BLOB_NEW};
    Error *e = blob_put(s, w->g->store, &put, &about);

    w->done = !e;
    return failed_as(e, CONFLICT) ? OK : e;
}

static Error *one_whole_writer_wins(Scope *s, GivenBlobs *g)
{
    Thread *threads[WRITERS];
    Writer writers[WRITERS];
    BlobContent content;
    int done = 0;

    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (Writer){g, noise(s, LARGE), false};
        TRY(thread_start(s, "writer", write_large, &writers[i], &threads[i]));
    }
    for (int i = 0; i < WRITERS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(blob_read(s, g->store, blob_called(s, g, "same"), LARGE, &content));
    for (int i = 0; i < WRITERS; i++) {
        done += writers[i].done;
        CHECK(writers[i].done == bytes_equal(writers[i].bytes, content.bytes));
    }
    CHECK_EQ(done, 1);
    return OK;
}

TEST(blocks_of_many_writers_of_one_name_never_mix)
{
    return blobs_in_azure(s, one_whole_writer_wins);
}

/* ---- One state for the whole read ---- */

typedef struct Meddler {
    GivenBlobs *g;
    size_t taken;
} Meddler;

/* Writes the blob anew once its first bytes are there. */
static Error *meddle(Scope *s, void *to, Bytes piece)
{
    Meddler *m = to;
    bool first = !m->taken;

    m->taken += piece.size;
    return first ? given_blob(s, m->g, "a", "short", NULL) : OK;
}

static Error *states_do_not_mix(Scope *s, GivenBlobs *g)
{
    Meddler m = {g, 0};
    BlobPut put = {.name = blob_called(s, g, "a"), .bytes = noise(s, 25 << 20)};
    BlobInfo about;

    TRY(blob_put(s, g->store, &put, &about));
    FAILS(CONFLICT,
          blob_get(s, g->store, &(BlobGet){.name = put.name, .take = meddle, .to = &m}, &about));
    CHECK(m.taken < put.bytes.size);
    return OK;
}

TEST(a_read_in_ranges_never_mixes_two_states)
{
    return blobs_in_azure(s, states_do_not_mix);
}

/* ---- SAS ---- */

/* An account SAS (Microsoft Learn, "Create an account SAS"), version 2020-12-06 or later. */
static const char *given_sas(Scope *s, Bytes key, const char *permissions)
{
    Buffer b = buffer_in(s);
    const char *until = text(s, "%.19sZ", time_text(s, (Time){time_now().us + 10 * US_PER_MIN}));
    const char *sign =
        text(s, "devstoreaccount1\n%s\nb\nsco\n\n%s\n\n\n2022-11-02\n\n", permissions, until);
    Sha256 sum = hmac_sha256(key, bytes_of(sign));

    buffer_format(&b, "sv=2022-11-02&ss=b&srt=sco&sp=%s", permissions);
    buffer_format(&b, "&se=%.13s%%3A%.2s%%3A%.3s&sig=", until, until + 14, until + 17);
    for (const char *c = base64(s, sha256_view(&sum)); *c; c++)
        buffer_text(&b, *c == '+'   ? "%2B"
                        : *c == '/' ? "%2F"
                        : *c == '=' ? "%3D"
                                    : text(s, "%c", *c));
    return buffer_string(&b);
}

static Error *a_sas_does_what_it_allows(Scope *s, GivenBlobs *g)
{
    BlobOptions options = g->options;
    const char *t;
    Bytes key;

    CHECK(base64_decode(s, g->options.key, &key));
    options.key = NULL;
    options.sas = given_sas(s, key, "rwdlac");
    TRY(blob_open(s, &options, &g->store));
    TRY(given_blob(s, g, "a", "hello", BLOB_NEW));
    TRY(blob_text(s, g, "a", &t));
    BlobRemove what = {0};
    texts_add(s, &what.names, blob_called(s, g, "a"));
    texts_add(s, &what.names, blob_called(s, g, "b"));
    TRY(blob_remove(s, g->store, &what));
    options.sas = given_sas(s, key, "rl");
    TRY(blob_open(s, &options, &g->store));
    Error *e = given_blob(s, g, "b", "hello", NULL);
    CHECK(failed_as(e, DENIED));
    CHECK(!strstr(e->message, "sig="));
    return OK;
}

TEST(a_sas_does_what_it_allows_and_is_never_shown)
{
    return blobs_in_azure(s, a_sas_does_what_it_allows);
}

static Error *a_wrong_key_is_denied(Scope *s, GivenBlobs *g)
{
    g->options.key = base64(s, BYTES("another key"));
    TRY(blob_open(s, &g->options, &g->store));
    Error *e = given_blob(s, g, "a", "hello", NULL);
    CHECK(failed_as(e, DENIED));
    CHECK(!strstr(e->message, g->options.key));
    return OK;
}

TEST(a_wrong_key_is_denied_and_never_shown)
{
    return blobs_in_azure(s, a_wrong_key_is_denied);
}

TEST(an_address_that_is_no_account_is_refused)
{
    static const char *const bad[] = {"azblob:",
                                      "azblob://",
                                      "azblob://ab",
                                      "azblob://Some_Account",
                                      "azblob://account/container",
                                      "azblob://account:1",
                                      "azblob://account?key=x",
                                      "azblob://account?endpoint=ftp://x",
                                      "azblob://account?endpoint=http://a:b@x"};
    BlobStore *store;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        FAILS(INVALID, blob_open(s, &(BlobOptions){.url = bad[i], .key = EMULATOR_KEY}, &store));
    FAILS(INVALID, blob_open(s, &(BlobOptions){.url = "azblob://account"}, &store));
    FAILS(INVALID, blob_open(s, &(BlobOptions){.url = "azblob://account", .key = "%"}, &store));
    FAILS(INVALID, blob_open(s, &(BlobOptions){.url = "azblob://account", .sas = "?sv=x"}, &store));
    return blob_open(s, &(BlobOptions){.url = "azblob://account", .key = EMULATOR_KEY}, &store);
}
