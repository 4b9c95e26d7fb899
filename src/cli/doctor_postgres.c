/* A deployed PostgreSQL, looked at: the server, its roles, what keeps tenants apart, and the pooler. */

#include <stdlib.h>

#include "cli/doctor.h"
#include "store/inspect.h"

#define CLOCK_COMFORT_US (5 * US_PER_S)

static bool is_postgres(const Check *c)
{
    return text_starts(c->settings->database_url, "postgres");
}

static fallible inspect(Scope *s, const Check *c, ServerView *out)
{
    StoreOptions options = store_options(c->settings);

    scope_limit(s, DOCTOR_OUTSIDE_US);
    return store_inspect(s, &options, out);
}

static const char *server_words(Scope *s, const ServerView *view)
{
    return text(s, "version %s, %s, its clock %.3f s %s", view->look.version_text,
                view->encrypted ? "by TLS" : "not by TLS",
                (double)llabs(view->clock_ahead_us) / (double)US_PER_S,
                view->clock_ahead_us < 0 ? "behind" : "ahead");
}

Error *doctor_server(Scope *s, Check *c)
{
    ServerView view;

    if (!is_postgres(c))
        return OK;
    TRY(inspect(s, c, &view));
    const char *words = server_words(s, &view);
    if (view.look.version / 10000 < POSTGRES_OLDEST)
        doctor_found(c, BROKEN,
                     text(s, "%s: version %d or newer is needed", words, POSTGRES_OLDEST));
    else if (view.look.read_only)
        doctor_found(
            c, DOUBTFUL,
            text(s, "%s: it takes no writes now, since it is a standby or was set so", words));
    else if (llabs(view.clock_ahead_us) > CLOCK_COMFORT_US)
        doctor_found(
            c, DOUBTFUL,
            text(s, "%s: set the clock that is wrong, or times that are shown are", words));
    else
        doctor_found(c, FINE, words);
    return OK;
}

Error *doctor_roles(Scope *s, Check *c)
{
    ServerView view;

    if (!is_postgres(c))
        return OK;
    TRY(inspect(s, c, &view));
    const ServerLook *look = &view.look;
    if (look->roles_missing)
        doctor_found(c, BROKEN,
                     text(s,
                          "user %s may not become %s: run dursor migrate as the owner of the "
                          "database, then GRANT %s TO %s",
                          look->user_name, look->roles_missing, look->roles_missing,
                          look->user_name));
    else if (look->roles_strong)
        doctor_found(c, BROKEN,
                     text(s,
                          "row-level security does not bind %s: ALTER ROLE … NOSUPERUSER "
                          "NOBYPASSRLS",
                          look->roles_strong));
    else if (look->bypasses)
        doctor_found(
            c, DOUBTFUL,
            text(s,
                 "user %s is above row-level security: transactions take dursor_app, but a "
                 "user that is a member of dursor_app and dursor_system is enough",
                 look->user_name));
    else
        doctor_found(c, FINE,
                     text(s, "user %s takes dursor_app or dursor_system", look->user_name));
    return OK;
}

Error *doctor_isolation(Scope *s, Check *c)
{
    ServerView view;

    if (!is_postgres(c))
        return OK;
    if (!c->has_database) {
        doctor_found(c, DOUBTFUL, "not looked at: see the database first");
        return OK;
    }
    TRY(inspect(s, c, &view));
    if (view.look.open_tables)
        doctor_found(c, BROKEN,
                     text(s,
                          "row-level security keeps no tenants apart in %s: undo what was changed "
                          "by hand",
                          view.look.open_tables));
    else
        doctor_found(c, FINE, "row-level security is forced for each table with a tenant");
    return OK;
}

static void tell_pooled(Check *c, const ServerView *view)
{
    if (!view->has_direct)
        doctor_found(c, BROKEN,
                     "a pooler stands before the server: set DURSOR_DATABASE_DIRECT_URL, for "
                     "migrations and for news between processes");
    else if (view->by_transaction)
        doctor_found(c, FINE, "a pooler hands out connections by transaction");
    else
        doctor_found(c, DOUBTFUL,
                     "a pooler stands before the server, and hands out whole sessions or is busy: "
                     "pool_mode = transaction is enough for dursor");
}

Error *doctor_pooler(Scope *s, Check *c)
{
    ServerView view;

    if (!is_postgres(c))
        return OK;
    TRY(inspect(s, c, &view));
    if (view.direct_pooled)
        doctor_found(c, BROKEN,
                     "DURSOR_DATABASE_DIRECT_URL leads to a pooler as well: give the server's own "
                     "address");
    else if (view.elsewhere)
        doctor_found(c, BROKEN,
                     "DURSOR_DATABASE_DIRECT_URL and DURSOR_DATABASE_URL lead to different "
                     "databases");
    else if (view.pooled)
        tell_pooled(c, &view);
    else
        doctor_found(c, FINE, "none between dursor and the server");
    return OK;
}
