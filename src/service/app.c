/* Opening the drivers that the settings chose. */

#include "service/app.h"

#include "base/log.h"
#include "queue/celery_address.h"
#include "service/job_offers.h"
#include "store/models.h"
#include "sys/file.h"

const char *app_secrets_dir(Scope *s, const Settings *settings)
{
    return text(s, "%s/secrets", settings->data_dir);
}

static bool is_postgres(const Settings *settings)
{
    return text_starts(settings->database_url, "postgres");
}

/* PostgreSQL is migrated by command only: many processes share it, and an operator decides when. */
static fallible store_ready(Scope *s, const Settings *settings, bool joins, Store **out)
{
    StoreOptions options = store_options(settings);
    const char *backup = NULL;

    if (!joins && !is_postgres(settings)) {
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

    llm.rates = app->rates;

    TRY(http_client_open(s, &client, &app->http));
    return llm_open(s, app->http, &llm, &app->llm);
}

static fallible bus_of(Scope *s, App *app)
{
    const char *path = store_path(app->store);
    StoreOptions store = store_options(app->settings);
    BusOptions options = {.url = app->settings->bus_url,
                          .watch_path = path ? text(s, "%s-wal", path) : NULL,
                          .store = &store};

    return bus_open(s, &options, &app->bus);
}

static fallible queue_of(Scope *s, App *app)
{
    CeleryAddress address;
    RedisOptions options = {.name = "dursor-queue"};
    CeleryOptions celery = {0};

    if (text_equal(app->settings->queue_url, "store:"))
        return OK;
    TRY(celery_address(s, app->settings->queue_url, &address));
    options.url = address.redis;
    TRY(redis_open(s, &options, &celery.redis));
    celery.keys = app->queue_keys = address.keys;
    app->queue_redis = celery.redis;
    app->celery = celery_open(s, &celery);
    app->job_queue = job_queue_open(s, app->celery);
    return job_offers_open(s, app);
}

#define RATES_WAIT_US (250 * US_PER_MS) /* for Redis: then the process counts alone */

static fallible rates_of(Scope *s, App *app)
{
    const Settings *settings = app->settings;
    RatesOptions options = {0};

    if (!settings->user_requests_per_minute && !settings->tenant_requests_per_minute &&
        !settings->llm_calls_per_minute)
        return OK;
    if (!text_equal(settings->cache_url, "local:"))
        TRY(redis_open(s,
                       &(RedisOptions){.url = settings->cache_url,
                                       .connect_us = RATES_WAIT_US,
                                       .answer_us = RATES_WAIT_US},
                       &options.redis));
    return rates_open(s, &options, &app->rates);
}

/* What a setting may name one day must not be ignored until then. */
static fallible drivers_check(Scope *s, const Settings *settings)
{
    static const char why[] = "%s: this version has only %s";

    if (settings->auth != AUTH_LOCAL)
        return fail(s, UNSUPPORTED, why, "DURSOR_AUTH", "local");
    if (!text_equal(settings->secrets_url, "env:"))
        return fail(s, UNSUPPORTED, why, "DURSOR_SECRETS_URL", "env:");
    if (!text_starts(settings->blob_url, "file:"))
        return fail(s, UNSUPPORTED, why, "DURSOR_BLOB_URL", "file: URLs");
    return OK;
}

/* A key that does not fit is said at the start, not at the first run: one stored secret tells. */
static fallible keys_fit(Scope *s, App *app)
{
    SCOPE(tmp, s);
    ModelProfileList profiles = {0};
    Page page = {.limit = 1};
    const char *plain;
    Tx *tx;

    TRY(tx_read(tmp, app->store, &local_caller, &tx));
    TRY(model_profile_list(tmp, tx, &page, &profiles));
    if (!profiles.count)
        return OK;
    const ModelProfile *profile = profiles.items;
    SealPlace place = {profile->tenant_id, "model_profiles", profile->id, "api_key"};
    return keys_unseal(tmp, app->keys, &place, profile->api_key_sealed, &plain);
}

static fallible parts_open(Scope *s, const Settings *settings, bool joins, App **out)
{
    App *app = NEW(s, App);

    app->settings = settings;
    app->started_at = time_now();
    TRY(drivers_check(s, settings));
    TRY(directory_make(s, settings->data_dir, 0700));
    TRY(directory_make(s, settings->workspaces_dir, 0700));
    TRY(keys_open(s, settings, &app->keys));
    TRY(store_ready(s, settings, joins, &app->store));
    TRY(keys_fit(s, app));
    TRY(bus_of(s, app));
    TRY(queue_of(s, app));
    app->mirrors = mirrors_of(s, settings);
    TRY(rates_of(s, app));
    TRY(llm_of(s, settings, app));
    TRY(forge_tokens_open(s, &app->forge_tokens));
    TRY(prices_open(s, settings->llm_prices_file, &app->prices));
    *out = app;
    return OK;
}

Error *app_open(Scope *s, const Settings *settings, App **out)
{
    return parts_open(s, settings, false, out);
}

/* Beside a database file the data folder is shared as well, with the key in it. */
static fallible shares(Scope *s, const Settings *settings)
{
    if (text_equal(settings->database_url, "sqlite::memory:"))
        return fail(
            s, INVALID,
            "DURSOR_DATABASE_URL=sqlite::memory: is one process's own: name a database that the "
            "other processes open as well");
    if (is_postgres(settings) && text_empty(settings->encryption_key) && !keys_made(s, settings))
        return fail(
            s, INVALID,
            "DURSOR_ENCRYPTION_KEY is not set: all processes on one PostgreSQL need the same, or "
            "what one stores the others cannot read");
    if (is_postgres(settings) && text_equal(settings->bus_url, "local:"))
        log_warning(s,
                    "DURSOR_BUS_URL=local: reaches this process only: what others do is seen some "
                    "seconds late");
    return OK;
}

Error *app_join(Scope *s, const Settings *settings, App **out)
{
    TRY(shares(s, settings));
    return parts_open(s, settings, true, out);
}
