/* dursor openapi. */

#include "api/api.h"
#include "cli/command.h"
#include "cli/describe.h"

fallible cli_openapi(Scope *s, int argc, char **argv)
{
    if (argc > 1)
        return fail(s, INVALID, "openapi does not take %s: it prints the API description as JSON",
                    argv[1]);
    return command_print(s, text(s, "%s\n", openapi_text(s)));
}
