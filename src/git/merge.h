/* A moved base merged into a line's branch, in memory. */
#pragma once

#include "git/objects.h"

enum { MERGE_FILES_MAX = 20 * 1000 /* that differ on one side */ };

typedef struct MergeOrder {
    const char *ours;   /* the branch's commit: first parent */
    const char *theirs; /* what is merged in, mostly the moved base */
    const char *base;   /* what both are compared with; NULL: their common ancestor */
    const char *message;
    GitPerson author;
    GitPerson committer;
    const char *ours_name; /* for the words and conflict lists: "dursor/1a2b3c4d", "main" */
    const char *theirs_name;
} MergeOrder;

typedef struct MergeConflict {
    const char *path;
    const char *why; /* "both changed the same lines", "changed here, deleted there" … */
} MergeConflict;

typedef LIST_OF(MergeConflict) MergeConflictList;

typedef struct MergeResult {
    const char
        *commit; /* ours when theirs is already in it; theirs when ours is behind (fast forward) */
    const char *tree;
    bool made;                   /* commit is a new merge commit; no ref points at it yet */
    MergeConflictList conflicts; /* filled when it fails with merge_conflict */
} MergeResult;

/* CONFLICT with code merge_conflict, the words, and out->conflicts, when files conflict: nothing was
 * made. INVALID when the two have no common ancestor. */
fallible git_merge_into(Scope *s, GitRepo *repo, const MergeOrder *order, MergeResult *out);
/* Is ancestor reachable from commit? Equal ones are. */
fallible git_is_ancestor(Scope *s, GitRepo *repo, const char *ancestor, const char *commit,
                         bool *out);
/* *out is NULL when there is none. */
fallible git_common_base(Scope *s, GitRepo *repo, const char *a, const char *b, const char **out);
