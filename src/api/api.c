/* The server around the routes. */

#include "api/api.h"

#include "api/hub.h"
#include "base/log.h"

extern const Route bulk_routes[], preference_routes[], kanban_routes[], backlog_routes[],
    breakdown_routes[], ci_routes[], review_routes[], agentic_routes[], repo_choice_routes[],
    log_stream_routes[], news_routes[], operation_routes[], about_routes[], trial_routes[],
    run_log_routes[], difference_routes[], plain_routes[], share_routes[];
extern const Route system_routes[], page_routes[], model_routes[], repo_routes[], task_routes[],
    run_routes[], event_routes[], pull_routes[], github_routes[], webhook_routes[];

const Route *const route_tables[] = {system_routes,
                                     page_routes,
                                     model_routes,
                                     repo_routes,
                                     task_routes,
                                     run_routes,
                                     event_routes,
                                     bulk_routes,
                                     preference_routes,
                                     kanban_routes,
                                     backlog_routes,
                                     breakdown_routes,
                                     ci_routes,
                                     review_routes,
                                     agentic_routes,
                                     repo_choice_routes,
                                     log_stream_routes,
                                     pull_routes,
                                     github_routes,
                                     webhook_routes,
                                     news_routes,
                                     operation_routes,
                                     about_routes,
                                     trial_routes,
                                     run_log_routes,
                                     difference_routes,
                                     plain_routes,
                                     share_routes,
                                     NULL};

static const char *const express[] = {"/health", "/healthz", "/readyz", NULL};

/* A few workers are best where the database is in the process. Over PostgreSQL a worker mostly waits,
 * for commits above all: one for each connection, unless somebody set another number. */
static int64_t workers_of(const App *app)
{
    const Settings *settings = app->settings;
    bool chosen = setting_origin(settings, "http_workers")->source != SETTING_PRESET;

    if (chosen || store_is_sqlite(app->store) ||
        settings->database_connections < settings->http_workers)
        return settings->http_workers;
    return settings->database_connections;
}

HttpServerSettings api_server_settings(Scope *s, const Settings *settings)
{
    HttpServerSettings out = {
        .port = (int)settings->port,
        .queue_max = (size_t)settings->http_queue,
        .connections_max = (size_t)settings->http_connections,
        .body_max = (size_t)settings->http_body_bytes,
        .head_max = (size_t)settings->http_header_bytes,
        .head_us = settings->http_header_seconds * US_PER_S,
        .body_us = settings->http_body_seconds * US_PER_S,
        .request_us = settings->request_seconds * US_PER_S,
        .grace_us = settings->shutdown_grace_seconds * US_PER_S,
    };

    /* A loopback name means both of its addresses, which is the preset. */
    if (!text_equal(settings->host, "127.0.0.1") && !text_equal(settings->host, "localhost"))
        texts_add(s, &out.addresses, settings->host);
    return out;
}

static StreamSettings stream_settings(const Settings *settings)
{
    return (StreamSettings){
        .heartbeat_us = settings->stream_heartbeat_seconds * US_PER_S,
        .rotate_us = settings->stream_rotate_seconds * US_PER_S,
        .queue_bytes_max = (size_t)settings->stream_buffer_bytes,
        .streams_max = (size_t)settings->http_streams,
    };
}

Error *api_open(Scope *s, App *app, Api **out)
{
    Api *api = NEW(s, Api);
    StreamSettings streams = stream_settings(app->settings);
    HttpServerSettings server = api_server_settings(s, app->settings);
    HttpApp http = {.app = api,
                    .handle = dispatch,
                    .failed = dispatch_failed,
                    .done = dispatch_done,
                    .express = express};

    api->app = app;
    TRY(settings_may_listen(s, app->settings));
    guard_names(s, api, app->settings);
    server.workers = (int)workers_of(app);
    TRY(local_auth_open(s, app_secrets_dir(s, app->settings), &api->auth));
    TRY(streams_open(s, &streams, &api->streams));
    TRY(hub_open(s, app, api->streams, &api->hub));
    TRY(http_server_open(s, &server, &http, &api->server));
    *out = api;
    return OK;
}

int api_port(const Api *api)
{
    return http_server_port(api->server);
}

const char *api_login_address(Scope *s, Api *api)
{
    return text(s, "%s/login#%s", settings_origin(s, api->app->settings, api_port(api)),
                local_login_code(s, api->auth));
}
