/* Repositories: from what a person typed to a mirror that is up to date. */
#pragma once

#include "git/objects.h"
#include "service/app.h"
#include "store/repos.h"

typedef struct RepoOrder {
    const char *typed;       /* URL or path */
    const RepoUrlBase *base; /* what relative paths start from; may be NULL */
    const char *ref;         /* a branch or commit that must exist; NULL: none */
} RepoOrder;

/* Clones on first use, fetches otherwise, and stores the repository once per address (a local one per
 * common git directory). INVALID with what to do for an address that cannot be used. */
fallible repo_add(Scope *s, App *app, const Caller *caller, const RepoOrder *order, Repo *out);
/* Makes url->text the address by which the repository is stored. */
fallible repo_address(Scope *s, App *app, RepoUrl *url);
/* The mirror of a stored repository; cloned again when its folder is gone. */
fallible repo_mirror(Scope *s, App *app, const Repo *repo, Mirror **out);
/* What this machine has of it, for looking only: asks nobody, and fetches nothing that is missing. NULL
 * when there is no copy here. */
fallible repo_look(Scope *s, App *app, const Repo *repo, GitRepo **out);
