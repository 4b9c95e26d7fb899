/* Looking at open pull requests where no webhook tells of them. */

#include "service/pulls.h"

#include "base/log.h"

enum { POLL_AT_ONCE = 20 /* of one turn: with one a minute far below GitHub's hourly limits */ };

#define POLL_OLDER_US (55 * US_PER_S)

static fallible to_check(Scope *s, App *app, PullList *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system_read(tmp, app->store, &tx));
    return pulls_to_check(s, tx, POLL_OLDER_US, POLL_AT_ONCE, out);
}

/* One that cannot be read goes behind the others, and stops none of them. */
static fallible put_behind(Scope *s, App *app, const Pull *pull)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_system(tmp, app->store, &tx));
    TRY(pull_checked(tmp, tx, pull->id));
    return tx_commit(tmp, tx);
}

static fallible look(Scope *s, App *app, const Pull *pull)
{
    const Caller tenant = {pull->tenant_id, NULL, ROLE_DEVELOPER};
    const PullTarget target = {.task_id = pull->task_id, .pull_id = pull->id};
    Pull now;
    Error *e = pulls_refresh(s, app, &tenant, &target, &now);

    TRY(scope_check(s));
    if (!e)
        return OK;
    if (!text_equal(e->code, "github_not_configured"))
        log_failure(s, error_while(e, "looking at %s", pull->url));
    return put_behind(s, app, pull);
}

Error *pulls_poll(Scope *s, App *app)
{
    PullList pulls = {0};

    TRY(to_check(s, app, &pulls));
    EACH (const Pull, pull, &pulls) {
        SCOPE(turn, s);
        TRY(look(turn, app, pull));
    }
    return OK;
}
