/* dursor serve. */

#include "cli/serve.h"

#include "api/api.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "service/readiness.h"
#include "sys/memory.h"
#include "sys/signals.h"
#include "work/runner.h"

static const char help[] =
    "usage: dursor serve [--demo]\n"
    "\n"
    "Serves the API and the page on DURSOR_HOST and DURSOR_PORT (127.0.0.1:8000) and runs jobs.\n"
    "Prints the address to open; SIGINT or SIGTERM ends it, running work is handed back.\n"
    "\n"
    "  --demo   offer the scripted demo models; without it they are offered while no key is set\n";

static fallible options_read(Scope *s, int argc, char **argv, bool *demo)
{
    *demo = false;
    for (int i = 1; i < argc; i++) {
        if (!text_equal(argv[i], "--demo"))
            return fail(s, INVALID, "serve does not take %s: see dursor serve --help", argv[i]);
        *demo = true;
    }
    return OK;
}

static fallible greet(Scope *s, Api *api)
{
    return command_print(
        s, text(s,
                "dursor " DURSOR_VERSION " listens on http://localhost:%d\nOpen %s\n"
                "(this address works once, within ten minutes; a new one: dursor token --login)\n",
                api_port(api), api_login_address(s, api)));
}

fallible cli_serve(Scope *s, int argc, char **argv)
{
    Settings *settings;
    App *app;
    Api *api;
    Runner *runner;
    bool demo;
    int64_t descriptors;
    int number;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    TRY(options_read(s, argc, argv, &demo));
    TRY(command_settings(s, &settings));
    TRY(descriptors_raise(s, &descriptors));
    TRY(app_open(s, settings, &app));
    demo |= demo_wanted(settings);
    if (demo)
        TRY(demo_open(s, app));
    RunnerOptions options = runner_settings(settings);
    TRY(runner_open(s, app, &options, &runner));
    TRY(api_open(s, app, &api));
    if (demo) /* beside the server: nobody waits for a sample */
        TRY(thread_start(s, "demo", demo_offer, app, NULL));
    TRY(greet(s, api));
    TRY(command_wait(s, &number));
    readiness_end(app);
    TRY(command_linger(s, settings));
    log_info(s, "%s: ending, running work has %lld s to finish", signal_name(s, number),
             (long long)settings->shutdown_grace_seconds);
    return OK;
}
