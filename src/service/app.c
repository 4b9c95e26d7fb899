/* Opening the drivers that the settings chose. */

#include "service/app.h"

#include "base/log.h"
#include "sys/file.h"

const char *app_secrets_dir(Scope *s, const Settings *settings)
{
    return text(s, "%s/secrets", settings->data_dir);
}

static StoreOptions store_options(const Settings *settings)
{
    return (StoreOptions){.url = settings->database_url,
                          .direct_url = settings->database_direct_url,
                          .connections = settings->database_connections};
}

/* PostgreSQL is migrated by command only: many processes share it, and an operator decides when. */
static fallible store_ready(Scope *s, const Settings *settings, Store **out)
{
    StoreOptions options = store_options(settings);
    const char *backup = NULL;

    if (!text_starts(settings->database_url, "postgres")) {
        TRY_WHILE(store_migrate(s, &options, 0, &backup), "preparing %s", settings->database_url);
        if (backup)
            log_info(s, "the database was upgraded; its old state is in %s", backup);
    }
    return store_open(s, &options, out);
}

static Mirrors *mirrors_of(Scope *s, const Settings *settings)
{
    Mirrors *mirrors = NEW(s, Mirrors);

    *mirrors = (Mirrors){
        .dir = settings->workspaces_dir,
        .allow_file = settings->git_allow_file,
        .disk_floor = settings->disk_floor_mb << 20,
        .access = {.remote = settings->git_credentials == GIT_CREDENTIALS_USER ? GIT_TRUST_USER
                                                                               : GIT_TRUST_NONE,
                   .proxy = settings->proxy_url,
                   .no_proxy = settings->no_proxy,
                   .ca_file = settings->ca_file,
                   .seconds = settings->git_seconds,
                   .user_env = git_user_env(s)},
    };
    if (!text_empty(settings->git_token))
        *list_add(s, &mirrors->access.tokens) =
            (GitToken){settings->git_token_host, NULL, settings->git_token};
    return mirrors;
}

static fallible llm_of(Scope *s, const Settings *settings, App *app)
{
    HttpClientSettings client = {.proxy = settings->proxy_url,
                                 .no_proxy = settings->no_proxy,
                                 .ca_file = settings->ca_file,
                                 .user_agent = "dursor/" DURSOR_VERSION};
    LlmSettings llm = llm_settings(settings);

    TRY(http_client_open(s, &client, &app->http));
    return llm_open(s, app->http, &llm, &app->llm);
}

static fallible bus_of(Scope *s, App *app)
{
    const char *path = store_path(app->store);
    BusOptions options = {.url = app->settings->bus_url,
                          .watch_path = path ? text(s, "%s-wal", path) : NULL};

    return bus_open(s, &options, &app->bus);
}

Error *app_open(Scope *s, const Settings *settings, App **out)
{
    App *app = NEW(s, App);

    app->settings = settings;
    app->started_at = time_now();
    TRY(directory_make(s, settings->data_dir, 0700));
    TRY(directory_make(s, settings->workspaces_dir, 0700));
    TRY(keys_open(s, settings, &app->keys));
    TRY(store_ready(s, settings, &app->store));
    TRY(bus_of(s, app));
    app->mirrors = mirrors_of(s, settings);
    TRY(llm_of(s, settings, app));
    TRY(prices_open(s, settings->llm_prices_file, &app->prices));
    *out = app;
    return OK;
}
