/* The table of subcommands. */

#include "cli/command.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/api.h"
#include "cli/backup.h"
#include "cli/config.h"
#include "cli/demo_llm.h"
#include "cli/describe.h"
#include "cli/import.h"
#include "cli/jobs.h"
#include "cli/migrate.h"
#include "cli/run.h"
#include "cli/serve.h"
#include "cli/token.h"
#include "cli/web.h"
#include "cli/worker.h"
#include "sys/fault.h"
#include "sys/signals.h"

const Command commands[] = {
    {"serve", cli_serve, "everything in one process: API, page, workers"},
    {"api", cli_api, "the API and its streams, without workers"},
    {"worker", cli_worker, "runs jobs of a database that other processes share"},
    {"web", cli_web, "the pages, and the API of another process behind them"},
    {"run", cli_run, "the main job without a server: compare models on one instruction"},
    {"token", cli_token,
     "the bearer token of the local server; --login: a new address for the browser"},
    {"migrate", cli_migrate, "bring the database's schema up to date"},
    {"import", cli_import, "take over a database of the former dursor, or an export"},
    {"export", cli_export, "write all data as one archive that import reads"},
    {"backup", cli_backup, "the whole state of the embedded default in one file"},
    {"restore", cli_restore, "put the state of a backup in place"},
    {"jobs", cli_jobs, "dead letters: list them, send them again, drop them"},
    {"doctor", cli_doctor, "check settings and everything outside, and say what to mend"},
    {"config", cli_config, "the settings in force, and where each was set"},
    {"openapi", cli_openapi, "the API description"},
    {"demo-llm", cli_demo_llm, "a scripted model server, for trying without a key"},
    {0},
};

Error *command_settings(Scope *s, Settings **out)
{
    LogLevel level = LOG_INFO;

    TRY(settings_load(s, &(SettingsSource){.environ = (const char *const *)environ}, out));
    if (log_level_named((*out)->log_level, &level))
        log_level((*out)->debug ? LOG_DEBUG : level);
    log_json((*out)->log_format == LOG_FORMAT_JSON);
    EACH (const char *, warning, &(*out)->warnings)
        log_warning(s, "%s", *warning);
    return OK;
}

Error *command_print(Scope *s, const char *t)
{
    if (fputs(t, stdout) == EOF || fflush(stdout) == EOF)
        return fail_errno(s, errno, "writing to standard output");
    return OK;
}

fallible command_wait_or(Scope *s, int fd, int *number)
{
    SCOPE(tmp, s);
    struct pollfd fds[] = {{.events = POLLIN}, {.fd = fd, .events = POLLIN}};
    int ready;

    TRY(signals_open(tmp, &fds[0].fd));
    do {
        TRY(scope_poll(tmp, fds, fd < 0 ? 1 : 2, -1, &ready));
        *number = signals_next(fds[0].fd);
    } while (!*number && !(fds[1].revents & POLLIN));
    return OK;
}

Error *command_wait(Scope *s, int *number)
{
    return command_wait_or(s, -1, number);
}

fallible command_linger(Scope *s, const Settings *settings)
{
    SCOPE(tmp, s);
    struct pollfd fd = {.events = POLLIN};
    int ready;

    if (!settings->drain_seconds)
        return OK;
    log_info(s, "/readyz says that this server stops; it answers for %lld s more",
             (long long)settings->drain_seconds);
    TRY(signals_open(tmp, &fd.fd));
    return scope_poll(tmp, &fd, 1, settings->drain_seconds * US_PER_S, &ready);
}

int command_status(const Error *e)
{
    if (!e)
        return EXIT_GOOD;
    if (text_equal(e->code, "some_runs_failed"))
        return EXIT_SOME_RUNS;
    if (failed_as(e, CANCELLED))
        return EXIT_CANCELED;
    return failed_as(e, INVALID) ? EXIT_USAGE : EXIT_FAILED;
}
