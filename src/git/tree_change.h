/* Applies changes of files to a tree: for commit.c only. */
#pragma once

#include "git/commit.h"
#include "git/library.h"

/* Writes the blobs and those trees that change. */
fallible tree_change(Scope *s, GitRepo *repo, git_tree *base, const TreeChangeList *changes,
                     git_oid *out);
