/* dursor run without an instruction: what to do with the results of a comparison. */

#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/progress_draw.h"
#include "cli/run.h"
#include "base/json.h"
#include "git/apply.h"
#include "git/objects.h"
#include "service/repos.h"
#include "store/runs.h"
#include "sys/fault.h"

/* The run the user means: number N of the table, or the first with a commit. */
static fallible chosen_run(Scope *s, const RunSession *session, Run *out)
{
    RunList runs = {0};
    Task task;
    size_t number = (size_t)session->args->number;

    TRY(run_session_task(s, session, &task));
    TRY(run_session_runs(s, session, &task, &runs));
    if (number > runs.count)
        return fail(s, INVALID, "there is no run %zu: the comparison has %zu", number, runs.count);
    for (size_t i = 0; i < runs.count; i++) {
        if (number ? i + 1 != number : !runs.items[i].commit_sha)
            continue;
        *out = runs.items[i];
        if (!out->commit_sha)
            return fail_code(s, INVALID, "run_without_changes", "run %zu (%s) changed nothing",
                             i + 1, out->model_name);
        return OK;
    }
    return fail_code(s, INVALID, "run_without_changes",
                     "no run of this comparison changed anything");
}

static fallible show(Scope *s, const RunSession *session)
{
    RunList runs = {0};
    Task task;

    TRY(run_session_task(s, session, &task));
    TRY(run_session_runs(s, session, &task, &runs));
    if (session->args->json)
        return command_print(s, comparison_json(s, &runs));
    return command_print(s,
                         text(s, "%s  (%s, %s)\n\n%s", task.title ? task.title : "Untitled",
                              task.id, time_text(s, task.updated_at), comparison_table(s, &runs)));
}

static fallible diff(Scope *s, const RunSession *session)
{
    Bytes patch = {0};
    Run run;
    Tx *tx;

    TRY(chosen_run(s, session, &run));
    TRY(tx_read(s, session->app->store, &local_caller, &tx));
    TRY(run_patch_get(s, tx, run.id, &patch));
    if (fwrite(patch.data, 1, patch.size, stdout) != patch.size || fflush(stdout) != 0)
        return fail_errno(s, errno, "writing the patch");
    return OK;
}

static fallible need_checkout(Scope *s, const RunSession *session)
{
    if (session->checkout)
        return OK;
    return fail(s, INVALID,
                "%s is no local checkout: run this inside one, or give its path with --repo",
                session->repo.repo_url);
}

/* The commit the run began from: the first parent of its own. */
static fallible start_of(Scope *s, const Mirror *mirror, const Run *run, const char **out)
{
    GitRepo *git;
    GitCommitInfo info;

    TRY(git_open(s, mirror, &git));
    TRY(git_commit_info(s, git, run->commit_sha, &info));
    *out = info.parents.count ? info.parents.items[0] : run->base_commit;
    return OK;
}

static const char *applied_text(Scope *s, const Run *run, const ApplyResult *result)
{
    Buffer b = buffer_in(s);

    buffer_format(&b, "applied %.8s (%s): %lld files in index and working tree\n", run->commit_sha,
                  run->model_name, (long long)result->files);
    if (result->backup)
        buffer_format(&b, "the old state is saved as %s; to go back:\n", result->backup);
    EACH (const char *, command, &result->way_back)
        buffer_format(&b, "  %s\n", *command);
    return buffer_string(&b);
}

static Error *with_conflicts(Scope *s, Error *e, const ApplyResult *result)
{
    if (!result->conflicts.count)
        return e;
    return fail_code(s, CONFLICT, e->code, "%s:\n  %s", e->message,
                     text_join(s, &result->conflicts, "\n  "));
}

static fallible apply(Scope *s, const RunSession *session)
{
    Mirror *mirror;
    ApplyResult result = {0};
    Run run;
    const char *start;

    TRY(need_checkout(s, session));
    TRY(chosen_run(s, session, &run));
    TRY(repo_mirror(s, session->app, &session->repo, &mirror));
    TRY(start_of(s, mirror, &run, &start));
    ApplyOrder order = {
        &session->app->mirrors->access, session->checkout, mirror->git_dir, start, run.commit_sha,
        session->args->force,           time_now()};
    Error *e = git_apply_run(s, &order, &result);
    TRY(e ? with_conflicts(s, e, &result) : OK);
    return command_print(s, applied_text(s, &run, &result));
}

static fallible branch(Scope *s, const RunSession *session)
{
    Mirror *mirror;
    Run run;

    TRY(need_checkout(s, session));
    TRY(chosen_run(s, session, &run));
    TRY(repo_mirror(s, session->app, &session->repo, &mirror));
    BranchOrder order = {&session->app->mirrors->access, session->checkout, mirror->git_dir,
                         run.commit_sha, session->args->branch};
    TRY(git_branch_from(s, &order));
    return command_print(s, text(s, "branch %s is at %.8s (%s)\n", session->args->branch,
                                 run.commit_sha, run.model_name));
}

static fallible pull(Scope *s, const RunSession *session)
{
    Run run;

    TRY(chosen_run(s, session, &run));
    return run_pull(s, session, &run);
}

static fallible list(Scope *s, const RunSession *session)
{
    TaskList tasks = {0};
    Page page = {0};
    Buffer b = buffer_in(s);
    Tx *tx;

    TRY(tx_read(s, session->app->store, &local_caller, &tx));
    TRY(task_list(s, tx, session->repo.id, &page, &tasks));
    EACH (Task, task, &tasks) {
        if (session->args->json)
            buffer_format(&b, "%s\n", json_text(s, &task_type, task));
        else
            buffer_format(&b, "%s  %s  %-11s  %s\n", task->id, time_text(s, task->updated_at),
                          name_of(task_status_names, (int)task->kanban_status),
                          task->title ? task->title : "");
    }
    return command_print(s, buffer_string(&b));
}

static fallible remove_task(Scope *s, const RunSession *session)
{
    Task task;
    Tx *tx;

    TRY(run_session_task(s, session, &task));
    SCOPE(tmp, s);
    TRY(tx_write(tmp, session->app->store, &local_caller, &tx));
    TRY(task_delete(tmp, tx, task.id));
    TRY(tx_commit(tmp, tx));
    return command_print(s, text(s, "removed %s  %s\n", task.id, task.title ? task.title : ""));
}

static const struct {
    RunAction action;
    Error *(*run)(Scope *s, const RunSession *session);
} actions[] = {
    {RUN_SHOW, show}, {RUN_DIFF, diff}, {RUN_APPLY, apply},        {RUN_BRANCH, branch},
    {RUN_PULL, pull}, {RUN_LIST, list}, {RUN_REMOVE, remove_task},
};

Error *run_results(Scope *s, RunSession *session)
{
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (actions[i].action == session->args->action)
            return actions[i].run(s, session);
    return fail(s, BUG, "no action %d", (int)session->args->action);
}
