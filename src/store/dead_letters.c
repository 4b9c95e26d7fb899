/* Dead jobs: looked at, sent again, dropped. */

#include "base/id.h"
#include "store/checks.h"
#include "store/jobs.h"
#include "store/queries.h"
#include "store/runs.h"

fallible dead_letters_list(Scope *s, Tx *tx, Page *page, JobList *out)
{
    JobList found = {0};
    PagePlace from;

    TRY(page_newest(s, page, &from));
    TRY(query_list(s, tx, &q_dead_letters_list,
                   ARGS(ARG_AS(at, from.at), ARG_AS(id, from.id), ARG_AS(limit, from.limit)),
                   &found));
    page->next = page_cut(&from, &found) ? page_after(s, found.items[found.count - 1].finished_at,
                                                      found.items[found.count - 1].id)
                                         : NULL;
    *out = found;
    return OK;
}

/* The run as it was asked for, without what came of it. */
static Run run_once_more(const Run *old)
{
    return (Run){
        .task_id = old->task_id,
        .message_id = old->message_id,
        .line_id = old->line_id,
        .model_id = old->model_id,
        .model_name = old->model_name,
        .provider = old->provider,
        .executor_type = old->executor_type,
        .working_branch = old->working_branch,
        .instruction = old->instruction,
        .base_ref = old->base_ref,
        .base_commit = old->base_commit,
        .retry_of = old->id,
        .max_cost_usd = old->max_cost_usd,
    };
}

static fallible resend_run(Scope *s, Tx *tx, const Job *dead, Job *out)
{
    Run old;

    TRY(run_get(s, tx, dead->run_id, &old));
    Run again = run_once_more(&old);
    TRY(run_insert(s, tx, &again));
    TRY(dead_letter_drop(s, tx, dead->id));
    *out = (Job){
        .tenant_id = dead->tenant_id,
        .queue = dead->queue,
        .kind = dead->kind,
        .run_id = again.id,
        .line_id = dead->line_id,
        .args = dead->args,
        .priority = dead->priority,
        .max_tries = dead->max_tries,
        .unique_key = dead->unique_key,
    };
    return job_insert(s, tx, out, NULL);
}

fallible dead_letter_resend(Scope *s, Tx *tx, const char *id, Job *out)
{
    Job dead;

    TRY(row_get(s, tx, &q_dead_letter_get, (RowKey){"dead letter", id}, &dead));
    if (dead.run_id)
        return resend_run(s, tx, &dead, out);
    return row_get(s, tx, &q_dead_letter_revive, (RowKey){"dead letter", id}, out);
}

fallible dead_letter_drop(Scope *s, Tx *tx, const char *id)
{
    int64_t changed = 0;

    TRY(id_check(s, (RowKey){"dead letter", id}));
    TRY(query_run(s, tx, &q_dead_letter_drop, ARGS(ARG(id)), &changed));
    return changed ? OK : row_missing(s, (RowKey){"dead letter", id});
}
