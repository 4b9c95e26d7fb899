/* The table of subcommands. */

#include "cli/command.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
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
#include "sys/fault.h"
#include "sys/signals.h"

const Command commands[] = {
    {"serve", cli_serve, "everything in one process: API, page, workers"},
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

Error *command_wait(Scope *s, int *number)
{
    struct pollfd fd = {.events = POLLIN};
    int ready;

    TRY(signals_open(s, &fd.fd));
    do {
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        *number = signals_next(fd.fd);
    } while (!*number);
    return OK;
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
