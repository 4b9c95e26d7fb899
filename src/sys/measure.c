/* Walking a tree for its sizes. */

#include "sys/measure.h"

#include <errno.h>
#include <fts.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/text.h"
#include "sys/fault.h"

enum { BLOCK = 512, LOOK_EVERY = 256 };

static void close_walk(void *what)
{
    (void)fts_close(what);
}

static void count(const FTSENT *entry, TreeUse *use)
{
    switch (entry->fts_info) {
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS: /* also what was removed meanwhile */
        use->is_partial = use->is_partial || entry->fts_errno != ENOENT;
        return;
    case FTS_DP:
        return;
    default:
        use->bytes += (int64_t)entry->fts_statp->st_blocks * BLOCK;
        use->files += entry->fts_info != FTS_D;
    }
}

Error *tree_measure(Scope *s, const char *path, TreeUse *use)
{
    SCOPE(tmp, s);
    char *paths[] = {scope_copy(tmp, path, strlen(path) + 1), NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    FTSENT *entry;

    if (!walk)
        return fail_errno(s, errno, "measuring %s", path);
    scope_undo(tmp, close_walk, walk);
    for (size_t n = 1; (entry = fts_read(walk)); n++) {
        count(entry, use);
        if (n % LOOK_EVERY == 0 && scope_remaining(s) == 0) {
            use->is_partial = true;
            return OK;
        }
    }
    return OK;
}

Error *disk_total(Scope *s, const char *path, int64_t *out)
{
    struct statvfs disk;

    if (statvfs(path, &disk) != 0)
        return fail_errno(s, errno, "looking at the disk of %s", path);
    *out = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
    return OK;
}
