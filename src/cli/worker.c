/* dursor worker. */

#include "cli/worker.h"

#include "api/health.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "service/readiness.h"
#include "sys/memory.h"
#include "sys/signals.h"
#include "work/runner.h"

enum { CONCURRENCY_MAX = 250 };

static const char help[] =
    "usage: dursor worker [--queues LIST] [--concurrency N] [--once] [--demo]\n"
    "\n"
    "Runs jobs of DURSOR_DATABASE_URL, which any number of workers, dursor api and dursor serve "
    "share.\n"
    "Says how it is at /healthz and /readyz of DURSOR_HEALTH_HOST and DURSOR_HEALTH_PORT. SIGINT "
    "or\n"
    "SIGTERM ends it: it claims nothing more, what runs may finish within\n"
    "DURSOR_SHUTDOWN_GRACE_SECONDS, and is then handed back.\n"
    "\n"
    "  --queues LIST     of agent (runs), polling (pull requests, checks) and system (sweeping),\n"
    "                    with commas between; all, unless it is given\n"
    "  --concurrency N   runs at once, in place of DURSOR_WORKER_CONCURRENCY\n"
    "  --once            do what is due now, then end\n"
    "  --demo            run the scripted demo models, too\n";

typedef struct WorkerArgs {
    RunnerOptions runner;
    bool demo;
} WorkerArgs;

static fallible read_queues(Scope *s, const char *value, TextList *out)
{
    TextList parts = text_split(s, value, ',');

    EACH (const char *, part, &parts)
        texts_add(s, out, text_trim(s, *part));
    return work_queues_known(s, out);
}

static fallible read_value(Scope *s, const char *option, const char *value, WorkerArgs *args)
{
    if (!value)
        return fail(s, INVALID, "%s needs a value: see dursor worker --help", option);
    if (text_equal(option, "--queues"))
        return read_queues(s, value, &args->runner.queues);
    if (!text_integer(value, 1, CONCURRENCY_MAX, &args->runner.concurrency))
        return fail(s, INVALID, "--concurrency is a number from 1 to %d, not %s", CONCURRENCY_MAX,
                    text_head(s, value, 40));
    return OK;
}

static fallible args_read(Scope *s, int argc, char **argv, WorkerArgs *args)
{
    for (int i = 1; i < argc; i++) {
        if (text_equal(argv[i], "--once"))
            args->runner.once = true;
        else if (text_equal(argv[i], "--demo"))
            args->demo = true;
        else if (text_equal(argv[i], "--queues") || text_equal(argv[i], "--concurrency")) {
            TRY(read_value(s, argv[i], argv[i + 1], args));
            i++;
        } else
            return fail(s, INVALID, "worker does not take %s: see dursor worker --help", argv[i]);
    }
    return OK;
}

/* Opened before the runner, so that probes are answered while running work finishes. */
static fallible say_how_it_is(Scope *s, App *app, const WorkerArgs *args)
{
    HealthListener *health;

    if (args->runner.once)
        return OK;
    TRY(health_open(s, app, &health));
    return command_print(
        s, text(s, "dursor " DURSOR_VERSION " worker listens on http://localhost:%d\n",
                health_port(health)));
}

static fallible work_until_over(Scope *s, App *app, const WorkerArgs *args)
{
    Runner *runner;
    int number;

    TRY(runner_open(s, app, &args->runner, &runner));
    TRY(command_wait_or(s, runner_over_fd(runner), &number));
    readiness_end(app);
    if (number)
        log_info(s, "%s: ending, running work has %lld s to finish", signal_name(s, number),
                 (long long)app->settings->shutdown_grace_seconds);
    return OK;
}

fallible cli_worker(Scope *s, int argc, char **argv)
{
    Settings *settings;
    WorkerArgs args = {0};
    App *app;
    int64_t descriptors;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    TRY(command_settings(s, &settings));
    args.runner = runner_settings(settings);
    TRY(args_read(s, argc, argv, &args));
    TRY(descriptors_raise(s, &descriptors));
    TRY(app_join(s, settings, &app));
    if (args.demo)
        TRY(demo_open(s, app));
    TRY(say_how_it_is(s, app, &args));
    return work_until_over(s, app, &args);
}
