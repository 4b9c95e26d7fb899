/* The access to GitHub. */

#include "service/github_config.h"

#include <strings.h>

#include "base/log.h"
#include "net/url.h"
#include "store/github_config.h"

enum { SHOWN_LAST = 4 /* characters of an id that a mask leaves */ };

static SealPlace key_place(const char *tenant_id)
{
    return (SealPlace){tenant_id, "github_config", tenant_id, "private_key"};
}

static bool app_of_settings(const Settings *settings)
{
    return !text_empty(settings->github_app_id) && !text_empty(settings->github_app_private_key);
}

static const char *web_host(Scope *s, const Settings *settings)
{
    Url url;
    Error *e = url_parse(s, forge_web_url(s, settings->github_api_url), &url);

    if (e) {
        error_drop(e, "the settings were checked to hold an address");
        return "";
    }
    return url.port ? text(s, "%s:%d", url.host, url.port) : url.host;
}

static bool token_of_settings(Scope *s, const Settings *settings)
{
    return !text_empty(settings->git_token) &&
           text_equal(settings->git_token_host, web_host(s, settings));
}

/* ---- For eyes ---- */

static const char *masked(Scope *s, const char *value)
{
    size_t size, hidden;

    if (!value)
        return NULL;
    size = strlen(value);
    hidden = size <= SHOWN_LAST ? size : size - SHOWN_LAST;
    Buffer b = buffer_in(s);
    for (size_t i = 0; i < hidden; i++)
        buffer_char(&b, '*');
    buffer_text(&b, value + hidden);
    return buffer_string(&b);
}

static GithubConfigView view_of(Scope *s, const char *app_id, const char *installation_id)
{
    return (GithubConfigView){.app_id = app_id,
                              .app_id_masked = masked(s, app_id),
                              .installation_id = installation_id,
                              .installation_id_masked = masked(s, installation_id),
                              .has_private_key = true,
                              .is_configured = true};
}

Error *github_config_view(Scope *s, App *app, Tx *tx, GithubConfigView *out)
{
    const Settings *settings = app->settings;
    GithubConfig stored;
    bool found = false;

    *out = (GithubConfigView){0};
    if (app_of_settings(settings)) {
        *out = view_of(s, settings->github_app_id, settings->github_app_installation_id);
        out->source = "env";
        return OK;
    }
    TRY(github_config_find(s, tx, &stored, &found));
    if (found) {
        *out = view_of(s, stored.app_id, stored.installation_id);
        out->source = "db";
    } else if (token_of_settings(s, settings)) {
        out->is_configured = true;
        out->source = "env";
    }
    return OK;
}

/* ---- Storing ---- */

static fallible number_check(Scope *s, const char *what, const char *value)
{
    int64_t number;

    if (text_integer(value, 1, INT64_MAX, &number))
        return OK;
    return fail_code(s, INVALID, "number_expected",
                     "the %s is a number, as GitHub shows it in the App's settings", what);
}

Error *github_config_save(Scope *s, App *app, Tx *tx, const GithubConfigSave *in,
                          GithubConfigView *out)
{
    const char *tenant_id = tx_caller(tx)->tenant_id, *pem;
    GithubConfig config = {0};
    SealPlace place = key_place(tenant_id);
    bool found = false;

    if (app_of_settings(app->settings))
        return fail_code(s, INVALID, "github_of_settings",
                         "the GitHub App is set by DURSOR_GITHUB_APP_ID: change it there");
    TRY(number_check(s, "app_id", in->app_id));
    TRY(number_check(s, "installation_id", in->installation_id));
    TRY(github_config_find(s, tx, &config, &found));
    if (!found && text_empty(in->private_key))
        return fail_code(s, INVALID, "private_key_required",
                         "Private key is required for initial configuration");
    if (!text_empty(in->private_key)) {
        TRY(forge_private_key(s, in->private_key, &pem));
        TRY(keys_seal(s, app->keys, &place, pem, &config.private_key_sealed));
    }
    config.app_id = in->app_id;
    config.installation_id = in->installation_id;
    TRY(github_config_put(s, tx, &config));
    return github_config_view(s, app, tx, out);
}

/* ---- Use ---- */

static fallible stored_app(Scope *s, App *app, const Caller *caller, ForgeAccess *access,
                           bool *found)
{
    GithubConfig stored;
    SealPlace place = key_place(caller->tenant_id);
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(github_config_find(s, tx, &stored, found));
    }
    if (!*found)
        return OK;
    access->app_id = stored.app_id;
    access->installation_id = stored.installation_id;
    return keys_unseal(s, app->keys, &place, stored.private_key_sealed, &access->private_key);
}

/* *found is false when there is no access at all. */
static fallible find_access(Scope *s, App *app, const Caller *caller, Forge *out, bool *found)
{
    const Settings *settings = app->settings;

    *out = (Forge){
        &github_driver,
        {.api_url = settings->github_api_url, .http = app->http, .tokens = app->forge_tokens}};
    *found = app_of_settings(settings);
    if (*found) {
        out->access.app_id = settings->github_app_id;
        out->access.installation_id = settings->github_app_installation_id;
        return forge_private_key(s, settings->github_app_private_key, &out->access.private_key);
    }
    TRY(stored_app(s, app, caller, &out->access, found));
    if (!*found && token_of_settings(s, settings)) {
        out->access.personal_token = settings->git_token;
        *found = true;
    }
    return OK;
}

Error *github_open(Scope *s, App *app, const Caller *caller, Forge *out)
{
    bool found;

    TRY(find_access(s, app, caller, out, &found));
    if (found)
        return OK;
    return fail_code(s, INVALID, "github_not_configured",
                     "GitHub App not configured: set DURSOR_GITHUB_APP_ID and "
                     "DURSOR_GITHUB_APP_PRIVATE_KEY, store an App in the settings, or give "
                     "DURSOR_GIT_TOKEN for %s",
                     web_host(s, app->settings));
}

bool github_name(Scope *s, const Settings *settings, const RepoUrl *url, ForgeName *out)
{
    const char *host = url->host;

    if (repo_url_local(url) || text_empty(url->owner) || strchr(url->owner, '/'))
        return false;
    if (url->port && url->scheme != REPO_SSH)
        host = text(s, "%s:%d", host, url->port);
    if (strcasecmp(host, web_host(s, settings)) != 0)
        return false;
    *out = (ForgeName){url->owner, url->name};
    return true;
}

const char *github_address(Scope *s, const Settings *settings, const ForgeName *name)
{
    return text(s, "%s/%s/%s", forge_web_url(s, settings->github_api_url), name->owner, name->name);
}

/* ---- Mirrors with a token of the App ---- */

Error *github_mirrors_with(Scope *s, App *app, const Forge *forge, const char *owner,
                           const Mirrors **out)
{
    Mirrors *mirrors = NEW(s, Mirrors);
    const char *host = web_host(s, app->settings), *token;

    TRY(forge->driver->token(s, forge, owner, &token));
    *mirrors = *app->mirrors;
    mirrors->access.tokens = (GitTokenList){0};
    *list_add(s, &mirrors->access.tokens) = (GitToken){host, NULL, token};
    EACH (const GitToken, other, &app->mirrors->access.tokens)
        if (!text_equal(other->host, host))
            *list_add(s, &mirrors->access.tokens) = *other;
    *out = mirrors;
    return OK;
}

/* A public repository of somebody who has not installed the App is still to be had, as are others by
 * the user's own credentials. */
Error *github_mirrors(Scope *s, App *app, const Caller *caller, const RepoUrl *url,
                      const Mirrors **out)
{
    ForgeName name;
    Forge forge;
    bool found;

    *out = app->mirrors;
    if (!github_name(s, app->settings, url, &name) || url->scheme == REPO_SSH)
        return OK;
    TRY(find_access(s, app, caller, &forge, &found));
    if (!found || text_empty(forge.access.app_id))
        return OK;
    Error *e = github_mirrors_with(s, app, &forge, name.owner, out);
    if (e && (text_equal(e->code, "forge_not_installed") || failed_as(e, UNAVAILABLE))) {
        log_failure(s, error_while(e, "going on without the GitHub App"));
        *out = app->mirrors;
        return OK;
    }
    return e;
}
