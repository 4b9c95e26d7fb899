/* Repositories for the tests of git/, made by the git program in temporary folders. */
#pragma once

#include "git/apply.h"
#include "git/commit.h"
#include "git/diff.h"
#include "git/merge.h"
#include "git/mirror.h"
#include "git/search.h"
#include "sys/file.h"
#include "test/test.h"

#define REPO_ID "0190a5de-ac96-774b-bcce-b302099a8057"

typedef struct Given {
    const char *dir;    /* temporary */
    const char *source; /* dir/source: a checkout on main with one commit: README.md, src/main.c */
    Mirrors mirrors;    /* in dir/workspaces, local paths allowed */
    Mirror *mirror;
    GitRepo *repo;
    const char *head;
} Given;

/* Runs a script by sh -e in the folder; UPSTREAM with its words when it fails. The output, trimmed. */
fallible given_sh(Scope *s, const char *dir, const char *script, const char **out);
/* The same without output. */
fallible sh(Scope *s, const char *dir, const char *script);

fallible given_source(Scope *s, Given *given);
/* And a mirror of it, opened. */
fallible given_mirror(Scope *s, Given *given);
/* Fetches, and sets head anew. */
fallible given_fetch(Scope *s, Given *given);
fallible open_mirror(Scope *s, Given *given, const char *address, Mirror **out);

/* A commit on the branch by dursor, from the parent; NULL branch: none. */
CommitOrder an_order(const char *parent, const char *branch, TreeChangeList changes);
TreeChange create(const char *path, const char *content);
TreeChange replace(const char *path, const char *content);
TreeChange delete_file(const char *path);
TreeChange rename_file(const char *path, const char *new_path);

/* A list that lives as long as the block around it. */
#define CHANGES(...)                                                                               \
    ((TreeChangeList){.items = (TreeChange[]){__VA_ARGS__},                                        \
                      .count = sizeof((TreeChange[]){__VA_ARGS__}) / sizeof(TreeChange)})
