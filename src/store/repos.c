/* Repositories. */

#include "store/repos.h"

#include "base/id.h"
#include "store/checks.h"
#include "store/queries.h"

fallible repo_find(Scope *s, Tx *tx, const char *repo_url, Repo *out, bool *found)
{
    return query_find(s, tx, &q_repo_by_url, ARGS(ARG(repo_url)), (QueryFound){out, found});
}

/* Somebody else may insert between the look and the insert: then the second look finds theirs. */
fallible repo_find_or_insert(Scope *s, Tx *tx, Repo *repo, bool *made)
{
    bool found = false, inserted = false;

    TRY(text_check(s, "repository's address", repo->repo_url));
    TRY(repo_find(s, tx, repo->repo_url, repo, &found));
    if (!found) {
        repo->id = repo->id ? repo->id : id_new(s);
        repo->tenant_id = tx_caller(tx)->tenant_id;
        TRY(query_find(s, tx, &q_repo_insert, ARGS(ARG_ROW(repo_type, repo)),
                       (QueryFound){repo, &inserted}));
        found = inserted;
    }
    if (!found)
        TRY(query_one(s, tx, &q_repo_by_url, ARGS(ARG_ROW(repo_type, repo)), repo));
    if (made)
        *made = inserted;
    return OK;
}

fallible repo_get(Scope *s, Tx *tx, const char *id, Repo *out)
{
    return row_get(s, tx, &q_repo_get, (RowKey){"repository", id}, out);
}

fallible repo_list(Scope *s, Tx *tx, Page *page, RepoList *out)
{
    RepoList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    TRY(query_list(s, tx, &q_repo_list,
                   ARGS(ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
                   &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].created_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

fallible repo_fetched(Scope *s, Tx *tx, const Repo *repo)
{
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"repository", repo->id}));
    TRY(query_run(s, tx, &q_repo_fetched, ARGS(ARG_ROW(repo_type, repo)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"repository", repo->id});
}

fallible repo_select_branch(Scope *s, Tx *tx, const char *id, const char *branch)
{
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"repository", id}));
    if (branch)
        TRY(text_check(s, "branch", branch));
    TRY(query_run(s, tx, &q_repo_select_branch, ARGS(ARG(id), ARG(branch)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"repository", id});
}

fallible repo_delete(Scope *s, Tx *tx, const char *id)
{
    int64_t changed = 0;
    Repo repo;

    TRY(repo_get(s, tx, id, &repo));
    TRY(query_run(s, tx, &q_repo_delete, ARGS(ARG(id)), &changed));
    if (!changed)
        return fail_code(s, CONFLICT, "repo_in_use",
                         "repository %s has tasks or backlog items: delete them first", id);
    return OK;
}
