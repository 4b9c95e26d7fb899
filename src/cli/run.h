/* dursor run: the main job from a terminal, without a server. */
#pragma once

#include "cli/run_args.h"
#include "service/app.h"
#include "store/repos.h"
#include "store/tasks.h"

fallible cli_run(Scope *s, int argc, char **argv);

/* What every action needs: the process's drivers, the repository, and where the user stands. */
typedef struct RunSession {
    App *app;
    Settings *settings;
    const RunArgs *args;
    Repo repo;
    const char *checkout; /* the user's local checkout; NULL for a URL */
} RunSession;

/* Opens all of it; the repository is cloned or fetched only for a comparison. MISSING when an action
 * on results finds no such repository here. */
fallible run_session_open(Scope *s, const RunArgs *args, RunSession *out);
/* The comparison the action is about: --task, or the latest of this repository. */
fallible run_session_task(Scope *s, const RunSession *session, Task *out);
/* The runs of the task's newest message, in the order they were started; what --diff N counts. */
fallible run_session_runs(Scope *s, const RunSession *session, const Task *task, RunList *out);

/* Starts the runs, watches them, prints the comparison. Fails with code "some_runs_failed" or
 * "no_run_succeeded". */
fallible run_compare(Scope *s, RunSession *session);
fallible run_results(Scope *s, RunSession *session);
/* Makes the run's pull request, or shows the one it has. */
fallible run_pull(Scope *s, const RunSession *session, const Run *run);
