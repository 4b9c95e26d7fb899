/* Whole files: read with a limit, replaced in one step. */

#include "sys/file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/fault.h"

enum {
    READ_FIRST = 4096,
    RANDOM_NAME_BYTES = 6,
};

static fallible read_all(Scope *s, int fd, const char *path, size_t max, Bytes *out)
{
    struct stat about;

    if (fstat(fd, &about) < 0)
        return fail_errno(s, errno, "reading %s", path);
    if (!S_ISREG(about.st_mode))
        return fail(s, INVALID, "%s is not a regular file", path);
    if (about.st_size > 0 && (uint64_t)about.st_size > max)
        return fail(s, TOO_LARGE, "%s has %lld bytes, over the limit of %zu", path,
                    (long long)about.st_size, max);
    /* The size is a hint: files in /proc say 0, others may grow meanwhile. */
    size_t room = (about.st_size ? (size_t)about.st_size : READ_FIRST) + 1, size = 0;
    char *data = scope_alloc(s, room + 1);
    for (;;) {
        ssize_t n = read(fd, data + size, room - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, errno, "reading %s", path);
        if (n == 0)
            break;
        size += (size_t)n;
        if (size > max)
            return fail(s, TOO_LARGE, "%s has more than %zu bytes", path, max);
        if (size == room) {
            data = scope_grow(s, data, room + 1, room * 2 + 1);
            room *= 2;
        }
    }
    data[size] = 0;
    *out = (Bytes){data, size};
    return OK;
}

Error *file_read(Scope *s, const char *path, size_t max, Bytes *out)
{
    /* Without O_NONBLOCK a pipe put in the file's place would hold us here. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return fail_errno(s, errno, "reading %s", path);
    Error *e = read_all(s, fd, path, max, out);
    close(fd);
    return e;
}

static fallible write_all(Scope *s, int fd, const char *path, Bytes bytes)
{
    while (bytes.size) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(s, errno, "writing %s", path);
        bytes.data += n;
        bytes.size -= (size_t)n;
    }
    return OK;
}

static const char *directory_of(Scope *s, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : text(s, "%.*s", (int)(slash - path), path);
}

Error *directory_sync(Scope *s, const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return fail_errno(s, errno, "opening %s", directory);
    /* Some network filesystems have no fsync for directories: EINVAL. */
    int failed = fsync(fd) < 0 && errno != EINVAL ? errno : 0;
    close(fd);
    return failed ? fail_errno(s, failed, "writing %s to disk", directory) : OK;
}

static void unlink_one(void *path)
{
    unlink(path);
}

/* A synced file beside path with the content; removed when s closes. */
static fallible beside(Scope *s, const char *path, Bytes bytes, mode_t mode, const char **out)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    if (!*name)
        return fail(s, INVALID, "%s is no file name", path);
    const char *temporary =
        text(s, "%s/.%.200s.%s.tmp", directory_of(s, path), name, random_hex(s, RANDOM_NAME_BYTES));
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_errno(s, errno, "writing %s", path);
    close_with(s, fd);
    scope_undo(s, unlink_one, (void *)(uintptr_t)temporary);
    TRY(write_all(s, fd, path, bytes));
    if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
        return fail_errno(s, errno, "writing %s", path);
    *out = temporary;
    return OK;
}

Error *file_write(Scope *s, const char *path, Bytes bytes, mode_t mode)
{
    SCOPE(tmp, s);
    const char *temporary;

    TRY(beside(tmp, path, bytes, mode, &temporary));
    if (rename(temporary, path) < 0)
        return fail_errno(s, errno, "writing %s", path);
    /* The undo now finds nothing of that random name. */
    return directory_sync(s, directory_of(tmp, path));
}

Error *file_create(Scope *s, const char *path, Bytes bytes, mode_t mode)
{
    SCOPE(tmp, s);
    const char *temporary;

    TRY(beside(tmp, path, bytes, mode, &temporary));
    /* Unlike rename, link never replaces. */
    if (link(temporary, path) < 0)
        return errno == EEXIST ? fail(s, CONFLICT, "%s exists already", path)
                               : fail_errno(s, errno, "creating %s", path);
    return directory_sync(s, directory_of(tmp, path));
}

Error *file_append(Scope *s, const char *path, Bytes bytes, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, mode);

    if (fd < 0)
        return fail_errno(s, errno, "appending to %s", path);
    Error *e = write_all(s, fd, path, bytes);
    close(fd);
    return e;
}

Error *file_remove(Scope *s, const char *path)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return fail_errno(s, errno, "removing %s", path);
    return OK;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

Error *file_size(Scope *s, const char *path, int64_t *out)
{
    struct stat about;

    if (stat(path, &about) < 0)
        return fail_errno(s, errno, "looking at %s", path);
    *out = about.st_size;
    return OK;
}

Error *file_stamp(Scope *s, const char *path, const char **out)
{
    struct stat about = {0};

    if (stat(path, &about) < 0 && errno != ENOENT)
        return fail_errno(s, errno, "looking at %s", path);
    *out = about.st_size ? text(s, "%lld@%lld.%09ld", (long long)about.st_size,
                                (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec)
                         : "";
    return OK;
}

Error *file_real_path(Scope *s, const char *path, const char **out)
{
    char real[PATH_MAX];

    if (!realpath(path, real))
        return fail_errno(s, errno, "resolving %s", path);
    *out = text_copy(s, real);
    return OK;
}
