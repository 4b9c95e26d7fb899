/* dursor run --pr N: run N's result as a pull request. */

#include "base/json.h"
#include "cli/command.h"
#include "cli/run.h"
#include "service/pulls.h"

Error *run_pull(Scope *s, const RunSession *session, const Run *run)
{
    const PullOrder order = {
        .task_id = run->task_id, .run_id = run->id, .written = true, .checkout = session->checkout};
    Pull pull;

    TRY(pulls_create(s, session->app, &local_caller, &order, &pull));
    if (session->args->json)
        return command_print(s, text(s, "%s\n", json_text(s, &pull_type, &pull)));
    return command_print(
        s, text(s, "pull request #%lld: %s\n%s\n", (long long)pull.number, pull.title, pull.url));
}
