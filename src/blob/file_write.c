/* Writing and removing: a file is made whole and synced beside the others, then takes the name under its lock. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "blob/file_parts.h"
#include "blob/name.h"
#include "sys/crypto.h"
#include "sys/fault.h"

enum {
    PIECE_SIZE = 256 << 10,
    ETAG_BYTES = 16,
    SWEEP_AGE_S = 24 * 60 * 60, /* no write lasts so long */
    FOLDER_TRIES = 100,         /* a folder may be removed, empty, between its making and its use */
};

typedef struct Writing {
    Scope *s;
    int fd;
    const char *path;
    Hash *hash;
    int64_t size;
} Writing;

static fallible add(Scope *s, int fd, Bytes bytes)
{
    while (bytes.size) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, errno, "writing a blob");
        bytes.data += n;
        bytes.size -= (size_t)n;
    }
    return OK;
}

static fallible add_piece(Writing *w, Bytes piece)
{
    w->size += (int64_t)piece.size;
    if (w->size > BLOB_SIZE_MAX)
        return fail(w->s, TOO_LARGE, "a blob has at most %lld bytes", (long long)BLOB_SIZE_MAX);
    hash_add(w->hash, piece);
    return add(w->s, w->fd, piece);
}

static fallible add_file(Writing *w, const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return fail_errno(w->s, errno, "reading %s", path);
    close_with(w->s, fd);
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode))
        return fail(w->s, INVALID, "%s is not a regular file", path);
    char *piece = scope_alloc(w->s, PIECE_SIZE);
    for (;;) {
        ssize_t n = read(fd, piece, PIECE_SIZE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(w->s, errno, "reading %s", path);
        if (n == 0)
            return OK;
        TRY(scope_check(w->s));
        TRY(add_piece(w, (Bytes){piece, (size_t)n}));
    }
}

static void unlink_one(void *path)
{
    unlink(path);
}

static fallible writing_open(Scope *s, const FileBlobs *blobs, Writing *w)
{
    *w = (Writing){.s = s, .hash = hash_open(s)};
    w->path = text(s, "%s/%s", blobs->writing, random_hex(s, ETAG_BYTES));
    w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (w->fd < 0)
        return fail_errno(s, errno, "making %s", w->path);
    close_with(s, w->fd);
    scope_undo(s, unlink_one, (void *)(uintptr_t)w->path);
    return OK;
}

static fallible writing_end(Scope *s, Writing *w, const BlobPut *put, BlobInfo *about)
{
    Sha256 sum = hash_sum(w->hash);

    *about = (BlobInfo){
        .name = text_copy(s, put->name),
        .size = w->size,
        .etag = random_hex(s, ETAG_BYTES),
        .sha256 = hex(s, sha256_view(&sum)),
        .type = put->type ? text_copy(s, put->type) : "application/octet-stream",
        .modified = time_now(),
        .tier = put->tier,
    };
    TRY(add(s, w->fd, (Bytes){record_write(w->s, about), BLOB_RECORD_SIZE}));
    if (fsync(w->fd) < 0)
        return fail_errno(s, errno, "writing %s to disk", put->name);
    return OK;
}

/* With the lock held. */
static fallible condition_check(Scope *s, const FileBlobs *blobs, const char *name,
                                const char *if_match)
{
    SCOPE(tmp, s);
    OpenBlob blob = {0};

    if (!if_match)
        return OK;
    Error *e = file_blob_open(tmp, blobs, name, &blob);
    bool missing = failed_as(e, MISSING);
    /* A damaged blob may be written anew, by whoever does not ask for one of its states. */
    if (text_equal(if_match, BLOB_NEW))
        return missing ? OK : fail(s, CONFLICT, "%s is there already", name);
    if (missing)
        return fail(s, CONFLICT, "%s was removed", name);
    TRY(e);
    return text_equal(if_match, blob.about.etag) ? OK
                                                 : fail(s, CONFLICT, "%s was written again", name);
}

static const char *folder_of(Scope *s, const char *path)
{
    return text(s, "%.*s", (int)(strrchr(path, '/') - path), path);
}

/* Makes the folder of a blob; new ones are on disk when their parents are. */
static fallible folder_make(Scope *s, const FileBlobs *blobs, const char *folder)
{
    bool there = directory_exists(folder);

    TRY(directory_make(s, folder, 0700));
    for (const char *at = folder; !there && !text_equal(at, blobs->data);) {
        at = folder_of(s, at);
        TRY(directory_sync(s, at));
    }
    return OK;
}

/* A folder that others remove while it is made is missing, or there and then not: CONFLICT. */
static fallible take_name(Scope *s, const FileBlobs *blobs, const char *from, const char *name)
{
    const char *path = file_blob_path(s, blobs, name), *folder = folder_of(s, path);
    Error *e = OK;

    for (int tries = 0; tries < FOLDER_TRIES; tries++) {
        e = folder_make(s, blobs, folder);
        if (!e && rename(from, path) < 0)
            e = fail_errno(s, errno, "writing %s", name);
        if (!failed_as(e, MISSING) && !failed_as(e, CONFLICT))
            break;
    }
    TRY(e);
    return directory_sync(s, folder);
}

Error *file_blob_put(Scope *s, void *own, const BlobPut *put, BlobInfo *out)
{
    SCOPE(tmp, s);
    const FileBlobs *blobs = own;
    BlobInfo about;
    Writing w;

    /* What cannot be is said before a gigabyte is copied, and looked at again when it counts. */
    TRY(condition_check(s, blobs, put->name, put->if_match));
    TRY(writing_open(tmp, blobs, &w));
    TRY(put->path ? add_file(&w, put->path) : add_piece(&w, put->bytes));
    TRY(writing_end(s, &w, put, &about));
    TRY(file_blob_lock(tmp, blobs, put->name));
    TRY(condition_check(s, blobs, put->name, put->if_match));
    TRY(file_lease_check(tmp, blobs, put->name, put->lease));
    TRY(take_name(tmp, blobs, w.path, put->name));
    *out = about;
    return OK;
}

/* ---- Removing ---- */

/* Empty folders go with the last blob in them; what is not empty says so. What is left is synced: another
 * who removes may be ahead of us. */
static fallible folders_remove(Scope *s, const FileBlobs *blobs, const char *folder)
{
    for (;; folder = folder_of(s, folder)) {
        bool top = text_equal(folder, blobs->data);
        if (!top && (rmdir(folder) == 0 || errno == ENOENT))
            continue;
        Error *e = directory_sync(s, folder);
        if (top || !failed_as(e, MISSING))
            return e;
    }
}

static fallible remove_one(Scope *s, const FileBlobs *blobs, const char *name,
                           const BlobRemove *what)
{
    SCOPE(tmp, s);
    const char *path = file_blob_path(tmp, blobs, name), *folder = folder_of(tmp, path);

    TRY(file_blob_lock(tmp, blobs, name));
    if (!file_exists(path))
        return OK;
    TRY(condition_check(s, blobs, name, what->if_match));
    TRY(file_lease_check(tmp, blobs, name, what->lease));
    if (unlink(path) < 0)
        return errno == ENOENT || errno == ENOTDIR ? OK : fail_errno(s, errno, "removing %s", name);
    TRY(file_lease_forget(tmp, blobs, name));
    return folders_remove(tmp, blobs, folder);
}

Error *file_blob_remove(Scope *s, void *own, const BlobRemove *what)
{
    Error *first = OK;

    EACH (const char *, name, &what->names) {
        TRY(scope_check(s));
        Error *e = remove_one(s, own, *name, what);
        if (!first)
            first = e;
    }
    return first;
}

Error *file_blob_sweep(Scope *s, const FileBlobs *blobs)
{
    SCOPE(tmp, s);
    TextList names = {0};
    int64_t now = time_now().us / US_PER_S;

    TRY(directory_list(tmp, blobs->writing, &names));
    EACH (const char *, name, &names) {
        const char *path = text(tmp, "%s/%s", blobs->writing, *name);
        struct stat about;
        if (lstat(path, &about) == 0 && now - about.st_mtim.tv_sec > SWEEP_AGE_S)
            TRY(file_remove(s, path));
    }
    return OK;
}
