/* Starting the runs of a message. */

#include "service/comparison.h"

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "git/branch.h"
#include "service/models.h"
#include "service/repos.h"
#include "store/lines.h"
#include "store/preferences.h"
#include "store/runs.h"

#define FETCH_PATIENCE_US (20 * US_PER_S) /* then the last known state has to do */

/* ---- Which models ---- */

static fallible executors_check(Scope *s, const RunCreate *in)
{
    if (in->executor_type != PATCH_AGENT && !in->executor_types.count)
        return fail_code(s, UNSUPPORTED, "executor_unavailable",
                         "this server cannot run %s: use patch_agent with model_ids",
                         name_of(executor_names, (int)in->executor_type));
    EACH (int, type, &in->executor_types)
        if (*type != PATCH_AGENT)
            return fail_code(s, UNSUPPORTED, "executor_unavailable",
                             "this server cannot run %s: use patch_agent with model_ids",
                             name_of(executor_names, *type));
    return OK;
}

/* The models of the newest message's runs, in their order: what a follow-up without models means. */
static fallible models_inherited(Scope *s, Tx *tx, const char *task_id, TextList *out)
{
    RunList runs = {0};
    Page page = {.limit = RUNS_AT_ONCE_MAX * 4};

    TRY(runs_of_task(s, tx, task_id, &page, &runs));
    const char *instruction = runs.count ? runs.items[0].instruction : NULL;
    for (size_t i = runs.count; i-- > 0;) {
        const Run *run = &runs.items[i];
        if (run->model_id && text_equal(run->instruction, instruction) &&
            !texts_have(out, run->model_id))
            texts_add(s, out, run->model_id);
    }
    if (!out->count)
        return fail_code(s, INVALID, "model_ids_required",
                         "model_ids required for patch_agent executor");
    return OK;
}

static fallible models_continued(Scope *s, Tx *tx, const ComparisonOrder *order, TextList *out)
{
    Run run;

    TRY(run_get(s, tx, order->in->continue_run_id, &run));
    if (!text_equal(run.task_id, order->task_id))
        return fail_code(s, INVALID, "run_of_other_task", "run %s belongs to another task", run.id);
    if (order->in->model_ids.count)
        return fail_code(s, INVALID, "continue_with_models",
                         "continue_run_id goes on with its own model: leave model_ids out");
    texts_add(s, out, run.model_id);
    return OK;
}

static fallible plan_models(Scope *s, App *app, Tx *tx, ComparisonPlan *plan)
{
    TextList ids = {0};

    TRY(executors_check(s, plan->order.in));
    if (plan->order.in->continue_run_id)
        TRY(models_continued(s, tx, &plan->order, &ids));
    else if (plan->order.in->model_ids.count)
        ids = plan->order.in->model_ids;
    else
        TRY(models_inherited(s, tx, plan->order.task_id, &ids));
    EACH (const char *, id, &ids) {
        PlannedRun *run = list_add(s, &plan->runs);
        run->run_id = id_new(s);
        run->model_id = text_copy(s, *id);
        TRY(model_find(s, app, tx, *id, &run->model));
    }
    return OK;
}

static fallible plan_rows(Scope *s, App *app, const Caller *caller, ComparisonPlan *plan)
{
    SCOPE(tmp, s);
    Message message;
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    TRY(task_get(s, tx, plan->order.task_id, &plan->task));
    TRY(repo_get(s, tx, plan->task.repo_id, &plan->repo));
    if (plan->order.in->message_id) {
        TRY(message_get(s, tx, plan->order.in->message_id, &message));
        if (!text_equal(message.task_id, plan->task.id))
            return fail_code(s, INVALID, "message_of_other_task",
                             "message %s belongs to another task", message.id);
    }
    return plan_models(s, app, tx, plan);
}

/* ---- The base ---- */

/* A remote that is away must not stop work on what is here; the runs then say how old it may be. */
static fallible fetch_or_warn(Scope *s, const Mirror *mirror, ComparisonPlan *plan)
{
    SCOPE(patience, s);
    scope_limit(patience, FETCH_PATIENCE_US);
    Error *e = mirror_fetch(patience, mirror);

    TRY(scope_check(s));
    if (!e)
        return OK;
    if (!error_kind(e->kind)->retry)
        return error_while(e, "fetching %s", plan->repo.repo_url);
    log_failure(s, e);
    *list_add(s, &plan->warnings) =
        (Note){.code = "fetch_failed",
               .params = json_of_params(s, &(ErrorParam){"repo", plan->repo.repo_url, NULL}),
               .text = text(s, "could not fetch %s (%s): started from its last known state",
                            plan->repo.repo_url, e->message)};
    return OK;
}

static fallible plan_base(Scope *s, App *app, ComparisonPlan *plan)
{
    const RunCreate *in = plan->order.in;
    Mirror *mirror;

    plan->base_ref = !text_empty(in->base_ref) ? in->base_ref : plan->repo.selected_branch;
    plan->base_commit = plan->order.base_commit;
    if (plan->base_commit)
        return OK;
    TRY(repo_mirror(s, app, &plan->repo, &mirror));
    TRY(fetch_or_warn(s, mirror, plan));
    if (!plan->base_ref && !repo_url_local(&mirror->source))
        plan->base_ref = plan->repo.default_branch;
    return mirror_resolve(s, mirror, plan->base_ref, &plan->base_commit);
}

Error *comparison_plan(Scope *s, App *app, const Caller *caller, const ComparisonOrder *order,
                       ComparisonPlan *out)
{
    *out = (ComparisonPlan){.order = *order};
    TRY(plan_rows(s, app, caller, out));
    return plan_base(s, app, out);
}

/* ---- Rows ---- */

static const char *args_json(Scope *s, const ComparisonPlan *plan)
{
    Buffer b = buffer_in(s);
    JsonWriter w = json_writer(&b);

    json_open(&w, '{');
    json_key(&w, "notes");
    json_write_list(&b, &note_type, &plan->warnings);
    json_close(&w, '}');
    return buffer_string(&b);
}

static const char *model_key(Scope *s, const ModelView *model)
{
    const char *key =
        text(s, "%s:%s", name_of(provider_names, (int)model->provider), model->model_name);

    /* The same model at another address is another line. */
    return text_empty(model->base_url) ? key : text(s, "%s@%s", key, model->base_url);
}

/* The user's own goes before the server's. */
static fallible prefix_of(Scope *s, App *app, Tx *tx, const char **out)
{
    Preferences preferences;

    TRY(preferences_get(s, tx, &preferences));
    return branch_prefix(s,
                         text_empty(preferences.default_branch_prefix)
                             ? app->settings->branch_prefix
                             : preferences.default_branch_prefix,
                         out);
}

static fallible start_one(Scope *s, App *app, Tx *tx, const ComparisonPlan *plan,
                          const PlannedRun *planned)
{
    const RunCreate *in = plan->order.in;
    Line line;
    const char *prefix;
    Run run = {
        .id = planned->run_id,
        .task_id = plan->task.id,
        .message_id = in->message_id,
        .model_id = planned->model_id,
        .model_name = planned->model.model_name,
        .provider = planned->model.provider,
        .executor_type = PATCH_AGENT,
        .instruction = in->instruction,
        .base_ref = plan->base_ref,
        .base_commit = plan->base_commit,
        .retry_of = planned->retry_of,
        .max_cost_usd = in->max_cost_usd,
    };

    TRY(prefix_of(s, app, tx, &prefix));
    LineWant want = {plan->task.id,  PATCH_AGENT,       model_key(s, &planned->model),
                     plan->base_ref, plan->base_commit, prefix,
                     run.id};
    TRY(line_find_or_insert(s, tx, &want, &line));
    run.line_id = line.id;
    run.working_branch = line.branch;
    TRY(run_insert(s, tx, &run));
    Job job = {.queue = "agent",
               .kind = "run",
               .run_id = run.id,
               .line_id = line.id,
               .pool = plan->order.pool,
               .args = {args_json(s, plan)},
               .max_tries = app->settings->job_tries,
               .priority = 5};
    return job_insert(s, tx, &job, NULL);
}

Error *comparison_start(Scope *s, App *app, Tx *tx, const ComparisonPlan *plan, RunsCreated *out)
{
    EACH (PlannedRun, planned, &plan->runs) {
        TRY(start_one(s, app, tx, plan, planned));
        texts_add(s, &out->run_ids, planned->run_id);
    }
    return OK;
}

void comparison_wake(App *app, const ComparisonPlan *plan)
{
    UNIT(u, NULL, "wake");

    bus_publish(app->bus, "jobs");
    bus_publish(app->bus, text(u, "task:%s", plan->task.id));
}

/* ---- Runs that are there ---- */

static fallible read_run(Scope *s, App *app, const Caller *caller, const char *id, Run *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, app->store, caller, &tx));
    return run_get(s, tx, id, out);
}

Error *comparison_plan_retry(Scope *s, App *app, const Caller *caller, const char *run_id,
                             ComparisonPlan *out)
{
    RunCreate *in = NEW(s, RunCreate);
    Run run;

    TRY(read_run(s, app, caller, run_id, &run));
    if (!run_finished(run.status))
        return fail_code(s, CONFLICT, "run_not_finished", "run %s has not ended: cancel it first",
                         run_id);
    *in = (RunCreate){.instruction = run.instruction,
                      .executor_type = PATCH_AGENT,
                      .message_id = run.message_id,
                      .base_ref = run.base_ref,
                      .max_cost_usd = run.max_cost_usd};
    texts_add(s, &in->model_ids, run.model_id);
    ComparisonOrder order = {.task_id = run.task_id, .in = in, .base_commit = run.base_commit};
    TRY(comparison_plan(s, app, caller, &order, out));
    out->runs.items[0].retry_of = run.id;
    return OK;
}

Error *run_stop(Scope *s, App *app, const Caller *caller, const char *run_id, bool *canceled)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, app->store, caller, &tx));
    TRY(run_cancel(tmp, tx, run_id, "canceled by the user", canceled));
    TRY(tx_commit(tmp, tx));
    bus_publish(app->bus, text(tmp, "cancel:%s", run_id));
    bus_publish(app->bus, text(tmp, "run:%s", run_id));
    return OK;
}
