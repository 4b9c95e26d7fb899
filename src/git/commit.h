/* Changes of files made into a commit and a branch, without a working tree.
 *
 * Only the trees that change are read and written. First the objects, then the branch by compare
 * and swap: killed in between, nothing points at the objects, and the same order given again makes
 * the same ids (its times are in it) and succeeds.
 */
#pragma once

#include "git/objects.h"

enum {
    COMMIT_CHANGES_MAX = 10 * 1000,
    COMMIT_SUBJECT_MAX = 72,       /* characters */
    COMMIT_MESSAGE_MAX = 64 << 10, /* bytes */
};

typedef enum TreeOp { TREE_CREATE = 1, TREE_REPLACE, TREE_DELETE, TREE_RENAME, TREE_CHMOD } TreeOp;

/* One path changes at most once in an order. */
typedef struct TreeChange {
    TreeOp op;
    const char *path;     /* refused by git/forbidden.h: INVALID */
    const char *new_path; /* of RENAME, must not exist */
    Bytes content;        /* of CREATE and REPLACE; of RENAME unless keep_content */
    bool keep_content;    /* RENAME: content is that of the old path */
    unsigned mode;        /* MODE_FILE or MODE_EXECUTABLE; 0: as before, new files MODE_FILE */
} TreeChange;

typedef LIST_OF(TreeChange) TreeChangeList;

extern const Name tree_op_names[];

typedef struct CommitOrder {
    const char *parent; /* commit id */
    TreeChangeList changes;
    const char *message; /* normalised by commit_message */
    GitPerson author;
    GitPerson committer;
    const char *branch;   /* without refs/heads/; NULL: no ref is moved */
    const char *expected; /* the commit it is at; NULL: it must not exist yet */
} CommitOrder;

typedef struct CommitResult {
    const char *commit;
    const char *tree;
    bool changed; /* false: the files are as in the parent, no commit was made, commit is the parent */
} CommitResult;

/* INVALID names the path that cannot be changed so: created where something is, changed where
 * nothing is, a link or submodule, below a file or link. CONFLICT when the branch is elsewhere
 * (unless it is already at the result), or another branch's name stands in the way. */
fallible git_commit_changes(Scope *s, GitRepo *repo, const CommitOrder *order, CommitResult *out);
/* Moves a branch from expected (NULL: it does not exist) to commit. CONFLICT as above. */
fallible git_branch_set(Scope *s, GitRepo *repo, const char *branch, const char *expected,
                        const char *commit);

/* Trimmed; empty is "Update changes"; first line at most COMMIT_SUBJECT_MAX characters, an empty
 * line, the rest with blank ends of lines off. Any language; control characters and bytes that are
 * not UTF-8 are replaced. */
const char *commit_message(Scope *s, const char *typed);
