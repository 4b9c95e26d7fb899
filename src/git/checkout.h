/* The user's own checkout, for apply*.c and backup.c only. */
#pragma once

#include "git/apply.h"

typedef struct Checkout {
    const GitAccess *access;
    const char *top;     /* real path */
    const char *git_dir; /* its own, also of a linked worktree */
    const char *index;   /* another index file for the command; NULL: the checkout's */
} Checkout;

/* MISSING when there is none; INVALID for a bare repository. */
fallible checkout_open(Scope *s, const GitAccess *access, const char *path, Checkout *out);
/* Runs git there, with its own configuration; hooks stay off. */
fallible checkout_git(Scope *s, const Checkout *checkout, const TextList *args, Bytes input,
                      ProcessResult *result);
/* The same, for one word of output. */
fallible checkout_word(Scope *s, const Checkout *checkout, const TextList *args, const char **out);
/* Copies the commit and what it needs from a mirror. */
fallible checkout_take(Scope *s, const Checkout *checkout, const char *mirror, const char *commit);
/* A commit of the tree with these parents, by dursor. */
fallible checkout_commit(Scope *s, const Checkout *checkout, const char *tree,
                         const TextList *parents, const char **out);

/* A path that differs between the index and what it shall become. */
typedef struct Touched {
    const char *path;
    bool was;           /* in the index */
    bool submodule;     /* there; left alone */
    const char *in_way; /* an untracked file or folder that stands at the path or above it; NULL */
} Touched;

typedef LIST_OF(Touched) TouchedList;

/* Saves index and files under a new ref: a commit whose tree is the files (tracked ones, and what is
 * in the way), whose last parent is the index. */
fallible backup_make(Scope *s, const Checkout *checkout, const TouchedList *touched, Time now,
                     ApplyResult *out);
