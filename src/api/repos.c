/* Routes of repositories. */

#include "service/repos.h"

#include <stdlib.h>

#include "api/create.h"
#include "api/paging.h"

static fallible clone(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const RepoClone *in = rq->body;
    RepoUrlBase base = {.home = getenv("HOME")};
    RepoOrder order = {in->repo_url, &base, in->ref};
    Repo repo;
    Tx *tx;

    TRY(repo_add(s, api->app, rq->caller, &order, &repo));
    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    return create_commit(s, tx, rq, reply, &repo);
}

static fallible list(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PageQuery *query = rq->query;
    Page page = {query->limit, query->cursor, NULL};
    RepoList repos = {0};
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(repo_list(s, tx, &page, &repos));
    return answer_page(reply, &page, &repos);
}

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Repo repo;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(repo_get(s, tx, path_part(rq, "repo_id"), &repo));
    return answer(reply, &repo);
}

static fallible branches(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    BranchNames names = {0};
    Repo repo;
    Mirror *mirror;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
        TRY(repo_get(s, tx, path_part(rq, "repo_id"), &repo));
    }
    TRY(repo_mirror(s, api->app, &repo, &mirror));
    TRY(mirror_branches(s, mirror, &names.branches));
    names.default_branch = repo.default_branch;
    return answer(reply, &names);
}

static const int missing[] = {404, 0};
static const int refusals[] = {400, 403, 404, 409, 502, 503, 504, 0};

const Route repo_routes[] = {
    {HTTP_POST, "/v1/repos/clone", clone, .in = &repo_clone_type, .out = &repo_type, .status = 201,
     .role = ROLE_DEVELOPER, .creates = true, .fails = refusals,
     .about = "Clone a repository, or bring the one of that address up to date."},
    {HTTP_GET, "/v1/repos", list, .query = &page_query_type, .out = &repo_type, .out_list = true,
     .status = 200, .role = ROLE_VIEWER, .about = "List repositories, newest first."},
    {HTTP_GET, "/v1/repos/{repo_id}", show, .out = &repo_type, .status = 200, .role = ROLE_VIEWER,
     .fails = missing, .about = "Show a repository."},
    {HTTP_GET, "/v1/repos/{repo_id}/branches", branches, .out = &branch_names_type, .status = 200,
     .role = ROLE_VIEWER, .fails = missing, .about = "List the branches as of the last fetch."},
    {0},
};
