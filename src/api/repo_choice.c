/* Repositories chosen at the forge, and what becomes of those that are here. */

#include "api/create.h"
#include "forge/forge.h"
#include "model/board_views.h"
#include "model/change.h"
#include "service/repos.h"

/* One part of a path at the forge, as GitHub allows it. */
static bool name_plain(const char *name)
{
    if (text_equal(name, ".") || text_equal(name, ".."))
        return false;
    for (const char *c = name; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9') &&
            !strchr("-_.", *c))
            return false;
    return true;
}

static fallible address_of(Scope *s, Api *api, const RepoSelect *in, const char **out)
{
    if (!name_plain(in->owner) || !name_plain(in->repo))
        return fail_code(s, INVALID, "repo_name_invalid",
                         "owner and repo are names as GitHub shows them: letters, digits, '-', '_' "
                         "and '.'");
    *out = text(s, "%s/%s/%s", forge_web_url(s, api->app->settings->github_api_url), in->owner,
                in->repo);
    return OK;
}

/* The branch is remembered for runs that name no base; the repository's own default stays. */
static fallible branch_select(Scope *s, Tx *tx, Repo *repo, const char *branch)
{
    TRY(repo_select_branch(s, tx, repo->id, branch));
    return repo_get(s, tx, repo->id, repo);
}

static fallible choose(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const RepoSelect *in = rq->body;
    RepoOrder order = {.ref = in->branch};
    bool seen;
    Repo repo;
    Tx *tx;

    TRY(create_seen(s, api, rq, reply, &seen));
    if (seen)
        return OK;
    TRY(address_of(s, api, in, &order.typed));
    TRY(repo_add(s, api->app, rq->caller, &order, &repo));
    TRY(create_begin(s, api, rq, reply, &tx));
    if (!tx)
        return OK;
    if (!text_empty(in->branch))
        TRY(branch_select(s, tx, &repo, in->branch));
    else
        TRY(repo_get(s, tx, repo.id, &repo));
    return create_commit(s, tx, rq, reply, &repo);
}

static fallible repo_read(Scope *s, Api *api, const Request *rq, Repo *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, api->app->store, rq->caller, &tx));
    return repo_get(s, tx, path_part(rq, "repo_id"), out);
}

static fallible branch_check(Scope *s, Api *api, const Repo *repo, const char *branch)
{
    const char *commit;
    Mirror *mirror;

    TRY(repo_mirror(s, api->app, repo, &mirror));
    return mirror_resolve(s, mirror, branch, &commit);
}

static fallible change(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const RepoChange *in = rq->body;
    json_t *given;
    Repo repo;
    Tx *tx;

    TRY(change_parse(s, rq->http->body, &given));
    TRY(repo_read(s, api, rq, &repo));
    if (!change_has(given, "selected_branch"))
        return answer(reply, &repo);
    const char *branch = text_empty(in->selected_branch) ? NULL : in->selected_branch;
    if (branch)
        TRY(branch_check(s, api, &repo, branch));
    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(branch_select(s, tx, &repo, branch));
    TRY(tx_commit(s, tx));
    return answer(reply, &repo);
}

/* The mirror goes after the row: one that stays behind is only disk. */
static fallible delete (Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const char *id = path_part(rq, "repo_id");
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(repo_delete(s, tx, id));
    TRY(tx_commit(s, tx));
    TRY(mirror_remove(s, api->app->mirrors, id));
    return answer_empty(reply);
}

static const int refusals[] = {400, 403, 404, 409, 502, 503, 504, 0};
static const int busy[] = {404, 409, 0};

const Route repo_choice_routes[] = {
    {HTTP_POST, "/v1/repos/select", choose, .in = &repo_select_type, .out = &repo_type,
     .status = 201, .role = ROLE_DEVELOPER, .creates = true, .fails = refusals,
     .about = "Clone a repository of GitHub, or bring it up to date, and remember the branch."},
    {HTTP_PATCH, "/v1/repos/{repo_id}", change, .in = &repo_change_type, .out = &repo_type,
     .status = 200, .role = ROLE_DEVELOPER, .fails = refusals,
     .about = "Change the branch that runs start from."},
    {HTTP_DELETE, "/v1/repos/{repo_id}", delete, .status = 204, .role = ROLE_DEVELOPER,
     .fails = busy, .about = "Delete a repository that has neither tasks nor backlog items."},
    {0},
};
