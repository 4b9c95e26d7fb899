/* Leases as records: "ID UNTIL LENGTH\n", microseconds, UNTIL by this machine's clock; both -1: for ever. */

#include "base/id.h"
#include "blob/file_parts.h"
#include "sys/crypto.h"

enum { LEASE_SIZE_MAX = 128 };

typedef struct Held {
    const char *id; /* NULL: nobody ever had it, or it was given back */
    int64_t until_us, length_us;
} Held;

static const char *lease_path(Scope *s, const FileBlobs *blobs, const char *name)
{
    return text(s, "%s/%s", blobs->leases, sha256_hex(s, bytes_of(name)));
}

static fallible held_read(Scope *s, const FileBlobs *blobs, const char *name, Held *out)
{
    Bytes bytes;
    Error *e = file_read(s, lease_path(s, blobs, name), LEASE_SIZE_MAX, &bytes);

    *out = (Held){0};
    if (failed_as(e, MISSING))
        return OK;
    TRY(e);
    TextList parts = text_split(s, text_trim(s, text_clean(s, bytes, NULL)), ' ');
    if (parts.count != 3 || !id_valid(parts.items[0]) ||
        !text_integer(parts.items[1], -1, INT64_MAX, &out->until_us) ||
        !text_integer(parts.items[2], -1, BLOB_LEASE_MAX_S * US_PER_S, &out->length_us))
        return fail(s, UPSTREAM, "the record of the lease on %s is damaged: break the lease", name);
    out->id = parts.items[0];
    return OK;
}

static bool still(const Held *held)
{
    return held->id && (held->until_us < 0 || time_now().us < held->until_us);
}

static fallible leased(Scope *s, const char *name)
{
    return fail_code(s, CONFLICT, BLOB_LEASED, "somebody else has the lease on %s", name);
}

Error *file_lease_check(Scope *s, const FileBlobs *blobs, const char *name, const char *id)
{
    Held held;

    TRY(held_read(s, blobs, name, &held));
    if (still(&held) ? !text_equal(held.id, id) : id != NULL)
        return leased(s, name);
    return OK;
}

Error *file_lease_forget(Scope *s, const FileBlobs *blobs, const char *name)
{
    return file_remove(s, lease_path(s, blobs, name));
}

static fallible held_write(Scope *s, const FileBlobs *blobs, const char *name, const Held *held)
{
    int64_t until = held->length_us < 0 ? -1 : time_now().us + held->length_us;
    const char *record =
        text(s, "%s %lld %lld\n", held->id, (long long)until, (long long)held->length_us);

    return file_write(s, lease_path(s, blobs, name), bytes_of(record), 0600);
}

static fallible change(Scope *s, const FileBlobs *blobs, const BlobLease *lease)
{
    Held held;

    if (lease->action == LEASE_BREAK)
        return file_lease_forget(s, blobs, lease->name);
    TRY(held_read(s, blobs, lease->name, &held));
    bool ours = text_equal(held.id, lease->id);
    if (!ours && (lease->action == LEASE_RENEW || still(&held)))
        return leased(s, lease->name);
    if (lease->action == LEASE_RELEASE)
        return file_lease_forget(s, blobs, lease->name);
    if (lease->action == LEASE_ACQUIRE)
        held.length_us = lease->seconds < 0 ? -1 : lease->seconds * US_PER_S;
    held.id = lease->id;
    return held_write(s, blobs, lease->name, &held);
}

Error *file_blob_lease(Scope *s, void *own, const BlobLease *lease)
{
    SCOPE(tmp, s);
    OpenBlob blob;

    TRY(file_blob_lock(tmp, own, lease->name));
    TRY(file_blob_open(tmp, own, lease->name, &blob));
    return change(tmp, own, lease);
}
