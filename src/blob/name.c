/* Names of blobs: a set of letters that every file system, URL and signature leaves as it is. */

#include "blob/name.h"

#include "base/id.h"
#include "net/pairs.h"

enum {
    CONTAINER_MIN = 3,
    CONTAINER_MAX = 63,
    CONDITION_MAX = 128, /* bytes of an ETag */
};

#define CONTAINER_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define NAME_LETTERS      CONTAINER_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ._"

static bool container_valid(const char *t, size_t size)
{
    if (size < CONTAINER_MIN || size > CONTAINER_MAX || strspn(t, CONTAINER_LETTERS) != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (t[i] == '-' && (i == 0 || i + 1 == size || t[i + 1] == '-'))
            return false;
    return true;
}

static fallible parts_check(Scope *s, const char *rest, bool may_be_cut)
{
    for (size_t parts = 2;; parts++) {
        size_t size = strcspn(rest, "/");
        bool last = !rest[size];
        if (parts > BLOB_PARTS_MAX)
            return fail(s, INVALID, "the name of a blob has more than %d parts", BLOB_PARTS_MAX);
        if (size > BLOB_PART_MAX || strspn(rest, NAME_LETTERS) != size)
            return fail(s, INVALID,
                        "a part of a blob's name is longer than %d or not of [A-Za-z0-9._-]",
                        BLOB_PART_MAX);
        if (*rest == '.' || (!size && !(last && may_be_cut)))
            return fail(s, INVALID, "a part of a blob's name is empty or begins with a dot");
        if (last)
            return OK;
        rest += size + 1;
    }
}

static fallible check(Scope *s, const char *name, bool may_be_cut)
{
    size_t size = name ? strcspn(name, "/") : 0;

    if (!name || strlen(name) > BLOB_NAME_MAX)
        return fail(s, INVALID, "the name of a blob is missing or longer than %d", BLOB_NAME_MAX);
    if (!name[size] || !container_valid(name, size))
        return fail(s, INVALID,
                    "the name of a blob does not begin with a container and '/': a container has "
                    "3 to 63 of [a-z0-9-]");
    return parts_check(s, name + size + 1, may_be_cut);
}

Error *blob_name_check(Scope *s, const char *name)
{
    return check(s, name, false);
}

Error *blob_prefix_check(Scope *s, const char *prefix)
{
    return check(s, prefix, true);
}

static bool condition_valid(const char *etag)
{
    return !etag || (*etag && strlen(etag) <= CONDITION_MAX && header_value_valid(etag));
}

static fallible type_check(Scope *s, const char *type)
{
    if (!type)
        return OK;
    if (!*type || strlen(type) > BLOB_TYPE_MAX || !header_value_valid(type) || strpbrk(type, " \t"))
        return fail(s, INVALID, "the media type of a blob is empty, longer than %d or has blanks",
                    BLOB_TYPE_MAX);
    return OK;
}

Error *blob_put_check(Scope *s, const BlobPut *put)
{
    TRY(blob_name_check(s, put->name));
    TRY(type_check(s, put->type));
    if (!condition_valid(put->if_match))
        return fail(s, INVALID, "the condition for writing %s is no ETag", put->name);
    if (put->lease && !id_valid(put->lease))
        return fail(s, INVALID, "the lease for writing %s is no id", put->name);
    if ((uint64_t)put->bytes.size > (uint64_t)BLOB_SIZE_MAX)
        return fail(s, TOO_LARGE, "%s would be larger than %lld bytes", put->name,
                    (long long)BLOB_SIZE_MAX);
    return OK;
}

Error *blob_lease_check(Scope *s, const BlobLease *lease)
{
    bool timed = lease->seconds >= BLOB_LEASE_MIN_S && lease->seconds <= BLOB_LEASE_MAX_S;

    TRY(blob_name_check(s, lease->name));
    if (lease->action != LEASE_BREAK && (!lease->id || !id_valid(lease->id)))
        return fail(s, INVALID, "the lease on %s has no id", lease->name);
    if (lease->action == LEASE_ACQUIRE && !timed && lease->seconds != -1)
        return fail(s, INVALID, "a lease lasts %d to %d seconds, or -1", BLOB_LEASE_MIN_S,
                    BLOB_LEASE_MAX_S);
    return OK;
}

const char *blob_container(Scope *s, const char *name)
{
    return text_of(s, (Bytes){name, strcspn(name, "/")});
}

static const char *const tiers[] = {
    [TIER_HOT] = "Hot", [TIER_COOL] = "Cool", [TIER_COLD] = "Cold", [TIER_ARCHIVE] = "Archive"};

const char *blob_tier_name(BlobTier tier)
{
    return tiers[tier];
}

bool blob_tier_named(const char *name, BlobTier *out)
{
    for (size_t i = 0; i < COUNT_OF(tiers); i++) {
        if (!name || strcasecmp(name, tiers[i]) != 0)
            continue;
        *out = (BlobTier)i;
        return true;
    }
    return false;
}
