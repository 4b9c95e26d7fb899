/* Rows, access and mirror for a pull request. */

#include "service/pulls_parts.h"

#include "service/repos.h"
#include "store/intents.h"

/* The texts that clients of dursor know, with the id behind. */
static fallible known(Scope *s, Error *e, const char *what, const char *id)
{
    if (!failed_as(e, MISSING))
        return e;
    return fail_code(s, INVALID, "row_missing", "%s not found: %s", what, text_head(s, id, 64));
}

static fallible read_rows(Scope *s, const PullOrder *order, PullWork *w)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, w->app->store, w->caller, &tx));
    TRY(known(s, task_get(s, tx, order->task_id, &w->task), "Task", order->task_id));
    TRY(known(s, repo_get(s, tx, w->task.repo_id, &w->repo), "Repo", w->task.repo_id));
    if (!order->run_id)
        return OK;
    TRY(known(s, run_get(s, tx, order->run_id, &w->run), "Run", order->run_id));
    if (!text_equal(w->run.task_id, w->task.id))
        return fail_code(s, INVALID, "run_of_other_task", "Run not found: %s in this task",
                         w->run.id);
    if (text_empty(w->run.working_branch))
        return fail_code(s, INVALID, "run_without_branch", "Run has no working branch: %s",
                         w->run.id);
    w->commit = w->run.commit_sha;
    return OK;
}

/* ---- Where it goes ---- */

/* The origin of the user's checkout: what a local repository was cloned from. */
static fallible origin_of(Scope *s, const PullWork *w, const char *checkout, const char **out)
{
    GitCommand command = {.args = TEXTS("remote", "get-url", "--push", "origin"),
                          .dir = checkout,
                          .trust = GIT_TRUST_OWN};
    ProcessResult result;

    TRY(git_ask(s, &w->app->mirrors->access, &command, &result));
    if (result.status != 0)
        return fail_code(
            s, INVALID, "no_origin",
            "%s has no remote named origin: add the repository on GitHub as origin, or "
            "take the result over with --apply or --branch",
            checkout);
    *out = text_trim(s, text_of(s, result.out));
    return OK;
}

static fallible find_name(Scope *s, const PullOrder *order, PullWork *w)
{
    RepoUrl url;
    const char *address = w->repo.repo_url;

    TRY(repo_url_parse(s, address, NULL, &url));
    if (repo_url_local(&url)) {
        TRY(origin_of(s, w, order->checkout ? order->checkout : url.path, &address));
        TRY(repo_url_parse(s, address, NULL, &url));
    }
    if (github_name(s, w->app->settings, &url, &w->name))
        return OK;
    return error_param(
        fail_code(
            s, INVALID, "not_at_github",
            "Invalid GitHub URL: %s is not at %s (DURSOR_GITHUB_API_URL names another GitHub)",
            address, forge_web_url(s, w->app->settings->github_api_url)),
        "address", address);
}

/* Our mirror, with the forge as its source and the access's token, whatever it was cloned from. */
static fallible open_mirror(Scope *s, PullWork *w)
{
    const Mirrors *mirrors;
    const char *address = github_address(s, w->app->settings, &w->name);
    Mirror *own;

    TRY(repo_mirror(s, w->app, &w->repo, &own));
    TRY(github_mirrors_with(s, w->app, &w->forge, w->name.owner, &mirrors));
    w->mirror = COPY(s, own);
    w->mirror->mirrors = mirrors;
    w->mirror->local = NULL;
    TRY(repo_url_parse(s, address, NULL, &w->mirror->source));
    return git_open(s, w->mirror, &w->git);
}

/* A run may have begun at a tag or commit, which is no base of a pull request. */
static fallible find_base(Scope *s, const PullOrder *order, PullWork *w)
{
    TextList branches = {0};

    w->base = text_empty(order->base) ? w->run.base_ref : order->base;
    if (!text_empty(order->base))
        return OK;
    TRY(mirror_branches(s, w->mirror, &branches));
    if (text_empty(w->base) || !texts_have(&branches, w->base))
        w->base = w->repo.default_branch;
    return OK;
}

Error *pull_work_open(Scope *s, App *app, const Caller *caller, const PullOrder *order,
                      PullWork *out)
{
    *out = (PullWork){.app = app, .caller = caller};
    TRY(read_rows(s, order, out));
    TRY(find_name(s, order, out));
    TRY(github_open(s, app, caller, &out->forge));
    if (!order->run_id)
        return OK;
    TRY(open_mirror(s, out));
    return find_base(s, order, out);
}

Error *pull_work_commit(Scope *s, PullWork *w)
{
    if (w->commit)
        return OK;
    return fail_code(s, INVALID, "run_without_changes", "Run has no commits: %s", w->run.id);
}

/* ---- Rows ---- */

Pull pull_of(const PullWork *w, const ForgePull *there)
{
    return (Pull){.task_id = w->task.id,
                  .number = there->number,
                  .url = there->url,
                  .branch = there->head,
                  .base = there->base,
                  .title = there->title,
                  .body = there->body ? there->body : "",
                  .latest_commit = there->head_commit,
                  .status = there->status};
}

Error *pull_intend(Scope *s, PullWork *w, Intent *intent)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, w->app->store, w->caller, &tx));
    TRY(intent_begin(s, tx, intent));
    return tx_commit(tmp, tx);
}

static const char *number_json(Scope *s, const Pull *pull)
{
    return text(s, "{\"number\":%lld}", (long long)pull->number);
}

Error *pull_store(Scope *s, PullWork *w, Pull *pull, const Intent *intent)
{
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_write(tmp, w->app->store, w->caller, &tx));
        TRY(pull_save(s, tx, pull));
        if (intent)
            TRY(intent_end(s, tx, intent, (Json){number_json(tmp, pull)}));
        TRY(tx_commit(tmp, tx));
    }
    bus_publish(w->app->bus, text(s, "task:%s", pull->task_id));
    return OK;
}
