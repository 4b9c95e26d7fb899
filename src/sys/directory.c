/* Directories: making, listing, free space. */

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/fault.h"
#include "sys/file.h"

enum { TEMPORARY_NAME_BYTES = 8 };

bool directory_exists(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static fallible make_one(Scope *s, const char *path, mode_t mode)
{
    if (mkdir(path, 0700) == 0) {
        /* chmod is not narrowed by the umask. */
        if (chmod(path, mode) < 0)
            return fail_errno(s, errno, "making the directory %s", path);
        return OK;
    }
    if (errno == EEXIST && !directory_exists(path))
        return fail(s, CONFLICT, "%s is there, but is no directory", path);
    /* A directory above may be unwritable to us and yet be there. */
    if (!directory_exists(path))
        return fail_errno(s, errno, "making the directory %s", path);
    return OK;
}

Error *directory_make(Scope *s, const char *path, mode_t mode)
{
    SCOPE(tmp, s);

    if (text_empty(path))
        return fail(s, INVALID, "a directory needs a name");
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/'))
        TRY(make_one(s, text(tmp, "%.*s", (int)(slash - path), path), mode));
    return make_one(s, path, mode);
}

static void close_directory(void *directory)
{
    closedir(directory);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Error *directory_list(Scope *s, const char *path, TextList *out)
{
    SCOPE(tmp, s);
    DIR *directory = opendir(path);
    TextList names = {0};

    if (!directory)
        return fail_errno(s, errno, "listing %s", path);
    scope_undo(tmp, close_directory, directory);
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(directory);
        if (!entry && errno)
            return fail_errno(s, errno, "listing %s", path);
        if (!entry)
            break;
        if (text_equal(entry->d_name, ".") || text_equal(entry->d_name, ".."))
            continue;
        if (names.count == DIRECTORY_ENTRIES_MAX)
            return fail(s, TOO_LARGE, "%s has more than %d entries", path, DIRECTORY_ENTRIES_MAX);
        texts_add(s, &names, entry->d_name);
    }
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_bytes);
    *out = names;
    return OK;
}

typedef struct Temporary {
    const char *path;
} Temporary;

static void remove_temporary(void *what)
{
    const Temporary *temporary = what;
    UNIT(s, NULL, "temporary directory");

    error_drop(tree_remove(s, temporary->path), "what is left lies in a directory that is swept");
}

Error *directory_temporary(Scope *s, const char *parent, const char *prefix, const char **out)
{
    Temporary *temporary = NEW(s, Temporary);

    temporary->path = text(s, "%s/%s-%s", parent, prefix, random_hex(s, TEMPORARY_NAME_BYTES));
    if (mkdir(temporary->path, 0700) < 0)
        return fail_errno(s, errno, "making a temporary directory in %s", parent);
    scope_undo(s, remove_temporary, temporary);
    *out = temporary->path;
    return OK;
}

Error *disk_free(Scope *s, const char *path, int64_t *out)
{
    struct statvfs about;

    if (statvfs(path, &about) < 0)
        return fail_errno(s, errno, "asking for the free space of %s", path);
    *out = (int64_t)about.f_bavail * (int64_t)about.f_frsize;
    return OK;
}
