/* Routes about this installation: its settings, and the agents it found. */

#include "api/api.h"
#include "model/operation_views.h"
#include "service/agents.h"

/* "store" of "store:", "file" of "file:///data/blobs". */
static const char *scheme_of(Scope *s, const char *url)
{
    return text_of(s, (Bytes){url, strcspn(url, ":")});
}

static void list_settings(Scope *s, const Settings *settings, SettingViewList *out)
{
    const SettingOrigin *origin = settings->origins;

    for (const Field *f = settings_type.fields; f->name; f++, origin++)
        *list_add(s, out) = (SettingView){setting_variable(s, f), setting_shown(s, settings, f),
                                          setting_origin_text(s, origin), f->about};
}

static fallible about(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const Settings *settings = api->app->settings;
    bool local = settings->auth == AUTH_LOCAL;
    StoreOptions options = store_options(settings);
    MigrationState schema;

    TRY(store_migration_state(s, &options, &schema));
    AboutView view = {
        .version = DURSOR_VERSION,
        .mode = local ? "local" : "team",
        .auth = name_of(auth_mode_names, (int)settings->auth),
        .database = store_is_sqlite(api->app->store) ? "sqlite" : "postgresql",
        .schema_version = schema.version,
        .queue = scheme_of(s, settings->queue_url),
        .bus = scheme_of(s, settings->bus_url),
        .blob = scheme_of(s, settings->blob_url),
        .demo = api->app->demo_url != NULL,
        .share_links = settings->share_links,
        .data_dir = local ? settings->data_dir : NULL,
        .started_at = api->app->started_at,
    };
    if (rq->caller->role >= ROLE_ADMIN)
        list_settings(s, settings, &view.settings);
    return answer(reply, &view);
}

static fallible agents(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    AgentsView view;

    (void)api;
    (void)rq;
    TRY(agents_view(s, &view));
    return answer(reply, &view);
}

const Route about_routes[] = {
    {HTTP_GET, "/v1/about", about, .out = &about_view_type, .status = 200, .role = ROLE_VIEWER,
     .about = "The service itself; for administrators with its settings, secrets masked."},
    {HTTP_GET, "/v1/agents", agents, .out = &agents_view_type, .status = 200, .role = ROLE_VIEWER,
     .about = "Agent programs found on the server's machine, and what a message may be given to."},
    {0},
};
