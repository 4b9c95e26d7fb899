/* Drivers by URL, the checks before them, and reading that trusts no byte before its hash. */

#include "blob/blob.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/name.h"
#include "sys/crypto.h"
#include "sys/fault.h"
#include "sys/file.h"

struct BlobStore {
    const BlobDriver *driver;
    void *own;
};

static const BlobDriver *const drivers[] = {&file_blobs, &azure_blobs};

Error *blob_open(Scope *s, const BlobOptions *options, BlobStore **out)
{
    BlobStore *store = NEW(s, BlobStore);

    if (!options->url || strlen(options->url) > BLOB_URL_MAX)
        return fail(s, INVALID, "the address of the blobs is missing or too long");
    for (size_t i = 0; i < COUNT_OF(drivers); i++) {
        if (!text_starts(options->url, drivers[i]->scheme))
            continue;
        store->driver = drivers[i];
        TRY(store->driver->open(s, options, &store->own));
        *out = store;
        return OK;
    }
    return fail(s, INVALID,
                "no blobs of that kind: DURSOR_BLOB_URL is file:///PATH or azblob://ACCOUNT");
}

Error *blob_put(Scope *s, BlobStore *store, const BlobPut *put, BlobInfo *out)
{
    TRY(blob_put_check(s, put));
    TRY_WHILE(store->driver->put(s, store->own, put, out), "writing %s", put->name);
    return OK;
}

Error *blob_head(Scope *s, BlobStore *store, const char *name, BlobInfo *out)
{
    TRY(blob_name_check(s, name));
    TRY_WHILE(store->driver->head(s, store->own, name, out), "looking at %s", name);
    return OK;
}

Error *blob_list(Scope *s, BlobStore *store, const BlobListing *listing, BlobPage *out)
{
    BlobListing asked = *listing;

    TRY(blob_prefix_check(s, listing->prefix));
    if (!asked.max || asked.max > BLOB_PAGE_MAX)
        asked.max = BLOB_PAGE_MAX;
    if (asked.marker && strlen(asked.marker) > BLOB_MARKER_MAX)
        return fail(s, INVALID, "the place in the list of %s is none", listing->prefix);
    TRY_WHILE(store->driver->list(s, store->own, &asked, out), "listing %s", listing->prefix);
    return OK;
}

Error *blob_remove(Scope *s, BlobStore *store, const BlobRemove *what)
{
    EACH (const char *, name, &what->names)
        TRY(blob_name_check(s, *name));
    if (what->names.count != 1 && (what->if_match || what->lease))
        return fail(s, INVALID,
                    "a condition or a lease goes with one blob to be removed, not with %zu",
                    what->names.count);
    if (!what->names.count)
        return OK;
    TRY_WHILE(store->driver->remove(s, store->own, what), "removing %s", what->names.items[0]);
    return OK;
}

Error *blob_lease(Scope *s, BlobStore *store, const BlobLease *lease)
{
    TRY(blob_lease_check(s, lease));
    TRY_WHILE(store->driver->lease(s, store->own, lease), "leasing %s", lease->name);
    return OK;
}

Error *blob_tier(Scope *s, BlobStore *store, const char *name, BlobTier tier)
{
    TRY(blob_name_check(s, name));
    TRY_WHILE(store->driver->tier(s, store->own, name, tier), "moving %s to another tier", name);
    return OK;
}

/* ---- Reading ---- */

/* Stands between a driver and who reads: the hash of a whole read. */
typedef struct Reading {
    const BlobGet *asked;
    Hash *hash;
    int64_t taken;
} Reading;

static Error *reading_take(Scope *s, void *to, Bytes piece)
{
    Reading *reading = to;

    hash_add(reading->hash, piece);
    reading->taken += (int64_t)piece.size;
    return reading->asked->take(s, reading->asked->to, piece);
}

static fallible damaged(Scope *s, const char *name)
{
    return fail_code(s, UPSTREAM, BLOB_DAMAGED, "%s does not hold the bytes that were written",
                     name);
}

static fallible reading_check(Scope *s, Reading *reading, const BlobInfo *about)
{
    Sha256 sum = hash_sum(reading->hash);

    if (reading->taken != about->size ||
        (about->sha256 && !text_equal(hex(s, sha256_view(&sum)), about->sha256)))
        return damaged(s, about->name);
    return OK;
}

Error *blob_get(Scope *s, BlobStore *store, const BlobGet *get, BlobInfo *out)
{
    SCOPE(tmp, s);
    Reading reading = {.asked = get, .hash = hash_open(tmp)};
    BlobGet through = *get;
    BlobInfo about;

    TRY(blob_name_check(s, get->name));
    if (get->from < 0 || get->size < 0)
        return fail(s, INVALID, "a range of %s is negative", get->name);
    through.take = reading_take;
    through.to = &reading;
    TRY_WHILE(store->driver->get(s, store->own, &through, &about), "reading %s", get->name);
    if (!get->from && !get->size)
        TRY(reading_check(s, &reading, &about));
    *out = about;
    return OK;
}

typedef struct Collected {
    Buffer bytes;
    size_t max;
    const char *name;
} Collected;

static Error *collect(Scope *s, void *to, Bytes piece)
{
    Collected *c = to;

    if (piece.size > c->max - c->bytes.size)
        return fail(s, TOO_LARGE, "%s has more than %zu bytes", c->name, c->max);
    buffer_bytes(&c->bytes, piece);
    return OK;
}

Error *blob_read(Scope *s, BlobStore *store, const char *name, size_t max, BlobContent *out)
{
    Collected c = {.bytes = buffer_in(s), .max = max, .name = name};
    BlobInfo about;

    TRY(blob_get(s, store, &(BlobGet){.name = name, .take = collect, .to = &c}, &about));
    *out = (BlobContent){buffer_view(&c.bytes), about};
    return OK;
}

static Error *store_piece(Scope *s, void *to, Bytes piece)
{
    const int *fd = to;

    while (piece.size) {
        ssize_t n = write(*fd, piece.data, piece.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, errno, "storing a blob");
        piece.data += n;
        piece.size -= (size_t)n;
    }
    return OK;
}

static void unlink_one(void *path)
{
    unlink(path);
}

Error *blob_fetch(Scope *s, BlobStore *store, const char *name, const char *path, BlobInfo *about)
{
    SCOPE(tmp, s);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail_errno(s, errno, "making %s", path);
    Undo *undo = scope_undo(tmp, unlink_one, (void *)(uintptr_t)path);
    close_with(tmp, fd);
    TRY(blob_get(s, store, &(BlobGet){.name = name, .take = store_piece, .to = &fd}, about));
    undo_forget(undo);
    return OK;
}
