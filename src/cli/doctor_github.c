/* The access to GitHub, looked at. */

#include "cli/doctor.h"
#include "service/app.h"
#include "service/trials.h"

/* As much of an App as asking GitHub takes. */
static fallible app_of(Scope *s, const Settings *settings, App *app)
{
    StoreOptions options = store_options(settings);
    HttpClientSettings http = {.proxy = settings->proxy_url,
                               .no_proxy = settings->no_proxy,
                               .ca_file = settings->ca_file,
                               .user_agent = "dursor/" DURSOR_VERSION};

    app->settings = settings;
    TRY(keys_open(s, settings, &app->keys));
    TRY(store_open(s, &options, &app->store));
    TRY(http_client_open(s, &http, &app->http));
    return forge_tokens_open(s, &app->forge_tokens);
}

static void tell_failure(Scope *s, Check *c, const GithubTested *tested)
{
    if (text_equal(tested->code, "github_not_configured"))
        doctor_found(c, DOUBTFUL,
                     "no access is set up, which only private repositories and pull requests need: "
                     "store a GitHub App in the settings, or set DURSOR_GIT_TOKEN");
    else
        doctor_found(c, BROKEN,
                     tested->next_step ? text(s, "%s. %s", tested->error, tested->next_step)
                                       : tested->error);
}

static void tell_app(Scope *s, Check *c, const GithubTested *tested)
{
    TextList accounts = {0}, missing = {0};

    EACH (const GithubInstallation, at, &tested->installations) {
        texts_add(s, &accounts, at->account);
        if (at->missing.count)
            texts_add(s, &missing,
                      text(s, "%s (%s)", text_join(s, &at->missing, ", "), at->account));
    }
    if (missing.count)
        doctor_found(c, BROKEN,
                     text(s,
                          "the App %s lacks %s: give it that in the App's settings at GitHub, then "
                          "accept it for the account",
                          tested->login, text_join(s, &missing, "; ")));
    else
        doctor_found(
            c, FINE,
            text(s, "the App %s, installed for %s", tested->login, text_join(s, &accounts, ", ")));
}

static void tell_token(Scope *s, Check *c, const GithubTested *tested)
{
    if (tested->missing.count)
        doctor_found(c, BROKEN,
                     text(s, "the token of %s lacks %s: give it that scope at GitHub",
                          tested->login, text_join(s, &tested->missing, ", ")));
    else
        doctor_found(c, FINE, text(s, "the token of %s", tested->login));
}

Error *doctor_github(Scope *s, Check *c)
{
    GithubTested tested;
    App app = {0};

    if (!c->has_database) {
        doctor_found(c, DOUBTFUL,
                     "not asked, since the access may be stored: see the database first");
        return OK;
    }
    scope_limit(s, DOCTOR_OUTSIDE_US);
    TRY(app_of(s, c->settings, &app));
    TRY(github_trial(s, &app, &local_caller, &tested));
    if (!tested.ok)
        tell_failure(s, c, &tested);
    else if (tested.installations.count)
        tell_app(s, c, &tested);
    else
        tell_token(s, c, &tested);
    return OK;
}
