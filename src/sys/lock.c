/* Locks between processes, and between scopes of one. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/file.h"

enum { LOCK_PAUSE_FIRST_US = 1000 };

struct FileLock {
    int fd;
    Undo *undo;
};

/* Closing drops the lock: no other descriptor shares the open file, since keepers of child programs
 * close theirs before anything else. */
static void lock_close(void *what)
{
    FileLock *lock = what;

    close(lock->fd);
}

static fallible lock_open(Scope *s, const char *path, int *out)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

    if (fd < 0)
        return fail_errno(s, errno, "opening the lock %s", path);
    *out = fd;
    return OK;
}

/* A lock on a file that is no longer at its path excludes nobody. */
static bool still_there(int fd, const char *path)
{
    struct stat ours, theirs;

    return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

/* One look, with a descriptor that is open afterwards only if it holds the lock. */
static fallible lock_once(Scope *s, const char *path, LockMode mode, int *fd, bool *locked)
{
    int operation = (mode == LOCK_SHARED ? LOCK_SH : LOCK_EX) | LOCK_NB;

    TRY(lock_open(s, path, fd));
    int failed;
    do
        failed = flock(*fd, operation) < 0 ? errno : 0;
    while (failed == EINTR);
    *locked = !failed && still_there(*fd, path);
    if (!*locked)
        close(*fd);
    if (failed && failed != EWOULDBLOCK)
        return fail_errno(s, failed, "locking %s", path);
    return OK;
}

Error *file_try_lock(Scope *s, const char *path, LockMode mode, FileLock **out)
{
    bool locked;
    int fd;

    TRY(lock_once(s, path, mode, &fd, &locked));
    if (!locked) {
        *out = NULL;
        return OK;
    }
    FileLock *lock = NEW(s, FileLock);
    lock->fd = fd;
    lock->undo = scope_undo(s, lock_close, lock);
    *out = lock;
    return OK;
}

Error *file_lock(Scope *s, const char *path, LockMode mode, FileLock **out)
{
    FileLock *lock;

    TRY(scope_check(s));
    for (int64_t pause = LOCK_PAUSE_FIRST_US;; pause *= 2) {
        TRY(file_try_lock(s, path, mode, &lock));
        if (lock)
            break;
        if (pause > LOCK_PAUSE_MAX_US)
            pause = LOCK_PAUSE_MAX_US;
        TRY_WHILE(scope_sleep(s, pause), "waiting for the lock %s", path);
    }
    *out = lock;
    return OK;
}

void file_unlock(FileLock *lock)
{
    undo_now(lock->undo);
}
