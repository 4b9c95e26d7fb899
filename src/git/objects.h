/* Reading commits, trees and files from a mirror's object database, by libgit2.
 *
 * A GitRepo belongs to one thread; several may be open on one mirror. Commit and object ids are 40
 * lower-case hex digits. Paths are bytes without NUL, '/' between components, not always UTF-8.
 * Objects come from strangers: sizes are read from headers before anything is inflated, and counts
 * and depths have limits. Blobs missing from a partial mirror are fetched when read; use git_need to
 * fetch many at once.
 *
 * Our functions begin with git_ as those of libgit2 do; no name of theirs is taken, or the linker would
 * give them ours.
 */
#pragma once

#include "git/mirror.h"

enum {
    GIT_ID_SIZE = 40,
    GIT_TREE_BYTES_MAX = 32 << 20,      /* one tree object */
    GIT_COMMIT_BYTES_MAX = 1 << 20,     /* one commit or tag object */
    GIT_TREE_ENTRIES_MAX = 1000 * 1000, /* files of one commit */
    GIT_BLOB_BYTES_MAX = 256 << 20,     /* that git_read gives, whatever limit is asked for */
};

/* Modes of tree entries. */
enum {
    MODE_FILE = 0100644,
    MODE_EXECUTABLE = 0100755,
    MODE_SYMLINK = 0120000,
    MODE_SUBMODULE = 0160000,
    MODE_TREE = 0040000
};

typedef struct GitRepo GitRepo;

typedef struct TreeEntry {
    const char *path;
    unsigned mode; /* never MODE_TREE */
    const char *oid;
} TreeEntry;

typedef LIST_OF(TreeEntry) TreeEntryList;

typedef struct GitPerson {
    const char *name;
    const char *email;
    Time at; /* to the second */
} GitPerson;

typedef struct GitCommitInfo {
    const char *id;
    const char *tree;
    TextList parents;
    GitPerson author;
    GitPerson committer;
    const char *message; /* made valid UTF-8 */
} GitCommitInfo;

/* The mirror must outlive it. Closed with s. */
fallible git_open(Scope *s, const Mirror *mirror, GitRepo **out);
/* Any repository of ours by its directory; nothing missing from it is fetched. */
fallible git_open_path(Scope *s, const char *git_dir, GitRepo **out);

fallible git_commit_info(Scope *s, GitRepo *repo, const char *commit, GitCommitInfo *out);
/* All files of the commit, in git's order. TOO_LARGE over GIT_TREE_ENTRIES_MAX. */
fallible git_tree_list(Scope *s, GitRepo *repo, const char *commit, TreeEntryList *out);
/* The entry at the path; MISSING when there is none. A folder has mode MODE_TREE. */
fallible git_entry(Scope *s, GitRepo *repo, const char *commit, const char *path, TreeEntry *out);
/* Bytes of the blob, from its header; -1 when it is not here (yet). */
fallible git_blob_size(Scope *s, GitRepo *repo, const char *oid, int64_t *out);
typedef struct FileAt {
    const char *commit;
    const char *path;
    size_t limit; /* bytes */
} FileAt;

/* The file's content: git_read(s, repo, &(FileAt){commit, path, limit}, &bytes). MISSING; INVALID for
 * folders and submodules (a symlink gives its target); TOO_LARGE over the limit. */
fallible git_read(Scope *s, GitRepo *repo, const FileAt *at, Bytes *out);
fallible git_read_blob(Scope *s, GitRepo *repo, const char *oid, size_t limit, Bytes *out);
/* Fetches those of the blobs that a partial mirror misses, in one go. */
fallible git_need(Scope *s, GitRepo *repo, const TextList *oids);

/* The commit a branch of a run (refs/heads/NAME) is at; NULL when there is no such branch. */
fallible git_branch_find(Scope *s, GitRepo *repo, const char *branch, const char **commit);
/* Deletes the branch if it is still at expected; CONFLICT otherwise. Absent is fine. */
fallible git_branch_drop(Scope *s, GitRepo *repo, const char *branch, const char *expected);
