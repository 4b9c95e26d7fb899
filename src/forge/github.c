/* GitHub's REST API as a forge. */

#include "forge/github_auth.h"
#include "forge/github_call.h"

/* A call for what belongs to an owner: once more with a new token when GitHub has revoked the one
 * that was kept. */
static fallible owner_call(Scope *s, const Forge *forge, const char *owner, const GithubCall *call,
                           GithubReply *out)
{
    GithubCall with_token = *call;

    TRY(github_token(s, forge, owner, &with_token.bearer));
    Error *e = github_call(s, forge, &with_token, out);
    if (!e || !text_equal(e->code, "forge_credentials") || text_empty(forge->access.app_id))
        return e;
    github_token_drop(s, forge, owner);
    TRY(github_token(s, forge, owner, &with_token.bearer));
    return github_call(s, forge, &with_token, out);
}

static const char *full_name(Scope *s, const ForgeName *name)
{
    return text(s, "%s/%s", name->owner, name->name);
}

static const char *repo_path(Scope *s, const ForgeName *name)
{
    return text(s, "/repos/%s/%s", percent_encode(s, name->owner), percent_encode(s, name->name));
}

/* ---- Repositories ---- */

static fallible read_repo(Scope *s, json_t *row, ForgeRepo *out)
{
    *out = (ForgeRepo){
        .shown = {.id = json_at_int(row, "id", 0),
                  .name = text_copy(s, json_at_text(row, "name")),
                  .full_name = text_copy(s, json_at_text(row, "full_name")),
                  .owner = text_copy(s, json_at_text(row, "owner.login")),
                  .default_branch = text_copy(s, json_at_text(row, "default_branch")),
                  .private = json_at_bool(row, "private", false)},
        .archived = json_at_bool(row, "archived", false),
        .may_push = json_at_bool(row, "permissions.push", true),
    };
    if (!out->shown.id || !out->shown.name || !out->shown.full_name || !out->shown.owner)
        return fail_code(s, UPSTREAM, "forge_answer", "GitHub's answer describes no repository");
    if (!out->shown.default_branch)
        out->shown.default_branch = "main";
    return OK;
}

static fallible add_repos(Scope *s, json_t *rows, GithubRepoList *out)
{
    ForgeRepo repo;
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        TRY(read_repo(s, row, &repo));
        *list_add(s, out) = repo.shown;
    }
    return OK;
}

static fallible repos_of_token(Scope *s, const Forge *forge, const GithubCall *call,
                               const char *key, GithubRepoList *out)
{
    json_t *rows;

    TRY(github_pages(s, forge, call, key, &rows));
    return add_repos(s, rows, out);
}

/* Once more with a new token when the kept one was revoked. */
static fallible repos_of_installation(Scope *s, const Forge *forge, const char *id,
                                      GithubRepoList *out)
{
    GithubCall call = {.path = "/installation/repositories",
                       .what = "repositories",
                       .doing = "listing the repositories of the App"};

    TRY(github_installation_token(s, forge, id, &call.bearer));
    Error *e = repos_of_token(s, forge, &call, "repositories", out);
    if (!e || !text_equal(e->code, "forge_credentials"))
        return e;
    github_installation_drop(s, forge, id);
    TRY(github_installation_token(s, forge, id, &call.bearer));
    return repos_of_token(s, forge, &call, "repositories", out);
}

static fallible repos_of_app(Scope *s, const Forge *forge, GithubRepoList *out)
{
    InstallationList all = {0};

    TRY(github_installations(s, forge, &all));
    for (size_t i = 0; i < all.count && i < FORGE_INSTALLATIONS_MAX; i++)
        if (!all.items[i].suspended)
            TRY(repos_of_installation(s, forge, all.items[i].id, out));
    return OK;
}

static fallible repos(Scope *s, const Forge *forge, GithubRepoList *out)
{
    GithubCall call = {.path = "/user/repos",
                       .what = "repositories",
                       .doing = "listing the repositories of the token",
                       .bearer = forge->access.personal_token};

    *out = (GithubRepoList){0};
    if (!text_empty(forge->access.app_id))
        return repos_of_app(s, forge, out);
    return repos_of_token(s, forge, &call, NULL, out);
}

static fallible repo(Scope *s, const Forge *forge, const ForgeName *name, ForgeRepo *out)
{
    GithubCall call = {.path = repo_path(s, name),
                       .what = full_name(s, name),
                       .doing = "looking at the repository"};
    GithubReply reply;

    TRY(owner_call(s, forge, name->owner, &call, &reply));
    return read_repo(s, reply.json, out);
}

static fallible branch_rows(Scope *s, const Forge *forge, const ForgeName *name, json_t **out)
{
    GithubCall call = {.path = text(s, "%s/branches", repo_path(s, name)),
                       .what = full_name(s, name),
                       .doing = "listing the branches"};

    TRY(github_token(s, forge, name->owner, &call.bearer));
    return github_pages(s, forge, &call, NULL, out);
}

static fallible branches(Scope *s, const Forge *forge, const ForgeName *name, TextList *out)
{
    json_t *rows, *row;
    size_t i;

    Error *e = branch_rows(s, forge, name, &rows);
    if (e && text_equal(e->code, "forge_credentials") && !text_empty(forge->access.app_id)) {
        github_token_drop(s, forge, name->owner);
        e = branch_rows(s, forge, name, &rows);
    }
    TRY(e);
    *out = (TextList){0};
    json_array_foreach(rows, i, row)
    {
        const char *branch = json_at_text(row, "name");
        if (branch)
            texts_add(s, out, text_copy(s, branch));
    }
    return OK;
}

/* ---- Pull requests ---- */

static PullStatus status_of(json_t *row)
{
    bool merged = json_at_bool(row, "merged", false) || json_at_text(row, "merged_at");

    return merged                                             ? PULL_MERGED
           : text_equal(json_at_text(row, "state"), "closed") ? PULL_CLOSED
                                                              : PULL_OPEN;
}

static fallible read_pull(Scope *s, json_t *row, ForgePull *out)
{
    *out = (ForgePull){
        .number = json_at_int(row, "number", 0),
        .url = text_copy(s, json_at_text(row, "html_url")),
        .title = text_copy(s, json_at_text(row, "title")),
        .body = text_copy(s, json_at_text(row, "body")),
        .status = status_of(row),
        .head = text_copy(s, json_at_text(row, "head.ref")),
        .head_commit = text_copy(s, json_at_text(row, "head.sha")),
        .base = text_copy(s, json_at_text(row, "base.ref")),
    };
    if (out->number <= 0 || !out->url || !out->head || !out->head_commit || !out->title)
        return fail_code(s, UPSTREAM, "forge_answer", "GitHub's answer describes no pull request");
    return OK;
}

static void put_text(JsonWriter *w, const char *key, const char *value)
{
    if (!value)
        return;
    json_key(w, key);
    json_put_text(w, value);
}

static Bytes pull_json(Scope *s, const ForgePullWant *want)
{
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    JsonWriter w = json_writer(b);
    json_open(&w, '{');
    put_text(&w, "title", want->title);
    put_text(&w, "body", want->body);
    put_text(&w, "head", want->head);
    put_text(&w, "base", want->base);
    if (want->draft) {
        json_key(&w, "draft");
        json_put_bool(&w, true);
    }
    json_close(&w, '}');
    return buffer_view(b);
}

static fallible pull_create(Scope *s, const Forge *forge, const ForgePullWant *want, ForgePull *out)
{
    ForgePullWant whole = *want;
    GithubReply reply;

    whole.body = want->body ? want->body : "";
    GithubCall call = {.method = "POST",
                       .path = text(s, "%s/pulls", repo_path(s, &want->repo)),
                       .what = full_name(s, &want->repo),
                       .doing = "creating the pull request",
                       .body = pull_json(s, &whole)};
    TRY(owner_call(s, forge, want->repo.owner, &call, &reply));
    return read_pull(s, reply.json, out);
}

static fallible pulls_of(Scope *s, const Forge *forge, const ForgePullWant *want,
                         ForgePullList *out)
{
    Buffer path = buffer_in(s), query = buffer_in(s);
    GithubReply reply;
    json_t *row;
    size_t i;

    query_add(&query, "head", text(s, "%s:%s", want->repo.owner, want->head));
    if (want->base)
        query_add(&query, "base", want->base);
    buffer_format(&path, "%s/pulls?%s&state=all&sort=created&direction=desc&per_page=20",
                  repo_path(s, &want->repo), buffer_string(&query));
    GithubCall call = {.path = buffer_string(&path),
                       .what = full_name(s, &want->repo),
                       .doing = "looking for the pull request"};
    TRY(owner_call(s, forge, want->repo.owner, &call, &reply));
    *out = (ForgePullList){0};
    json_array_foreach(reply.json, i, row)
    {
        ForgePull *pull = list_add(s, out);
        TRY(read_pull(s, row, pull));
    }
    return OK;
}

static fallible one_pull(Scope *s, const Forge *forge, const ForgePullWant *want, GithubCall *call,
                         ForgePull *out)
{
    GithubReply reply;

    call->path = text(s, "%s/pulls/%lld", repo_path(s, &want->repo), (long long)want->number);
    call->what = text(s, "%s#%lld", full_name(s, &want->repo), (long long)want->number);
    TRY(owner_call(s, forge, want->repo.owner, call, &reply));
    return read_pull(s, reply.json, out);
}

static fallible pull_get(Scope *s, const Forge *forge, const ForgePullWant *want, ForgePull *out)
{
    GithubCall call = {.doing = "looking at the pull request"};

    return one_pull(s, forge, want, &call, out);
}

static fallible pull_edit(Scope *s, const Forge *forge, const ForgePullWant *want, ForgePull *out)
{
    ForgePullWant texts = {.title = want->title, .body = want->body};
    GithubCall call = {
        .method = "PATCH", .doing = "changing the pull request", .body = pull_json(s, &texts)};

    return one_pull(s, forge, want, &call, out);
}

const ForgeDriver github_driver = {
    .name = "github",
    .token = github_token,
    .repos = repos,
    .repo = repo,
    .branches = branches,
    .pull_create = pull_create,
    .pulls_of = pulls_of,
    .pull_get = pull_get,
    .pull_edit = pull_edit,
};

const char *forge_web_url(Scope *s, const char *api_url)
{
    static const char public_api[] = "https://api.github.com", enterprise[] = "/api/v3";
    size_t size = strlen(api_url);

    if (text_equal(api_url, public_api))
        return "https://github.com";
    if (text_ends(api_url, enterprise))
        size -= strlen(enterprise);
    return text_of(s, (Bytes){api_url, size});
}
