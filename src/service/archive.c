/* tar by libarchive. */

#include "service/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/fault.h"
#include "sys/file.h"

enum { PIECE = 256 << 10 };

struct ArchiveWriter {
    struct archive *archive;
    const char *path;
    int fd;
    bool ended;
};

struct ArchiveReader {
    struct archive *archive;
    const char *path;
    int64_t size; /* of the entry */
};

static fallible failure(Scope *s, struct archive *archive, const char *path)
{
    const char *why = archive_error_string(archive);

    return fail(s, INVALID, "%s: %s", path, why ? why : "it cannot be read or written");
}

static void close_writer(void *what)
{
    ArchiveWriter *w = what;

    archive_write_free(w->archive);
    close(w->fd);
    if (!w->ended)
        unlink(w->path);
}

fallible archive_create(Scope *s, const char *path, ArchiveWriter **out)
{
    ArchiveWriter *w = NEW(s, ArchiveWriter);

    w->path = text_copy(s, path);
    w->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0 && errno == EEXIST)
        return fail(s, CONFLICT, "%s is there already: name another file, or remove it", path);
    if (w->fd < 0)
        return fail_errno(s, errno, "making %s", path);
    w->archive = archive_write_new();
    scope_undo(s, close_writer, w);
    if (archive_write_set_format_pax_restricted(w->archive) != ARCHIVE_OK ||
        archive_write_open_fd(w->archive, w->fd) != ARCHIVE_OK)
        return failure(s, w->archive, path);
    *out = w;
    return OK;
}

static fallible put_head(Scope *s, ArchiveWriter *w, const char *name, int64_t size)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, time_now().us / US_PER_S, 0);
    int code = archive_write_header(w->archive, entry);
    archive_entry_free(entry);
    return code == ARCHIVE_OK ? OK : failure(s, w->archive, w->path);
}

static fallible put_data(Scope *s, ArchiveWriter *w, Bytes content)
{
    TRY(scope_check(s));
    if (archive_write_data(w->archive, content.data, content.size) != (ssize_t)content.size)
        return failure(s, w->archive, w->path);
    return OK;
}

fallible archive_put(Scope *s, ArchiveWriter *w, const char *name, Bytes content)
{
    TRY(put_head(s, w, name, (int64_t)content.size));
    return put_data(s, w, content);
}

static fallible copy_in(Scope *s, ArchiveWriter *w, int fd, int64_t size)
{
    char *piece = scope_alloc(s, PIECE);

    while (size > 0) {
        ssize_t got = read(fd, piece, size < PIECE ? (size_t)size : PIECE);
        if (got < 0)
            return fail_errno(s, errno, "reading");
        if (!got)
            return fail(s, CONFLICT, "a file became shorter while it was read");
        TRY(put_data(s, w, (Bytes){piece, (size_t)got}));
        size -= got;
    }
    return OK;
}

fallible archive_put_file(Scope *s, ArchiveWriter *w, const char *name, const char *path)
{
    SCOPE(tmp, s);
    int64_t size;

    TRY(file_size(s, path, &size));
    TRY(put_head(s, w, name, size));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(s, errno, "opening %s", path);
    Error *e = copy_in(tmp, w, fd, size);
    close(fd);
    return e ? error_while(e, "%s", path) : OK;
}

fallible archive_end(Scope *s, ArchiveWriter *w)
{
    if (archive_write_close(w->archive) != ARCHIVE_OK)
        return failure(s, w->archive, w->path);
    if (fsync(w->fd) < 0)
        return fail_errno(s, errno, "writing %s", w->path);
    w->ended = true;
    return OK;
}

/* ---- Reading ---- */

static void close_reader(void *what)
{
    ArchiveReader *r = what;

    archive_read_free(r->archive);
}

fallible archive_open(Scope *s, const char *path, ArchiveReader **out)
{
    ArchiveReader *r = NEW(s, ArchiveReader);

    r->path = text_copy(s, path);
    r->archive = archive_read_new();
    scope_undo(s, close_reader, r);
    if (archive_read_support_format_tar(r->archive) != ARCHIVE_OK ||
        archive_read_open_filename(r->archive, path, PIECE) != ARCHIVE_OK)
        return failure(s, r->archive, path);
    *out = r;
    return OK;
}

static bool inside(const char *name)
{
    return *name && *name != '/' && !strstr(name, "..") && !strstr(name, "//");
}

fallible archive_next(Scope *s, ArchiveReader *r, const char **name)
{
    struct archive_entry *entry;
    int code;

    TRY(scope_check(s));
    while ((code = archive_read_next_header(r->archive, &entry)) == ARCHIVE_OK &&
           archive_entry_filetype(entry) == AE_IFDIR)
        ;
    *name = NULL;
    if (code == ARCHIVE_EOF)
        return OK;
    if (code != ARCHIVE_OK)
        return failure(s, r->archive, r->path);
    const char *path = archive_entry_pathname(entry);
    if (!path || !inside(path) || archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry))
        return fail(s, INVALID, "%s holds an entry that no export writes: %s", r->path,
                    path ? text_clean(s, bytes_of(path), NULL) : "without a name");
    r->size = archive_entry_size(entry);
    *name = text_copy(s, path);
    return OK;
}

fallible archive_content(Scope *s, ArchiveReader *r, Bytes *out)
{
    if (r->size < 0 || r->size > ARCHIVE_ENTRY_MAX)
        return fail(s, TOO_LARGE, "%s: an entry has %lld bytes: at most %d are read", r->path,
                    (long long)r->size, ARCHIVE_ENTRY_MAX);
    char *data = scope_alloc(s, (size_t)r->size + 1);
    if (archive_read_data(r->archive, data, (size_t)r->size) != (ssize_t)r->size)
        return failure(s, r->archive, r->path);
    *out = (Bytes){data, (size_t)r->size};
    return OK;
}

fallible archive_extract(Scope *s, ArchiveReader *r, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail_errno(s, errno, "making %s", path);
    bool good = archive_read_data_into_fd(r->archive, fd) == ARCHIVE_OK && fsync(fd) == 0;
    close(fd);
    return good ? OK : failure(s, r->archive, r->path);
}
