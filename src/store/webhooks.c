/* Deliveries and results of checks. */

#include "store/webhooks.h"

#include "base/id.h"
#include "base/json.h"
#include "model/check_state.h"
#include "store/checks.h"
#include "store/pulls.h"
#include "store/queries.h"

static fallible delivery_check(Scope *s, const char *id)
{
    if (text_empty(id) || strlen(id) > DELIVERY_ID_MAX)
        return fail(s, INVALID, "the delivery has no id of at most %d bytes", DELIVERY_ID_MAX);
    return text_check(s, "delivery's id", id);
}

fallible delivery_known(Scope *s, Tx *tx, const char *id, bool *out)
{
    CountList counts = {0};

    TRY(delivery_check(s, id));
    TRY(query_list(s, tx, &q_delivery_count, ARGS(ARG(id)), &counts));
    *out = counts.count && counts.items[0].count > 0;
    return OK;
}

fallible delivery_take(Scope *s, Tx *tx, const char *id, const char *event, bool *taken)
{
    int64_t changed = 0;

    TRY(delivery_check(s, id));
    TRY(text_check(s, "event", event));
    TRY(query_run(s, tx, &q_delivery_take, ARGS(ARG(id), ARG(event)), &changed));
    *taken = changed > 0;
    return OK;
}

/* ---- Checks ---- */

/* Nothing known yet is no success. */
static const char *status_of(json_t *jobs)
{
    CheckState state = json_object_size(jobs) ? CHECK_PASSED : CHECK_PENDING;
    const char *name;
    json_t *result;

    json_object_foreach(jobs, name, result)
    {
        state = check_state_worse(state, check_state(json_string_value(result)));
    }
    return check_state_name(state);
}

static FailedJobList failed_of(Scope *s, json_t *jobs)
{
    FailedJobList failed = {0};
    const char *name;
    json_t *result;

    json_object_foreach(jobs, name, result)
    {
        if (check_state(json_string_value(result)) != CHECK_FAILED)
            continue;
        FailedJob *job = list_add(s, &failed);
        job->job_name = text_copy(s, name);
        job->result = text_copy(s, json_string_value(result));
    }
    return failed;
}

/* A check that begins anew began after its last end was heard of. */
static bool outdated(const CheckNews *news, const char *known, const char *told, Time heard)
{
    return known && check_state(known) != CHECK_PENDING && check_state(told) == CHECK_PENDING &&
           time_set(news->began) && news->began.us <= heard.us;
}

static fallible join(Scope *s, const CheckNews *news, CiCheck *check)
{
    json_t *jobs = NULL;

    TRY(json_parse(s, bytes_of(check->jobs.text ? check->jobs.text : "{}"), &jobs));
    EACH (const CheckResult, one, &news->results)
        if (!outdated(news, json_string_value(json_object_get(jobs, one->name)), one->result,
                      check->updated_at))
            json_object_set_new(jobs, one->name, json_string(one->result));
    if (json_object_size(jobs) > CHECK_JOBS_MAX)
        return fail(s, TOO_LARGE, "more than %d checks of one commit", CHECK_JOBS_MAX);
    if (news->workflow_run_id.set)
        check->workflow_run_id = news->workflow_run_id;
    check->jobs.text = json_dump(s, jobs);
    check->status = status_of(jobs);
    check->failed_jobs = failed_of(s, jobs);
    return OK;
}

fallible check_results_put(Scope *s, Tx *tx, const char *pull_id, const CheckNews *news)
{
    const char *pr_id = pull_id, *sha = news->sha;
    CiCheck check = {0};
    bool found = false;
    Pull pull;

    TRY(pull_lock(s, tx, pull_id, &pull)); /* results of one commit come one after the other */
    TRY(query_find(s, tx, &q_check_of_commit, ARGS(ARG(pr_id), ARG(sha)),
                   (QueryFound){&check, &found}));
    TRY(join(s, news, &check));
    if (found)
        return query_run(s, tx, &q_check_change, ARGS(ARG_ROW(ci_check_type, &check)), NULL);
    check.id = id_new(s);
    check.tenant_id = pull.tenant_id;
    check.task_id = pull.task_id;
    check.pr_id = pull.id;
    check.sha = sha;
    return query_run(s, tx, &q_check_insert, ARGS(ARG_ROW(ci_check_type, &check)), NULL);
}
