/* dursor backup and dursor restore. */

#include "service/backup.h"

#include "cli/backup.h"
#include "cli/command.h"

static const char backup_help[] =
    "usage: dursor backup FILE\n"
    "\n"
    "Writes the database, the secrets and the branches of runs to FILE, also while the server "
    "runs.\n"
    "Whoever has FILE can read the stored keys: keep it as you keep a password.\n";

static const char restore_help[] = "usage: dursor restore FILE [--force]\n"
                                   "\n"
                                   "Puts the state of a backup in place. The server must not run.\n"
                                   "\n"
                                   "  --force   move what is there aside first\n";

fallible cli_backup(Scope *s, int argc, char **argv)
{
    Settings *settings;
    App *app;

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, backup_help);
    if (argc != 2 || argv[1][0] == '-')
        return fail(s, INVALID, "backup takes the name of a new file: see dursor backup --help");
    TRY(command_settings(s, &settings));
    TRY(app_open(s, settings, &app));
    TRY(state_backup(s, app, argv[1]));
    return command_print(s, text(s, "the backup is in %s\n", argv[1]));
}

fallible cli_restore(Scope *s, int argc, char **argv)
{
    Settings *settings;
    RestoreReport report;
    bool force = argc == 3 && text_equal(argv[2], "--force");

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, restore_help);
    if (argc < 2 || argc > 3 || argv[1][0] == '-' || (argc == 3 && !force))
        return fail(s, INVALID, "restore takes a backup: see dursor restore --help");
    TRY(command_settings(s, &settings));
    TRY(state_restore(s, settings, argv[1], force, &report));
    if (report.aside)
        TRY(command_print(s, text(s, "the state before is in %s\n", report.aside)));
    EACH (const char *, note, &report.notes)
        TRY(command_print(s, text(s, "- %s\n", *note)));
    return command_print(s, text(s, "restored, with the run branches of %lld repositories\n",
                                 (long long)report.branches));
}
