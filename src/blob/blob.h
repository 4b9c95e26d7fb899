/* Large things by name: archives, packs, bundles, logs, patches.
 *
 *     BlobPut put = {.name = "artifacts/" RUN "/patch.diff", .bytes = patch, .if_match = BLOB_NEW};
 *     BlobInfo about;
 *     TRY(blob_put(s, store, &put, &about));                     // whole or not at all
 *     TRY(blob_read(s, store, put.name, MAX, &content));         // its SHA-256 was checked
 *
 * A name is 2 to 16 parts of [A-Za-z0-9._-] with '/' between; none begins with a dot. The first part is the
 * container: 3 to 63 of [a-z0-9-], made when it is first written to. A write replaces the blob in one step:
 * readers see the old or the new one. An ETag is an opaque text that differs for each write. The SHA-256 is
 * taken while writing, kept beside the blob and checked by whoever reads it whole.
 *
 * file:///PATH keeps blobs below a folder, azblob://ACCOUNT in Azure Blob Storage. A BlobStore is thread-safe.
 *
 * Errors: MISSING (no blob), CONFLICT (a condition did not hold, or
 * another's write came between the pieces of a large one; code BLOB_LEASED: somebody else's lease is on
 * it), UPSTREAM with code BLOB_DAMAGED (the bytes are not those that were written: make it anew), UNAVAILABLE
 * with code BLOB_ARCHIVED (has to be thawed first), TOO_LARGE, INVALID (a name that cannot be), DENIED,
 * UNAVAILABLE, TIMEOUT, CANCELLED. None holds a key, a signature or a token.
 */
#pragma once

#include "base/time.h"

enum {
    BLOB_NAME_MAX = 512, /* bytes */
    BLOB_PART_MAX = 200, /* of one part of a name */
    BLOB_PARTS_MAX = 16,
    BLOB_TYPE_MAX = 100,    /* bytes of a media type */
    BLOB_PAGE_MAX = 1000,   /* names of one page */
    BLOB_MARKER_MAX = 2048, /* bytes of a place in a list */
    BLOB_LEASE_MIN_S = 15,
    BLOB_LEASE_MAX_S = 60,
    BLOB_URL_MAX = 2048,
};

#define BLOB_SIZE_MAX ((int64_t)256 << 30) /* bytes of one blob */

#define BLOB_NEW "*" /* for if_match: the blob must not be there yet */

#define BLOB_LEASED   "blob_leased"
#define BLOB_DAMAGED  "blob_damaged"
#define BLOB_ARCHIVED "blob_archived"

typedef enum BlobTier { TIER_HOT, TIER_COOL, TIER_COLD, TIER_ARCHIVE } BlobTier;

typedef struct BlobInfo {
    const char *name;
    int64_t size;
    const char *etag;
    const char *sha256; /* hex; NULL: another program wrote it without one */
    const char *type;   /* media type */
    Time modified;
    BlobTier tier;
} BlobInfo;

typedef struct BlobContent {
    Bytes bytes;
    BlobInfo about;
} BlobContent;

typedef struct BlobPut {
    const char *name;
    Bytes bytes;
    const char
        *path; /* a regular file in the place of bytes; NULL: none. It must not change meanwhile */
    const char *type;     /* NULL: application/octet-stream */
    const char *if_match; /* ETag that must be there, or BLOB_NEW; NULL: whatever is there */
    const char *lease;    /* the lease held on it; NULL: none */
    BlobTier tier;
} BlobPut;

/* Gets the bytes in order, on the thread of the call. Its error ends the read. */
typedef Error *BlobTake(Scope *s, void *to, Bytes piece);

typedef struct BlobGet {
    const char *name;
    int64_t from;         /* first byte */
    int64_t size;         /* 0: to the end; what lies behind the end is not an error */
    const char *if_match; /* ETag that it must still have; NULL: any, but one for the whole read */
    BlobTake *take;
    void *to;
} BlobGet;

typedef struct BlobListing {
    const char *prefix; /* begins with a container and '/'; may end within a part */
    const char *marker; /* of the page before; NULL: the first page */
    size_t max;         /* 0: BLOB_PAGE_MAX */
} BlobListing;

typedef LIST_OF(BlobInfo) BlobInfoList;

typedef struct BlobPage {
    BlobInfoList
        blobs; /* in byte order of their names; a page may be empty and yet have a next one */
    const char *marker; /* NULL: the last page */
} BlobPage;

typedef struct BlobRemove {
    TextList names;       /* of any container */
    const char *if_match; /* for a single name: ETag that must be there; NULL: any */
    const char *lease;    /* for a single name */
} BlobRemove;

typedef enum BlobLeaseAction {
    LEASE_ACQUIRE,
    LEASE_RENEW,
    LEASE_RELEASE,
    LEASE_BREAK
} BlobLeaseAction;

/* A lease excludes other writers and removers of one existing blob until it ends. Acquired again with the same
 * id it begins anew; renewed after its end it works as long as nobody else had it. Released when nobody has it: fine. */
typedef struct BlobLease {
    BlobLeaseAction action;
    const char *name;
    const char *
        id; /* an id (base/id.h) of the holder's; not for LEASE_BREAK, which ends anybody's at once */
    int seconds; /* of LEASE_ACQUIRE: BLOB_LEASE_MIN_S to BLOB_LEASE_MAX_S, or -1: until released */
} BlobLease;

typedef struct BlobOptions BlobOptions;

/* What a store can do; the functions below check names and limits first. */
typedef struct BlobDriver {
    const char *scheme; /* with which its URL begins */
    fallible (*open)(Scope *s, const BlobOptions *options, void **own);
    fallible (*put)(Scope *s, void *own, const BlobPut *put, BlobInfo *out);
    fallible (*get)(Scope *s, void *own, const BlobGet *get, BlobInfo *out);
    fallible (*head)(Scope *s, void *own, const char *name, BlobInfo *out);
    fallible (*list)(Scope *s, void *own, const BlobListing *listing, BlobPage *out);
    fallible (*remove)(Scope *s, void *own, const BlobRemove *what);
    fallible (*lease)(Scope *s, void *own, const BlobLease *lease);
    fallible (*tier)(Scope *s, void *own, const char *name, BlobTier tier);
} BlobDriver;

extern const BlobDriver file_blobs, azure_blobs;

/* ---- Opening ---- */

typedef struct BlobToken {
    const char *secret;
    int64_t lives_us; /* from now */
} BlobToken;

/* Gives a fresh bearer token in s; called by whichever thread first needs one, one at a time. */
typedef Error *BlobTokenSource(Scope *s, void *from, BlobToken *out);

struct BlobOptions {
    const char
        *url; /* file:///PATH, azblob://ACCOUNT?endpoint=https://… (preset: Azure's public cloud) */
    /* For azblob, the first that is there: */
    BlobTokenSource *token;
    void *token_from;                       /* outlives the store */
    const char *sas;                        /* "sv=…&sig=…" without '?' */
    const char *key;                        /* Shared Key, base64 */
    const char *proxy, *no_proxy, *ca_file; /* as in net/http_client.h */
    size_t block_bytes;                     /* 0: 8 MiB; up to it a blob is sent in one request */
    int lanes;                              /* 0: 4; requests in flight for one large blob */
    int64_t pause_us; /* 0: 1 s; the first pause before another try, doubled each time */
    int64_t quiet_us; /* 0: 30 s; an answer that stops for so long is asked for again */
};

typedef struct BlobStore BlobStore;

/* INVALID for an address or key that cannot be. Nothing is connected before it is used. Closed with s. */
fallible blob_open(Scope *s, const BlobOptions *options, BlobStore **out);

/* ---- Using ---- */

fallible blob_put(Scope *s, BlobStore *store, const BlobPut *put, BlobInfo *out);
fallible blob_get(Scope *s, BlobStore *store, const BlobGet *get, BlobInfo *out);
/* The whole blob into memory, with a NUL behind; TOO_LARGE over max. */
fallible blob_read(Scope *s, BlobStore *store, const char *name, size_t max, BlobContent *out);
/* The whole blob into a new file of mode 0600 at path (CONFLICT when there is one), removed again on failure. */
fallible blob_fetch(Scope *s, BlobStore *store, const char *name, const char *path,
                    BlobInfo *about);
fallible blob_head(Scope *s, BlobStore *store, const char *name, BlobInfo *out);
fallible blob_list(Scope *s, BlobStore *store, const BlobListing *listing, BlobPage *out);
/* Blobs that are not there are fine. Many are removed as far as possible; the first failure is what it fails
 * with. */
fallible blob_remove(Scope *s, BlobStore *store, const BlobRemove *what);
fallible blob_lease(Scope *s, BlobStore *store, const BlobLease *lease);
/* From TIER_ARCHIVE it takes hours on Azure; until then the blob cannot be read. */
fallible blob_tier(Scope *s, BlobStore *store, const char *name, BlobTier tier);
