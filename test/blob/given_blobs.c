/* Stores of blobs for tests. */

#include "test/blob/given_blobs.h"

#include "base/id.h"

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
