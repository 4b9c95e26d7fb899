/* Stores of blobs for tests. */

#include "test/blob/given_blobs.h"

#include <stdlib.h>

#include "base/id.h"
#include "net/http_client.h"
#include "net/url.h"

static fallible with_store(Scope *s, GivenBlobs *g, BlobTest *test)
{
    scope_limit(s, 60 * US_PER_S);
    g->base = text(s, "temp/%s/", random_hex(s, 8));
    TRY(blob_open(s, &g->options, &g->store));
    return test(s, g);
}

Error *blobs_in_files(Scope *s, BlobTest *test)
{
    GivenBlobs g = {0};

    TRY(directory_temporary(s, "/tmp", "blobs", &g.folder));
    g.options.url = text(s, "file://%s/store", g.folder);
    return with_store(s, &g, test);
}

fallible blobs_variable(Scope *s, const char *name, const char **out)
{
    *out = getenv(name);
    if (text_empty(*out))
        return fail(s, INVALID, "%s is not set: run the tests by ./dev test or ./dev servers",
                    name);
    return OK;
}

static fallible azure_options(Scope *s, const char *variable, GivenBlobs *g)
{
    Buffer endpoint = buffer_in(s);
    const char *url;

    TRY(blobs_variable(s, variable, &url));
    TRY(blobs_variable(s, "DURSOR_TEST_AZURITE_KEY", &g->options.key));
    TRY(directory_temporary(s, "/tmp", "blobs", &g->folder));
    query_add(&endpoint, "endpoint", url);
    g->options.url = text(s, "azblob://devstoreaccount1?%s", buffer_string(&endpoint));
    g->options.block_bytes = 1 << 20;
    g->options.pause_us = 20 * US_PER_MS;
    g->options.quiet_us = 500 * US_PER_MS;
    g->faults = text(s, "%.*s", (int)(strrchr(url, '/') - url), url);
    return OK;
}

Error *blobs_in_azure(Scope *s, BlobTest *test)
{
    GivenBlobs g = {0};

    TRY(azure_options(s, "DURSOR_TEST_AZURITE_URL", &g));
    return with_store(s, &g, test);
}

Error *blobs_with_faults(Scope *s, BlobTest *test)
{
    GivenBlobs g = {0};

    TRY(azure_options(s, "DURSOR_TEST_AZURITE_FAULTS_URL", &g));
    return with_store(s, &g, test);
}

/* The proxy knows a test by the random part of its names. */
static fallible proxy_told(Scope *s, GivenBlobs *g, const char *what, Bytes body, HttpReply *out)
{
    const char *word = g->base + strlen("temp/");
    HttpClient *client;
    HttpCall call = {.method = body.size ? "PUT" : "GET", .body = body};

    call.url = text(s, "%s/__%s/%.*s", g->faults, what, (int)strcspn(word, "/"), word);
    TRY(http_client_open(s, &(HttpClientSettings){0}, &client));
    TRY(http_call(s, client, &call, out));
    return http_expect(s, &call, out);
}

Error *plan_faults(Scope *s, GivenBlobs *g, const char *faults)
{
    HttpReply reply;

    return proxy_told(s, g, "plan", bytes_of(faults), &reply);
}

Error *count_requests(Scope *s, GivenBlobs *g, int *out)
{
    HttpReply reply;
    int64_t count;

    TRY(proxy_told(s, g, "count", (Bytes){0}, &reply));
    CHECK(text_integer(text_of(s, reply.body), 0, INT32_MAX, &count));
    *out = (int)count;
    return OK;
}

const char *blob_called(Scope *s, const GivenBlobs *g, const char *name)
{
    return text(s, "%s%s", g->base, name);
}

Error *given_blob(Scope *s, GivenBlobs *g, const char *name, const char *content,
                  const char *if_match)
{
    BlobPut put = {
        .name = blob_called(s, g, name), .bytes = bytes_of(content), .if_match = if_match};

    return blob_put(s, g->store, &put, &g->about);
}

Error *blob_text(Scope *s, GivenBlobs *g, const char *name, const char **out)
{
    BlobContent content;

    TRY(blob_read(s, g->store, blob_called(s, g, name), 1 << 20, &content));
    g->about = content.about;
    *out = text_of(s, content.bytes);
    return OK;
}

Error *remove_blob(Scope *s, GivenBlobs *g, const char *name, const char *if_match)
{
    BlobRemove what = {.if_match = if_match};

    texts_add(s, &what.names, blob_called(s, g, name));
    return blob_remove(s, g->store, &what);
}

Bytes noise(Scope *s, size_t size)
{
    char *data = scope_alloc(s, size + 1);

    random_bytes(data, size);
    return (Bytes){data, size};
}
