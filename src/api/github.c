/* Routes of the access to GitHub. */

#include "service/github_config.h"

#include <strings.h>

#include "api/api.h"
#include "base/json.h"

static fallible config_show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    GithubConfigView view;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(github_config_view(s, api->app, tx, &view));
    return answer(reply, &view);
}

static fallible config_save(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    GithubConfigView view;
    Tx *tx;

    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(github_config_save(s, api->app, tx, rq->body, &view));
    TRY(tx_commit(s, tx));
    return answer(reply, &view);
}

static fallible repos(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const RepoSearchQuery *query = rq->query;
    GithubRepoList all = {0}, found = {0};
    Forge forge;

    TRY(github_open(s, api->app, rq->caller, &forge));
    TRY_WHILE(forge.driver->repos(s, &forge, &all), "Failed to list repos");
    EACH (const GithubRepo, one, &all)
        if (text_empty(query->search) || strcasestr(one->full_name, query->search))
            *list_add(s, &found) = *one;
    return answer(reply, &found);
}

/* A plain array of texts, as old clients know it. */
static fallible answer_names(Reply *reply, const TextList *names, const char *search)
{
    reply->body = buffer_in(reply->s);
    JsonWriter w = json_writer(&reply->body);
    json_open(&w, '[');
    EACH (const char *const, name, names)
        if (text_empty(search) || strcasestr(*name, search))
            json_put_text(&w, *name);
    json_close(&w, ']');
    http_answer_header(reply->s, reply->http, "Content-Type", "application/json");
    reply->http->status = reply->route->status;
    reply->http->body = buffer_view(&reply->body);
    return OK;
}

static fallible branches(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const RepoSearchQuery *query = rq->query;
    ForgeName name = {path_part(rq, "owner"), path_part(rq, "repo")};
    TextList all = {0};
    Forge forge;

    TRY(github_open(s, api->app, rq->caller, &forge));
    TRY_WHILE(forge.driver->branches(s, &forge, &name, &all), "Failed to list branches");
    return answer_names(reply, &all, query->search);
}

static const int outside[] = {400, 403, 404, 409, 502, 503, 504, 0};

const Route github_routes[] = {
    {HTTP_GET, "/v1/github/config", config_show, .out = &github_config_view_type, .status = 200,
     .role = ROLE_VIEWER, .about = "How GitHub is reached."},
    {HTTP_POST, "/v1/github/config", config_save, .in = &github_config_save_type,
     .out = &github_config_view_type, .status = 200, .role = ROLE_ADMIN, .fails = outside,
     .about = "Store a GitHub App; its private key is sealed and never shown again."},
    {HTTP_GET, "/v1/github/repos", repos, .query = &search_query_type, .out = &github_repo_type,
     .out_list = true, .status = 200, .role = ROLE_VIEWER, .fails = outside,
     .about = "List all repositories that the access reaches."},
    {HTTP_GET, "/v1/github/repos/{owner}/{repo}/branches", branches, .query = &search_query_type,
     .out_list = true, .status = 200, .role = ROLE_VIEWER, .fails = outside,
     .about = "List all branches of a repository, as an array of names."},
    {0},
};
