/* Blobs below a folder: opening, reading, tiers (which are only remembered here). */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/file_parts.h"
#include "blob/name.h"
#include "net/url.h"
#include "sys/crypto.h"
#include "sys/fault.h"

enum { PIECE_SIZE = 256 << 10 };

static fallible file_open(Scope *s, const BlobOptions *options, void **own)
{
    FileBlobs *blobs = NEW(s, FileBlobs);
    const char *root;
    Url url;

    TRY(url_parse(s, options->url, &url));
    TRY(percent_decode(s, bytes_of(url.path), &root));
    if (!text_empty(url.host) || root[0] != '/' || !root[1] || url.query)
        return fail(s, INVALID,
                    "the address of the blobs is no absolute path: file:///srv/dursor/blobs");
    blobs->data = text(s, "%s/data", root);
    blobs->leases = text(s, "%s/leases", root);
    blobs->locks = text(s, "%s/locks", root);
    blobs->writing = text(s, "%s/writing", root);
    const char *const folders[] = {blobs->data, blobs->leases, blobs->locks, blobs->writing};
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        TRY(directory_make(s, folders[i], 0700));
    TRY(file_blob_sweep(s, blobs));
    *own = blobs;
    return OK;
}

const char *file_blob_path(Scope *s, const FileBlobs *blobs, const char *name)
{
    return text(s, "%s/%s@", blobs->data, name);
}

Error *file_blob_lock(Scope *s, const FileBlobs *blobs, const char *name)
{
    const char *sum = sha256_hex(s, bytes_of(name));
    FileLock *lock;

    return file_lock(s, text(s, "%s/%.2s", blobs->locks, sum), LOCK_EXCLUSIVE, &lock);
}

static fallible read_at(Scope *s, int fd, char *data, size_t size, int64_t from)
{
    while (size) {
        ssize_t n = pread(fd, data, size, from);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, errno, "reading a blob");
        if (n == 0)
            return fail_code(s, UPSTREAM, BLOB_DAMAGED, "the file of the blob was cut");
        data += n;
        size -= (size_t)n;
        from += n;
    }
    return OK;
}

static fallible about_read(Scope *s, int fd, BlobInfo *out)
{
    char record[BLOB_RECORD_SIZE];
    struct stat about;

    if (fstat(fd, &about) < 0)
        return fail_errno(s, errno, "looking at a blob");
    if (!S_ISREG(about.st_mode) || about.st_size < BLOB_RECORD_SIZE)
        return fail_code(s, UPSTREAM, BLOB_DAMAGED, "the file of the blob was cut");
    TRY(read_at(s, fd, record, sizeof record, about.st_size - BLOB_RECORD_SIZE));
    return record_read(s, (Bytes){record, sizeof record}, about.st_size, out);
}

Error *file_blob_open(Scope *s, const FileBlobs *blobs, const char *name, OpenBlob *out)
{
    int fd = open(file_blob_path(s, blobs, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    /* A part of the name may be a longer name's folder, or none. */
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? fail(s, MISSING, "no blob %s", name)
                   : fail_errno(s, errno, "opening the blob %s", name);
    close_with(s, fd);
    out->fd = fd;
    TRY(about_read(s, fd, &out->about));
    out->about.name = text_copy(s, name);
    return OK;
}

static fallible file_head(Scope *s, void *own, const char *name, BlobInfo *out)
{
    OpenBlob blob;

    TRY(file_blob_open(s, own, name, &blob));
    *out = blob.about;
    return OK;
}

/* The open file stays what it is while others replace or remove the name. */
static fallible file_get(Scope *s, void *own, const BlobGet *get, BlobInfo *out)
{
    OpenBlob blob;

    TRY(file_blob_open(s, own, get->name, &blob));
    if (get->if_match && !text_equal(get->if_match, blob.about.etag))
        return fail(s, CONFLICT, "%s was written again", get->name);
    if (blob.about.tier == TIER_ARCHIVE)
        return fail_code(s, UNAVAILABLE, BLOB_ARCHIVED, "%s is archived and has to be thawed first",
                         get->name);
    char *piece = scope_alloc(s, PIECE_SIZE);
    int64_t end = blob.about.size;
    if (get->size && get->size < end - get->from)
        end = get->from + get->size;
    for (int64_t at = get->from; at < end;) {
        size_t size = end - at < PIECE_SIZE ? (size_t)(end - at) : PIECE_SIZE;
        TRY(scope_check(s));
        TRY(read_at(s, blob.fd, piece, size, at));
        TRY(get->take(s, get->to, (Bytes){piece, size}));
        at += (int64_t)size;
    }
    *out = blob.about;
    return OK;
}

/* The record lies in one sector or two and is rewritten at its place: it keeps its size and its ETag. */
static fallible file_tier(Scope *s, void *own, const char *name, BlobTier tier)
{
    SCOPE(tmp, s);
    OpenBlob blob;

    TRY(file_blob_lock(tmp, own, name));
    TRY(file_blob_open(tmp, own, name, &blob));
    blob.about.tier = tier;
    const char *record = record_write(tmp, &blob.about);
    int fd = open(file_blob_path(tmp, own, name), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail_errno(s, errno, "opening the blob %s", name);
    close_with(tmp, fd);
    if (pwrite(fd, record, BLOB_RECORD_SIZE, blob.about.size) != BLOB_RECORD_SIZE || fsync(fd) < 0)
        return fail_errno(s, errno, "writing the record of %s", name);
    return OK;
}

const BlobDriver file_blobs = {
    .scheme = "file:",
    .open = file_open,
    .put = file_blob_put,
    .get = file_get,
    .head = file_head,
    .list = file_blob_list,
    .remove = file_blob_remove,
    .lease = file_blob_lease,
    .tier = file_tier,
};
