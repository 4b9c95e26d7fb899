/* What the user prefers. */

#include "store/preferences.h"

#include "api/api.h"
#include "git/branch.h"
#include "model/change.h"

static fallible show(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    Preferences stored;
    Tx *tx;

    TRY(tx_read(s, api->app->store, rq->caller, &tx));
    TRY(preferences_get(s, tx, &stored));
    PreferencesView view = preferences_view(&stored);
    return answer(reply, &view);
}

/* Only what is given changes; null takes a value back. */
static fallible save(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const PreferencesChange *in = rq->body;
    Preferences now;
    const char *prefix;
    json_t *given;
    Tx *tx;

    if (!text_empty(in->default_branch_prefix))
        TRY(branch_prefix(s, in->default_branch_prefix, &prefix));
    TRY(change_parse(s, rq->http->body, &given));
    TRY(tx_write(s, api->app->store, rq->caller, &tx));
    TRY(preferences_open(s, tx, &now));
    change_clear_nulls(given, &preferences_change_type, &now);
    TRY(change_apply(s, given, &preferences_change_type, &now));
    TRY(preferences_save(s, tx, &now));
    TRY(tx_commit(s, tx));
    PreferencesView view = preferences_view(&now);
    return answer(reply, &view);
}

static const int refused[] = {400, 0};

const Route preference_routes[] = {
    {HTTP_GET, "/v1/preferences", show, .out = &preferences_view_type, .status = 200,
     .role = ROLE_VIEWER, .about = "Show what you prefer."},
    {HTTP_POST, "/v1/preferences", save, .in = &preferences_change_type,
     .out = &preferences_view_type, .status = 200, .role = ROLE_DEVELOPER, .fails = refused,
     .about = "Change what you prefer: keys that are not given stay, null takes a value back."},
    {0},
};
