/* Readiness, by looking. */

#include "service/readiness.h"

#include "base/log.h"
#include "store/workers.h"

#define READY_US (2 * US_PER_S) /* for the database to say it is there */

static fallible look(Scope *s, App *app, MigrationState *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    scope_limit(tmp, READY_US);
    TRY(tx_system_read(tmp, app->store, &tx));
    TRY(schema_found(tmp, tx, out));
    return tx_commit(tmp, tx);
}

static fallible not_ready(Scope *s, const char *why)
{
    return fail_code(s, UNAVAILABLE, "not_ready", "%s", why);
}

fallible readiness_check(Scope *s, App *app)
{
    MigrationState schema;

    if (atomic_load(&app->draining))
        return not_ready(s, "this process was asked to stop");
    Error *e = look(s, app, &schema);
    if (e) {
        log_failure(s, e);
        return not_ready(s, "the database does not answer");
    }
    if (schema.version < schema.newest)
        return not_ready(s, "the database's schema is older than this program: run dursor migrate");
    if (schema.version > schema.newest)
        return not_ready(
            s, "the database's schema is newer than this program: install the newer dursor");
    return OK;
}

void readiness_end(App *app)
{
    atomic_store(&app->draining, true);
}
