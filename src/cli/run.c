/* dursor run: from its arguments to the action. */

#include "cli/run.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "git/mirror.h"
#include "service/repos.h"
#include "store/runs.h"
#include "sys/fault.h"

static fallible working_directory(Scope *s, const char **out)
{
    char *path = getcwd(NULL, 0);

    if (!path)
        return fail_errno(s, errno, "reading the current directory");
    scope_undo(s, free, path);
    *out = path;
    return OK;
}

/* What a person typed at their own prompt may be a path, and may use their own credentials. */
static void trust_the_user(Settings *settings)
{
    settings->git_allow_file = true;
    if (setting_origin(settings, "git_credentials")->source == SETTING_PRESET)
        settings->git_credentials = GIT_CREDENTIALS_USER;
    if (setting_origin(settings, "log_level")->source == SETTING_PRESET)
        log_level(LOG_WARNING);
}

static fallible known_repo(Scope *s, const RunSession *session, const RepoUrl *url, Repo *out)
{
    bool found;
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, session->app->store, &local_caller, &tx));
    TRY(repo_find(s, tx, url->text, out, &found));
    if (!found)
        return fail_code(s, MISSING, "no_comparison",
                         "no comparison of %s yet: give an instruction to start one", url->text);
    return OK;
}

static fallible find_repo(Scope *s, RunSession *session, const char *typed, const RepoUrlBase *base)
{
    RepoOrder order = {typed, base, NULL};
    RepoUrl url;
    LocalSource source;

    TRY(repo_url_parse(s, typed, base, &url));
    if (repo_url_local(&url)) {
        TRY(local_source(s, &session->app->mirrors->access, url.path, &source));
        session->checkout = source.top;
    }
    if (session->args->action == RUN_COMPARE)
        return repo_add(s, session->app, &local_caller, &order, &session->repo);
    TRY(repo_address(s, session->app, &url));
    return known_repo(s, session, &url, &session->repo);
}

Error *run_session_open(Scope *s, const RunArgs *args, RunSession *out)
{
    const char *here;
    RepoUrlBase base = {.home = getenv("HOME")};

    *out = (RunSession){.args = args};
    TRY(command_settings(s, &out->settings));
    trust_the_user(out->settings);
    TRY(working_directory(s, &here));
    base.dir = here;
    TRY(app_open(s, out->settings, &out->app));
    if (args->demo)
        TRY(demo_open(s, out->app));
    const char *typed = args->repo ? args->repo : ".";
    if (args->demo && !args->repo)
        TRY(demo_repository(s, out->app, &typed));
    return find_repo(s, out, typed, &base);
}

Error *run_session_task(Scope *s, const RunSession *session, Task *out)
{
    SCOPE(tmp, s);
    TaskList tasks = {0};
    Page page = {.limit = 1};
    Tx *tx;

    TRY(tx_read(tmp, session->app->store, &local_caller, &tx));
    if (session->args->task)
        return task_get(s, tx, session->args->task, out);
    TRY(task_list(s, tx, session->repo.id, &page, &tasks));
    if (!tasks.count)
        return fail_code(s, MISSING, "no_comparison",
                         "no comparison of %s yet: give an instruction to start one",
                         session->repo.repo_url);
    *out = tasks.items[0];
    return OK;
}

Error *run_session_runs(Scope *s, const RunSession *session, const Task *task, RunList *out)
{
    SCOPE(tmp, s);
    RunList all = {0};
    Page page = {0};
    Tx *tx;

    TRY(tx_read(tmp, session->app->store, &local_caller, &tx));
    TRY(runs_of_task(s, tx, task->id, &page, &all));
    for (size_t i = all.count; i-- > 0;)
        if (text_equal(all.items[i].message_id, all.items[0].message_id))
            *list_add(s, out) = all.items[i];
    if (!out->count)
        return fail_code(s, MISSING, "no_runs", "the comparison %s has no runs", task->id);
    return OK;
}

fallible cli_run(Scope *s, int argc, char **argv)
{
    RunArgs args;
    RunSession session;

    TRY(run_args(s, argc, argv, &args));
    if (args.action == RUN_HELP)
        return command_print(s, run_help);
    TRY(run_session_open(s, &args, &session));
    return args.action == RUN_COMPARE ? run_compare(s, &session) : run_results(s, &session);
}
