/* dursor export. */

#include "service/export.h"

#include "cli/command.h"
#include "cli/import.h"

static const char help[] =
    "usage: dursor export FILE\n"
    "\n"
    "Writes all rows, patches and logs as one tar archive, which `dursor import` reads back and "
    "any\n"
    "program can: docs/data.md describes it. Stored keys are in it sealed: they open only where "
    "the\n"
    "same DURSOR_ENCRYPTION_KEY (or the key file in secrets/) is in force.\n";

fallible cli_export(Scope *s, int argc, char **argv)
{
    Settings *settings;
    ExportCountList counts = {0};
    App *app;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (argc != 2 || argv[1][0] == '-')
        return fail(s, INVALID, "export takes the name of a new file: see dursor export --help");
    TRY(command_settings(s, &settings));
    TRY(app_open(s, settings, &app));
    TRY(export_file(s, app, argv[1], &counts));
    EACH (const ExportCount, count, &counts)
        if (count->rows)
            TRY(command_print(s, text(s, "%-20s %10lld\n", count->table, (long long)count->rows)));
    return OK;
}
