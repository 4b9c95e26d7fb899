/* dursor run with an instruction: start, watch, compare. */

#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/progress_draw.h"
#include "cli/run.h"
#include "git/mirror.h"
#include "service/comparison.h"
#include "service/models.h"
#include "service/repos.h"
#include "store/runs.h"
#include "work/runner.h"

enum { TITLE_CHARACTERS = 50 };

static fallible first_line(Scope *s, const char *instruction, const char **out)
{
    Bytes rest = bytes_of(text_trim(s, instruction)), line = {0};

    (void)bytes_line(&rest, &line);
    *out = text_head(s, text_of(s, line), TITLE_CHARACTERS);
    return OK;
}

/* The conversation: a new one, or the latest with --continue. */
static fallible task_for(Scope *s, RunSession *session, Task *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    if (session->args->goes_on || session->args->task)
        return run_session_task(s, session, out);
    *out = (Task){.repo_id = session->repo.id};
    TRY(first_line(s, session->args->instruction, &out->title));
    TRY(tx_write(tmp, session->app->store, &local_caller, &tx));
    TRY(task_insert(s, tx, out));
    return tx_commit(tmp, tx);
}

static fallible message_for(Scope *s, const RunSession *session, const Task *task, Message *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    *out =
        (Message){.task_id = task->id, .role = ROLE_OF_USER, .content = session->args->instruction};
    TRY(tx_write(tmp, session->app->store, &local_caller, &tx));
    TRY(message_insert(s, tx, out));
    return tx_commit(tmp, tx);
}

/* Every model there is, when none was named: a laptop with one key needs no option. */
static fallible models_for(Scope *s, const RunSession *session, TextList *out)
{
    SCOPE(tmp, s);
    ModelViewList all = {0};
    Page page = {0};
    Tx *tx;

    *out = session->args->models;
    if (out->count || session->args->goes_on || session->args->task)
        return OK;
    TRY(tx_read(tmp, session->app->store, &local_caller, &tx));
    TRY(models_list(tmp, session->app, tx, &page, &all));
    EACH (ModelView, view, &all)
        if (out->count < RUNS_AT_ONCE_MAX && (!session->args->demo || view->demo))
            texts_add(s, out, view->id);
    if (!out->count)
        return fail_code(
            s, INVALID, "no_model",
            "no model: set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or try --demo");
    return OK;
}

/* Where the user stands, also in a linked worktree or with a detached HEAD. */
static fallible base_for(Scope *s, const RunSession *session, const char **commit)
{
    const GitAccess *access = &session->app->mirrors->access;
    LocalSource source;
    Mirror *mirror;
    bool dirty;

    *commit = NULL;
    if (!session->checkout || session->args->base)
        return OK;
    TRY(local_source(s, access, session->checkout, &source));
    TRY(local_dirty(s, session->checkout, &dirty));
    if (dirty && !session->args->json)
        fprintf(stderr, "note: uncommitted changes of %s are not included\n", session->checkout);
    TRY(repo_mirror(s, session->app, &session->repo, &mirror));
    return mirror_resolve(s, mirror, source.head, commit);
}

static fallible start(Scope *s, RunSession *session, const Runner *runner, RunsCreated *out)
{
    Task task;
    Message message;
    RunCreate in = {.instruction = session->args->instruction,
                    .base_ref = session->args->base,
                    .executor_type = PATCH_AGENT,
                    .max_cost_usd = session->args->max_cost};
    ComparisonOrder order = {.in = &in, .pool = runner->pool_name};
    ComparisonPlan plan;
    Tx *tx;

    TRY(models_for(s, session, &in.model_ids));
    TRY(base_for(s, session, &order.base_commit));
    TRY(task_for(s, session, &task));
    order.task_id = task.id;
    TRY(comparison_plan(s, session->app, &local_caller, &order, &plan));
    TRY(message_for(s, session, &task, &message));
    in.message_id = message.id;
    SCOPE(tmp, s);
    TRY(tx_write(tmp, session->app->store, &local_caller, &tx));
    TRY(comparison_start(s, session->app, tx, &plan, out));
    TRY(tx_commit(tmp, tx));
    comparison_wake(session->app, &plan);
    return OK;
}

static fallible read_runs(Scope *s, const RunSession *session, const RunsCreated *created,
                          RunList *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, session->app->store, &local_caller, &tx));
    EACH (const char *, id, &created->run_ids)
        TRY(run_get(s, tx, *id, list_add(s, out)));
    return OK;
}

static fallible verdict(Scope *s, const RunList *runs, bool canceled)
{
    size_t good = 0;

    EACH (Run, run, runs)
        good += run->status == RUN_SUCCEEDED;
    if (canceled)
        return fail(s, CANCELLED, "canceled by the user");
    if (good == runs->count)
        return OK;
    if (good)
        return fail_code(s, UPSTREAM, "some_runs_failed", "%zu of %zu runs failed",
                         runs->count - good, runs->count);
    return fail_code(s, UPSTREAM, "no_run_succeeded", "no run succeeded: %s",
                     runs->items[0].error ? runs->items[0].error : "");
}

static const char *what_next(const RunList *runs)
{
    EACH (Run, run, runs)
        if (run->commit_sha)
            return "\nNext: dursor run --diff N | --apply N | --branch NAME | --continue \"…\"\n";
    return "";
}

Error *run_compare(Scope *s, RunSession *session)
{
    RunnerOptions options = runner_settings(session->settings);
    Progress progress = {.app = session->app, .form = progress_form(session->args->json)};
    RunsCreated created = {0};
    RunList runs = {0};
    Runner *runner;
    bool canceled;

    options.own_pool = true;
    options.grace_us = US_PER_S;
    TRY(runner_open(s, session->app, &options, &runner));
    TRY(start(s, session, runner, &created));
    EACH (const char *, id, &created.run_ids)
        *list_add(s, &progress.runs) = (Watched){.run.id = *id};
    TRY(progress_watch(s, &progress, &canceled));
    TRY(read_runs(s, session, &created, &runs));
    if (session->args->json)
        TRY(command_print(s, comparison_json(s, &runs)));
    else
        TRY(command_print(s, text(s, "\n%s%s", comparison_table(s, &runs), what_next(&runs))));
    return verdict(s, &runs, canceled);
}
