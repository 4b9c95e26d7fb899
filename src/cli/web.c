/* dursor web. */

#include "cli/web.h"

#include "api/front.h"
#include "base/log.h"
#include "cli/command.h"
#include "sys/memory.h"
#include "sys/signals.h"

static const char help[] =
    "usage: dursor web\n"
    "\n"
    "Serves the pages on DURSOR_HOST and DURSOR_PORT and passes the API's paths on to "
    "DURSOR_API_URL.\n"
    "It has no state and no database: any number of them may stand before one API.\n";

fallible cli_web(Scope *s, int argc, char **argv)
{
    Settings *settings;
    Front *front;
    int64_t descriptors;
    int number;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (argc > 1)
        return fail(s, INVALID, "web does not take %s: see dursor web --help", argv[1]);
    TRY(command_settings(s, &settings));
    TRY(descriptors_raise(s, &descriptors));
    TRY(front_open(s, settings, &front));
    TRY(command_print(s, text(s, "dursor " DURSOR_VERSION " listens on http://localhost:%d\n",
                              front_port(front))));
    TRY(command_wait(s, &number));
    front_drain(front);
    TRY(command_linger(s, settings));
    log_info(s, "%s: ending", signal_name(s, number));
    return OK;
}
