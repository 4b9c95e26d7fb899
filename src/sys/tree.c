/* Removes a directory tree that somebody hostile may have made, and may still be changing.
 *
 * Everything is named relative to an open directory and nothing is ever followed: an entry is
 * unlinked, and only what refuses as a directory is opened, with O_NOFOLLOW. Directories deeper than
 * TREE_DEPTH_MAX are moved up to the top of the tree first, so that neither descriptors nor stack
 * grow with the depth. */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/fault.h"
#include "sys/file.h"

enum {
    ROUNDS_MAX = 1000, /* over a directory that somebody goes on filling */
    MOVED_NAME_BYTES = 8,
};

typedef struct Removal {
    Scope *s;
    const char *path; /* for messages */
    dev_t device;
    int top; /* the tree's own directory; -1 before it is open */
} Removal;

static fallible entry_remove(Removal *r, int parent, const char *name, int depth);

/* Opens a directory of ours that has no permission bits for us, too. */
static int open_directory(int parent, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    int fd = openat(parent, name, flags);

    /* For a link this is refused instead of followed. */
    if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
        fd = openat(parent, name, flags);
    return fd;
}

/* Whether one look at the directory found something; it is emptied as far as that went. */
static fallible empty_once(Removal *r, DIR *directory, int depth, bool *found)
{
    *found = false;
    rewinddir(directory);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry && errno)
            return fail_errno(r->s, errno, "removing %s", r->path);
        if (!entry)
            return OK;
        if (text_equal(entry->d_name, ".") || text_equal(entry->d_name, ".."))
            continue;
        *found = true;
        TRY(entry_remove(r, dirfd(directory), entry->d_name, depth + 1));
    }
}

static fallible content_remove(Removal *r, DIR *directory, int depth)
{
    bool found = true;

    for (int round = 0; found; round++) {
        if (round == ROUNDS_MAX)
            return fail(r->s, CONFLICT, "removing %s: somebody goes on writing to it", r->path);
        TRY(empty_once(r, directory, depth, &found));
    }
    return OK;
}

static fallible check_directory(Removal *r, int fd, const char *name)
{
    struct stat about;

    if (fstat(fd, &about) < 0)
        return fail_errno(r->s, errno, "removing %s", r->path);
    if (r->top < 0)
        r->device = about.st_dev;
    if (about.st_dev != r->device)
        return fail(r->s, CONFLICT, "removing %s: another filesystem is mounted at %s", r->path,
                    name);
    if ((about.st_mode & 0700) != 0700)
        error_drop(fchmod(fd, 0700) ? fail_errno(r->s, errno, "opening up %s", name) : OK,
                   "unlinking says it if it matters");
    return OK;
}

static void close_directory(DIR **directory)
{
    closedir(*directory);
}

static fallible directory_empty(Removal *r, int fd, const char *name, int depth)
{
    DIR *opened = fdopendir(fd);

    if (!opened) {
        int number = errno;
        close(fd);
        return fail_errno(r->s, number, "removing %s", r->path);
    }
    DIR *directory __attribute__((cleanup(close_directory))) = opened;
    TRY(check_directory(r, fd, name));
    if (r->top < 0)
        r->top = fd;
    return content_remove(r, directory, depth);
}

static fallible move_up(Removal *r, int parent, const char *name)
{
    SCOPE(tmp, r->s);
    const char *moved = text(tmp, ".removed-%s", random_hex(tmp, MOVED_NAME_BYTES));

    if (renameat(parent, name, r->top, moved) < 0 && errno != ENOENT)
        return fail_errno(r->s, errno, "removing %s", r->path);
    return OK;
}

/* Gone in the meantime is as good as removed; changed in the meantime is met by the next round. */
static bool passing(int number)
{
    return number == ENOENT || number == ENOTDIR || number == ELOOP || number == ENOTEMPTY;
}

static fallible entry_remove(Removal *r, int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return OK;
    if (errno != EISDIR && errno != EPERM)
        return fail_errno(r->s, errno, "removing %s", r->path);
    if (depth >= TREE_DEPTH_MAX)
        return move_up(r, parent, name);
    int refusal = errno;
    int fd = open_directory(parent, name);
    if (fd < 0 && passing(errno))
        return refusal == EPERM ? fail_errno(r->s, EPERM, "removing %s", r->path) : OK;
    if (fd < 0)
        return fail_errno(r->s, errno, "removing %s", r->path);
    TRY(directory_empty(r, fd, name, depth));
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && !passing(errno))
        return fail_errno(r->s, errno, "removing %s", r->path);
    return OK;
}

/* The directory that holds path, and path's last part. */
static fallible split(Scope *s, const char *path, const char **parent, const char **name)
{
    size_t size = strlen(path);

    while (size > 1 && path[size - 1] == '/')
        size--;
    const char *whole = text(s, "%.*s", (int)size, path);
    const char *slash = strrchr(whole, '/');
    *name = slash ? slash + 1 : whole;
    *parent = !slash ? "." : text(s, "%.*s", slash == whole ? 1 : (int)(slash - whole), whole);
    if (!**name || text_equal(*name, ".") || text_equal(*name, ".."))
        return fail(s, INVALID, "\"%s\" cannot be removed: name the directory itself", path);
    return OK;
}

Error *tree_remove(Scope *s, const char *path)
{
    SCOPE(tmp, s);
    const char *parent, *name;

    TRY(split(tmp, path, &parent, &name));
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return OK;
    if (fd < 0)
        return fail_errno(s, errno, "removing %s", path);
    close_with(tmp, fd);
    struct stat about;
    for (int round = 0; fstatat(fd, name, &about, AT_SYMLINK_NOFOLLOW) == 0; round++) {
        Removal removal = {.s = s, .path = path, .top = -1};
        if (round == ROUNDS_MAX)
            return fail(s, CONFLICT, "removing %s: somebody makes it again and again", path);
        TRY(entry_remove(&removal, fd, name, 0));
    }
    return errno == ENOENT ? OK : fail_errno(s, errno, "removing %s", path);
}
