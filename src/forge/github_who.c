/* Asking GitHub about the access itself. */

#include "forge/github_who.h"

#include "forge/github_auth.h"
#include "forge/github_call.h"

/* What pull requests need (docs.github.com, "Permissions required for GitHub Apps"). */
static const char *const needed[] = {"contents", "pull_requests"};

static void find_missing(Scope *s, json_t *row, TextList *out)
{
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (!text_equal(json_at_text(row, text(s, "permissions.%s", needed[i])), "write"))
            texts_add(s, out, text(s, "%s: write", needed[i]));
}

static void read_installations(Scope *s, json_t *rows, GithubInstallationList *out)
{
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *account = json_at_text(row, "account.login");
        json_t *permissions = json_at(row, "permissions");
        if (!account)
            continue;
        GithubInstallation *one = list_add(s, out);
        *one = (GithubInstallation){
            .account = text_copy(s, account),
            .id = json_at_int(row, "id", 0),
            .repositories = text_copy(s, json_at_text(row, "repository_selection")),
            .permissions = {permissions ? json_dump(s, permissions) : NULL},
        };
        if (permissions)
            find_missing(s, row, &one->missing);
    }
}

static fallible app_who(Scope *s, const Forge *forge, GithubTested *out)
{
    GithubCall who = {.path = "/app", .what = "GitHub App", .doing = "asking GitHub for the App"};
    GithubReply reply = {.more = true};

    TRY(github_call_as_app(s, forge, &who, &reply));
    out->login = text_copy(s, json_at_text(reply.json, "slug"));
    reply.more = true;
    for (int page = 1; reply.more && page <= FORGE_PAGES_MAX; page++) {
        GithubCall call = {.path =
                               text(s, "/app/installations?per_page=%d&page=%d", FORGE_PAGE, page),
                           .what = "GitHub App",
                           .doing = "asking GitHub where the App is installed"};
        TRY(github_call_as_app(s, forge, &call, &reply));
        read_installations(s, reply.json, &out->installations);
    }
    if (out->installations.count)
        return OK;
    return fail_code(s, DENIED, "forge_not_installed",
                     "the GitHub App is installed nowhere: install it for the account whose "
                     "repositories are wanted");
}

/* A fine-grained token does not tell what it may (docs.github.com, "Scopes for OAuth apps"). */
static void read_scopes(Scope *s, const char *said, GithubTested *out)
{
    bool all = false, public_only = false;

    if (!said)
        return;
    TextList scopes = text_split(s, said, ',');
    EACH (const char *, one, &scopes) {
        const char *scope = text_trim(s, *one);
        all |= text_equal(scope, "repo");
        public_only |= text_equal(scope, "public_repo");
        if (*scope)
            texts_add(s, &out->scopes, scope);
    }
    if (!all)
        texts_add(s, &out->missing, public_only ? "repo (for private repositories)" : "repo");
}

Error *github_who(Scope *s, const Forge *forge, GithubTested *out)
{
    GithubCall who = {.path = "/user",
                      .bearer = forge->access.personal_token,
                      .what = "the token",
                      .doing = "asking GitHub whose token it is"};
    GithubReply reply;

    if (!text_empty(forge->access.app_id))
        return app_who(s, forge, out);
    TRY(github_call(s, forge, &who, &reply));
    out->login = text_copy(s, json_at_text(reply.json, "login"));
    read_scopes(s, reply.scopes, out);
    return OK;
}
