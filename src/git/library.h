/* libgit2, for the files of git/ that read and write objects: its start, its errors, its handles.
 *
 * Started at first use. It reads no configuration of the machine or the user, and never touches the
 * network. What the functions here give is closed with the scope.
 */
#pragma once

#include <git2.h>

#include "git/objects.h"

struct GitRepo {
    git_repository *native;
    git_odb *odb;
    const Mirror *mirror; /* NULL: nothing missing can be fetched */
};

/* A failure of libgit2 as ours: MISSING, CONFLICT, TOO_LARGE, UNAVAILABLE, else UPSTREAM. NULL for a
 * code that is no failure. */
fallible library_check(Scope *s, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
fallible library_start(Scope *s);

/* 40 hex digits; INVALID otherwise. */
fallible library_id(Scope *s, const char *hex, git_oid *out);
const char *library_hex(Scope *s, const git_oid *id);

/* Objects by id, closed with s; their size is checked by header first. */
fallible library_commit(Scope *s, GitRepo *repo, const char *hex, git_commit **out);
fallible library_tree(Scope *s, GitRepo *repo, const git_oid *id, git_tree **out);
/* The tree of a commit; NULL hex gives NULL, the empty tree. */
fallible library_commit_tree(Scope *s, GitRepo *repo, const char *commit, git_tree **out);
/* A signature for a new object, closed with s. INVALID for an empty name or one with "<>" or LF. */
fallible library_person(Scope *s, const GitPerson *person, git_signature **out);
