/* dursor import. */

#include "cli/import.h"

#include <stdlib.h>

#include "base/json.h"
#include "cli/command.h"
#include "service/import.h"
#include "sys/file.h"

static const char help[] =
    "usage: dursor import FILE [--dry-run | --verify] [--json] [--old-key-file KEYFILE]\n"
    "\n"
    "Takes FILE over into the database that DURSOR_DATABASE_URL names: a database of the former\n"
    "dursor (dursor.db), a database of this one, or an archive that `dursor export` wrote. FILE "
    "is\n"
    "only read. What is here already stays as it is, so that it is safe to run again; into "
    "PostgreSQL\n"
    "an import that was interrupted goes on where it stood. In the end everything is compared.\n"
    "\n"
    "  --dry-run               say what would be done, and write nothing\n"
    "  --verify                compare whole tables with FILE by number and checksum of their "
    "rows, and\n"
    "                          write nothing\n"
    "  --json                  print the report as JSON\n"
    "  --old-key-file KEYFILE  holds the former installation's DURSOR_ENCRYPTION_KEY, when it is "
    "not\n"
    "                          the one that is set now\n"
    "\n"
    "Ends with 0; 1 when rows were refused, when tables do not hold what they should, or when the\n"
    "database fails; 2 when FILE is not understood.\n";

enum { KEY_FILE_MAX = 4096 };

static fallible read_key(Scope *s, const char *path, const char **out)
{
    Bytes content;

    TRY(file_read(s, path, KEY_FILE_MAX, &content));
    *out = text_trim(s, text_of(s, content));
    return text_empty(*out) ? fail(s, INVALID, "%s is empty", path) : OK;
}

/* Each flag that chooses a mode excludes the other. */
static fallible mode_read(Scope *s, const char *flag, ImportOptions *out)
{
    if (out->mode != IMPORT_WRITE)
        return fail(s, INVALID, "import takes --dry-run or --verify, once");
    out->mode = text_equal(flag, "--verify") ? IMPORT_VERIFY : IMPORT_DRY;
    return OK;
}

static fallible options_read(Scope *s, int argc, char **argv, ImportOptions *out)
{
    *out = (ImportOptions){0};
    for (int i = 1; i < argc; i++) {
        if (text_equal(argv[i], "--dry-run") || text_equal(argv[i], "--verify"))
            TRY(mode_read(s, argv[i], out));
        else if (text_equal(argv[i], "--json"))
            continue;
        else if (text_equal(argv[i], "--old-key-file") && i + 1 < argc)
            TRY(read_key(s, argv[++i], &out->old_key));
        else if (argv[i][0] != '-' && !out->path)
            out->path = argv[i];
        else
            return fail(s, INVALID, "import does not take %s: see dursor import --help", argv[i]);
    }
    return out->path ? OK : fail(s, INVALID, "import needs a file: see dursor import --help");
}

static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (text_equal(argv[i], "--json"))
            return true;
    return false;
}

static fallible judge(Scope *s, const ImportReport *report)
{
    if (report->checked && !report->equal)
        return fail_code(
            s, CONFLICT, "import_differs",
            "tables do not hold what they should: see above. Somebody may have written "
            "to them meanwhile; `dursor import FILE --dry-run` compares row by row");
    if (report->sealed_closed)
        return fail_code(s, CONFLICT, "key_mismatch",
                         "%lld stored keys do not open with the key in force: see above",
                         (long long)report->sealed_closed);
    if (report->refused)
        return fail_code(s, CONFLICT, "rows_refused", "%lld rows were not taken: see above",
                         (long long)report->refused);
    return OK;
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
    if (wants_json(argc, argv))
        TRY(command_print(s, text(s, "%s\n", json_text(s, &import_report_type, &report))));
    else
        TRY(command_print(s, import_report_text(s, &report)));
    return judge(s, &report);
}
