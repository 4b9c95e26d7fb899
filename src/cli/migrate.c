/* dursor migrate. */

#include "cli/migrate.h"

#include "cli/command.h"
#include "store/store.h"

static const char help[] =
    "usage: dursor migrate [--status | --to N]\n"
    "\n"
    "Brings the schema of DURSOR_DATABASE_URL up to date, each step in a transaction, forward "
    "only.\n"
    "A SQLite database is backed up beside itself first.\n"
    "\n"
    "  --status   print the version it has and the newest there is, and change nothing\n"
    "  --to N     stop at version N\n";

static fallible target(Scope *s, int argc, char **argv, int64_t *to)
{
    *to = 0;
    if (argc == 1)
        return OK;
    if (argc == 3 && text_equal(argv[1], "--to") && text_integer(argv[2], 1, INT32_MAX, to))
        return OK;
    return fail(s, INVALID, "migrate takes --status or --to N: see dursor migrate --help");
}

fallible cli_migrate(Scope *s, int argc, char **argv)
{
    Settings *settings;
    MigrationState state;
    const char *backup = NULL;
    int64_t to;
    bool status = argc == 2 && text_equal(argv[1], "--status");

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (!status)
        TRY(target(s, argc, argv, &to));
    TRY(command_settings(s, &settings));
    StoreOptions options = store_options(settings);
    if (!status)
        TRY(store_migrate(s, &options, to, &backup));
    TRY(store_migration_state(s, &options, &state));
    if (backup)
        TRY(command_print(s, text(s, "the old state is in %s\n", backup)));
    return command_print(s, text(s, "schema %lld, newest %lld\n", (long long)state.version,
                                 (long long)state.newest));
}
