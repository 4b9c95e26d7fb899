/* Repositories and their mirrors. */

#include "service/repos.h"

#include "base/id.h"
#include "base/log.h"
#include "service/github_config.h"

/* All worktrees of a local repository are one: known by the common git directory, shown without its
 * "/.git". */
Error *repo_address(Scope *s, App *app, RepoUrl *url)
{
    LocalSource source;
    static const char suffix[] = "/.git";

    if (!repo_url_local(url))
        return OK;
    TRY(local_source(s, &app->mirrors->access, url->path, &source));
    size_t size = strlen(source.common_dir);
    if (text_ends(source.common_dir, suffix))
        size -= strlen(suffix);
    url->text = text_of(s, (Bytes){source.common_dir, size});
    return OK;
}

/* A repository added twice at once is cloned twice and stored once; the clone that lost goes. */
static fallible store_repo(Scope *s, App *app, const Caller *caller, Repo *repo)
{
    const char *cloned_as = repo->id;
    bool made;
    Tx *tx;

    {
        SCOPE(tmp, s);
        TRY(tx_write(tmp, app->store, caller, &tx));
        TRY(repo_find_or_insert(s, tx, repo, &made));
        TRY(tx_commit(tmp, tx));
    }
    if (!text_equal(repo->id, cloned_as))
        TRY(mirror_remove(s, app->mirrors, cloned_as));
    return OK;
}

static fallible find(Scope *s, App *app, const Caller *caller, Repo *repo, bool *found)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    return repo_find(s, tx, repo->repo_url, repo, found);
}

static fallible describe(Scope *s, const Mirror *mirror, Repo *repo)
{
    TRY(mirror_default_branch(s, mirror, &repo->default_branch));
    TRY(mirror_resolve(s, mirror, NULL, &repo->latest_commit));
    repo->workspace_path = mirror->git_dir;
    return OK;
}

static fallible refresh(Scope *s, App *app, const Caller *caller, const Repo *repo)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, app->store, caller, &tx));
    TRY(repo_fetched(tmp, tx, repo));
    return tx_commit(tmp, tx);
}

Error *repo_add(Scope *s, App *app, const Caller *caller, const RepoOrder *order, Repo *out)
{
    RepoUrl url;
    const Mirrors *mirrors;
    Mirror *mirror;
    bool found = false;
    const char *commit;
    Repo repo = {.tenant_id = caller->tenant_id};

    TRY(repo_url_parse(s, order->typed, order->base, &url));
    TRY(repo_address(s, app, &url));
    repo.repo_url = url.text;
    TRY(github_mirrors(s, app, caller, &url, &mirrors));
    TRY(find(s, app, caller, &repo, &found));
    if (!found)
        repo.id = id_new(s);
    TRY_WHILE(mirror_open(s, mirrors, repo.id, &url, &mirror), "cloning %s", url.text);
    if (found)
        TRY_WHILE(mirror_fetch(s, mirror), "fetching %s", url.text);
    TRY(describe(s, mirror, &repo));
    if (!text_empty(order->ref))
        TRY(mirror_resolve(s, mirror, order->ref, &commit));
    if (found)
        TRY(refresh(s, app, caller, &repo));
    else
        TRY(store_repo(s, app, caller, &repo));
    *out = repo;
    return OK;
}

Error *repo_mirror(Scope *s, App *app, const Repo *repo, Mirror **out)
{
    const Caller owner = {repo->tenant_id, NULL, ROLE_ADMIN};
    const Mirrors *mirrors;
    RepoUrl url;

    TRY(repo_url_parse(s, repo->repo_url, NULL, &url));
    TRY(github_mirrors(s, app, &owner, &url, &mirrors));
    return mirror_open(s, mirrors, repo->id, &url, out);
}

Error *repo_look(Scope *s, App *app, const Repo *repo, GitRepo **out)
{
    const char *git_dir = mirror_here(s, app->mirrors, repo->id);

    *out = NULL;
    return git_dir ? git_open_path(s, git_dir, out) : OK;
}
