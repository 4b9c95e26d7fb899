/* Blobs below a folder, for file*.c only.
 *
 *     data/CONTAINER/PART/LAST@     a blob: its bytes, then a record of BLOB_RECORD_SIZE bytes about them. The
 *                                   letter '@' is in no name, so that "a" and "a/b" can both be there
 *     leases/HEX                    of the name's SHA-256: who has the blob, and until when
 *     locks/XX                      held while names of that first byte of the SHA-256 change
 *     writing/RANDOM                what is being written; renamed when it is whole, swept after a day
 */
#pragma once

#include "blob/blob.h"
#include "sys/file.h"

enum { BLOB_RECORD_SIZE = 512 };

typedef struct FileBlobs {
    const char *data, *leases, *locks, *writing;
} FileBlobs;

typedef struct OpenBlob {
    int fd;
    BlobInfo about;
} OpenBlob;

/* ---- file_record.c ---- */

/* "\n", one line of names and values, blanks, "\n". size is that of the bytes before it. */
const char *record_write(Scope *s, const BlobInfo *about);
/* UPSTREAM with BLOB_DAMAGED when it is no record, or not one of a file of file_size bytes. */
fallible record_read(Scope *s, Bytes record, int64_t file_size, BlobInfo *out);

/* ---- file.c ---- */

const char *file_blob_path(Scope *s, const FileBlobs *blobs, const char *name);
/* Opens a blob for reading and reads its record; closed with s. MISSING when there is none. */
fallible file_blob_open(Scope *s, const FileBlobs *blobs, const char *name, OpenBlob *out);
/* Until s closes nobody else changes the blob or its lease. */
fallible file_blob_lock(Scope *s, const FileBlobs *blobs, const char *name);

/* ---- file_write.c ---- */

fallible file_blob_put(Scope *s, void *own, const BlobPut *put, BlobInfo *out);
fallible file_blob_remove(Scope *s, void *own, const BlobRemove *what);
/* Removes what writers that died have left. */
fallible file_blob_sweep(Scope *s, const FileBlobs *blobs);

/* ---- file_list.c ---- */

fallible file_blob_list(Scope *s, void *own, const BlobListing *listing, BlobPage *out);

/* ---- file_lease.c ---- */

fallible file_blob_lease(Scope *s, void *own, const BlobLease *lease);
/* CONFLICT with BLOB_LEASED unless nobody has the blob, or id is whose it is. With the lock held. */
fallible file_lease_check(Scope *s, const FileBlobs *blobs, const char *name, const char *id);
fallible file_lease_forget(Scope *s, const FileBlobs *blobs, const char *name);
