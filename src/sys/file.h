/* Files, directories and locks. All descriptors are close-on-exec. Paths are bytes as the system
 * takes them; MISSING, DENIED and the like name the path (see sys/fault.h).
 */
#pragma once

/* The system's header of the same name (flock) stays reachable. */
#include_next <sys/file.h>

#include <sys/types.h>

#include "base/text.h"

enum {
    DIRECTORY_ENTRIES_MAX = 100 * 1000, /* that directory_list gives */
    TREE_DEPTH_MAX = 64,                /* levels for which tree_remove holds a descriptor */
    LOCK_PAUSE_MAX_US = 20 * 1000,      /* between two looks at a held lock */
};

/* ---- Files ---- */

/* The whole file, with a NUL behind. TOO_LARGE when it has more than max bytes. Only regular files:
 * INVALID for a directory, pipe or device. */
fallible file_read(Scope *s, const char *path, size_t max, Bytes *out);
/* Replaces the content as one step that survives a crash: a reader sees the old or the new bytes,
 * whole. Writes a temporary file beside it, so the directory must be writable. */
fallible file_write(Scope *s, const char *path, Bytes bytes, mode_t mode);
/* The same for a file that must not be there yet: CONFLICT when it is. Of many callers one wins. */
fallible file_create(Scope *s, const char *path, Bytes bytes, mode_t mode);
/* Adds to the end with O_APPEND, making the file with that mode. Not synced to disk. */
fallible file_append(Scope *s, const char *path, Bytes bytes, mode_t mode);
/* What is already absent is fine. */
fallible file_remove(Scope *s, const char *path);
bool file_exists(const char *path); /* any kind; a link without target does not exist */
fallible file_size(Scope *s, const char *path, int64_t *out);
/* Size and time of the last change, as a text that differs when the file was written to; "" when there is
 * none, or it is empty. */
fallible file_stamp(Scope *s, const char *path, const char **out);
/* Absolute, without links, "." or "..". */
fallible file_real_path(Scope *s, const char *path, const char **out);

/* ---- Directories ---- */

/* Makes the directory and the missing ones above it, with that mode. Present is fine. */
fallible directory_make(Scope *s, const char *path, mode_t mode);
/* What was made, renamed or removed in it survives a crash. */
fallible directory_sync(Scope *s, const char *path);
/* The names in it, without "." and "..", in byte order. TOO_LARGE over DIRECTORY_ENTRIES_MAX. */
fallible directory_list(Scope *s, const char *path, TextList *out);
bool directory_exists(const char *path);
/* Removes whatever is at path, and all below it. Links are removed, never followed, also when
 * somebody swaps a directory for a link meanwhile. Directories without permission bits are opened
 * up first. Stays on one filesystem. Absent is fine. */
fallible tree_remove(Scope *s, const char *path);
/* A new directory of mode 0700, parent/prefix-XXXXXX, removed with its content when s closes. */
fallible directory_temporary(Scope *s, const char *parent, const char *prefix, const char **out);
/* Bytes that this user may still write on the filesystem of path. */
fallible disk_free(Scope *s, const char *path, int64_t *out);

/* ---- Locks ----
 *
 * flock on a file made for it (mode 0600) and never removed. The kernel drops the lock when its
 * holder dies, so a lock held proves its owner alive. Two scopes of one process exclude each other
 * like two processes. Children never inherit it. */

typedef struct FileLock FileLock;
typedef enum LockMode { LOCK_EXCLUSIVE, LOCK_SHARED } LockMode;

/* Waits until s ends (CANCELLED, TIMEOUT), looking every 1 to 20 ms: flock has no wait that can be
 * called off. Unlocked when s closes. */
fallible file_lock(Scope *s, const char *path, LockMode mode, FileLock **out);
/* One look: *out is NULL when somebody else holds it. */
fallible file_try_lock(Scope *s, const char *path, LockMode mode, FileLock **out);
/* Before s closes. */
void file_unlock(FileLock *lock);
