/* Walks trees that strangers made, with limits: for objects*.c, search.c, diff.c and merge.c only.
 *
 * A few hundred bytes can describe trees with 10^10 entries, so everything is counted as it is seen. */
#pragma once

#include "git/library.h"

/* Called for each entry that is not a folder. path and id live only during the call. */
typedef Error *TreeVisit(Scope *s, void *arg, const char *path, const git_tree_entry *entry);

/* All files of the tree in git's order. TOO_LARGE over GIT_TREE_ENTRIES_MAX entries (folders count),
 * TREE_PATH_DEPTH_MAX levels or TREE_PATH_MAX bytes of a path. */
fallible tree_walk(Scope *s, GitRepo *repo, const git_tree *tree, TreeVisit *visit, void *arg);

/* A file that differs between two trees; a side that does not have it has mode 0. */
typedef struct TreeDelta {
    const char *path;
    git_oid old_id, new_id;
    unsigned old_mode, new_mode;
} TreeDelta;

typedef LIST_OF(TreeDelta) TreeDeltaList;

typedef struct TreePair {
    const git_tree *from, *to; /* NULL: empty */
    size_t most;               /* differing files and folders looked at */
} TreePair;

/* What differs, folders that are equal left out. TOO_LARGE over the count. */
fallible tree_compare(Scope *s, GitRepo *repo, const TreePair *pair, TreeDeltaList *out);
