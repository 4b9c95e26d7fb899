/* Branches of runs moved by compare and swap: for commit.c and mirror*.c only. */
#pragma once

#include "git/library.h"

typedef struct RefMove {
    const char *ref;      /* full name */
    const char *expected; /* commit; NULL: it must not exist */
    const char *commit;   /* NULL: it is deleted */
} RefMove;

/* CONFLICT when the ref is elsewhere, unless it already is at commit. With mirror_writing held. */
fallible ref_move(Scope *s, GitRepo *repo, const RefMove *move);
/* "refs/heads/NAME"; INVALID for a name that git does not take. */
fallible ref_of_branch(Scope *s, const char *branch, const char **ref);
/* The commit a ref is at, tags peeled; NULL when there is none. */
fallible ref_find(Scope *s, GitRepo *repo, const char *ref, const char **commit);
