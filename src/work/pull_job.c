/* Jobs about pull requests: a link in the background, and looking at open ones once a minute. */

#include "base/json.h"
#include "service/pulls.h"
#include "work/runner.h"

#define POLL_EVERY_US (60 * US_PER_S)
#define LINK_US       (10 * US_PER_MIN)

fallible pull_link_job(Scope *s, Slot *slot)
{
    App *app = slot->runner->app;
    PullLink link;
    json_t *args;
    Tx *tx;

    scope_limit(s, LINK_US);
    TRY(json_parse(s, bytes_of(slot->job.args.text), &args));
    const PullOrder order = {.task_id = json_at_text(args, "task_id"),
                             .run_id = json_at_text(args, "run_id"),
                             .template_path = json_at_text(args, "template_path"),
                             .written = true};
    TRY(pulls_link(s, app, &slot->caller, &order, &link));
    TRY(tx_write(s, app->store, &slot->caller, &tx));
    TRY(job_checkpoint(s, tx, &slot->lease, (Json){json_text(s, &pull_link_type, &link)}));
    TRY(job_succeed(s, tx, &slot->lease, NULL));
    return tx_commit(s, tx);
}

fallible pull_poll_job(Scope *s, Slot *slot)
{
    App *app = slot->runner->app;
    Tx *tx;

    TRY(sweep_schedule(s, app));
    TRY(pulls_poll(s, app));
    TRY(tx_write(s, app->store, &slot->caller, &tx));
    TRY(job_repeat(s, tx, &slot->lease, POLL_EVERY_US, NULL));
    return tx_commit(s, tx);
}
