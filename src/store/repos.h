/* Repositories of the caller's tenant, one for each normalised URL. */
#pragma once

#include "store/rows.h"
#include "store/store.h"

/* The repository of that URL. When there is none it is inserted as given (id is made when NULL), also
 * when several ask at once; *made, which may be NULL, tells which. *repo becomes the row. */
fallible repo_find_or_insert(Scope *s, Tx *tx, Repo *repo, bool *made);
fallible repo_get(Scope *s, Tx *tx, const char *id, Repo *out);
/* *out is untouched when there is none. */
fallible repo_find(Scope *s, Tx *tx, const char *repo_url, Repo *out, bool *found);
/* Newest first. */
fallible repo_list(Scope *s, Tx *tx, Page *page, RepoList *out);
/* After a fetch: default_branch and latest_commit as they are now. */
fallible repo_fetched(Scope *s, Tx *tx, const Repo *repo);
/* CONFLICT, code "repo_in_use", while it has tasks or backlog items. */
fallible repo_delete(Scope *s, Tx *tx, const char *id);
/* The branch the user picked last; NULL for none. */
fallible repo_select_branch(Scope *s, Tx *tx, const char *id, const char *branch);
