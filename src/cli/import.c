/* dursor import. */

#include "cli/import.h"

#include <stdlib.h>

#include "cli/command.h"
#include "service/import.h"
#include "sys/file.h"

static const char help[] =
    "usage: dursor import FILE [--dry-run] [--old-key-file KEYFILE]\n"
    "\n"
    "Takes over FILE: a database of the former dursor (dursor.db), a database of this one, or an\n"
    "archive that `dursor export` wrote. FILE is only read. Each row is read back and compared; "
    "what "
    "is\n"
    "here already stays as it is, so that it is safe to run again.\n"
    "\n"
    "  --dry-run               say what would be done, and write nothing\n"
    "  --old-key-file KEYFILE  holds the former installation's DURSOR_ENCRYPTION_KEY, when it is "
    "not\n"
    "                          the one that is set now\n";

enum { KEY_FILE_MAX = 4096 };

static fallible read_key(Scope *s, const char *path, const char **out)
{
    Bytes content;

    TRY(file_read(s, path, KEY_FILE_MAX, &content));
    *out = text_trim(s, text_of(s, content));
    return text_empty(*out) ? fail(s, INVALID, "%s is empty", path) : OK;
}

static fallible options_read(Scope *s, int argc, char **argv, ImportOptions *out)
{
    *out = (ImportOptions){0};
    for (int i = 1; i < argc; i++) {
        if (text_equal(argv[i], "--dry-run"))
            out->dry_run = true;
        else if (text_equal(argv[i], "--old-key-file") && i + 1 < argc)
            TRY(read_key(s, argv[++i], &out->old_key));
        else if (argv[i][0] != '-' && !out->path)
            out->path = argv[i];
        else
            return fail(s, INVALID, "import does not take %s: see dursor import --help", argv[i]);
    }
    return out->path ? OK : fail(s, INVALID, "import needs a file: see dursor import --help");
}

fallible cli_import(Scope *s, int argc, char **argv)
{
    Settings *settings;
    ImportOptions options;
    ImportReport report;
    App *app;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    TRY(options_read(s, argc, argv, &options));
    TRY(command_settings(s, &settings));
    if (!options.old_key)
        options.old_key = settings->encryption_key;
    TRY(app_open(s, settings, &app));
    TRY(import_file(s, app, &options, &report));
    TRY(command_print(s, import_report_text(s, &report, options.dry_run)));
    if (import_refused(&report))
        return fail_code(s, CONFLICT, "rows_refused", "%lld rows were not taken: see above",
                         (long long)import_refused(&report));
    return OK;
}
