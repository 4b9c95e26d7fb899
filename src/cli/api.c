/* dursor api. */

#include "cli/api.h"

#include "api/api.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "service/readiness.h"
#include "sys/memory.h"
#include "sys/signals.h"

static const char help[] =
    "usage: dursor api [--demo]\n"
    "\n"
    "Serves the API, its streams and the pages on DURSOR_HOST and DURSOR_PORT, and runs no jobs: "
    "that is\n"
    "what dursor worker is for. Any number of both share one database; none of them migrates it.\n"
    "SIGINT or SIGTERM ends it: /readyz says so for DURSOR_DRAIN_SECONDS before.\n"
    "\n"
    "  --demo   offer the scripted demo models; the workers need the same\n";

fallible cli_api(Scope *s, int argc, char **argv)
{
    Settings *settings;
    App *app;
    Api *api;
    bool demo = argc == 2 && text_equal(argv[1], "--demo");
    int64_t descriptors;
    int number;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (argc > 1 && !demo)
        return fail(s, INVALID, "api does not take %s: see dursor api --help", argv[1]);
    TRY(command_settings(s, &settings));
    TRY(descriptors_raise(s, &descriptors));
    TRY(app_join(s, settings, &app));
    if (demo)
        TRY(demo_open(s, app));
    TRY(api_open(s, app, &api));
    TRY(command_print(s, text(s,
                              "dursor " DURSOR_VERSION " api listens on http://localhost:%d\n"
                              "Open %s\n",
                              api_port(api), api_login_address(s, api))));
    TRY(command_wait(s, &number));
    readiness_end(app);
    TRY(command_linger(s, settings));
    log_info(s, "%s: ending", signal_name(s, number));
    return OK;
}
