/* dursor: finds the subcommand, runs it in a unit of its own, and says how it ended. */

#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "sys/signals.h"

static void usage(FILE *to)
{
    fprintf(
        to,
        "dursor " DURSOR_VERSION
        ": one instruction, several models, compared.\n\nusage: dursor COMMAND [ARGUMENTS]\n\n");
    for (const Command *c = commands; c->name; c++)
        fprintf(to, "  %-10s %s\n", c->name, c->about);
    fprintf(to, "\ndursor COMMAND --help says more.\n");
}

static const Command *find(const char *name)
{
    for (const Command *c = commands; c->name; c++)
        if (text_equal(c->name, name))
            return c;
    return NULL;
}

static int run(const Command *command, int argc, char **argv)
{
    UNIT(s, NULL, command->name);
    Error *e = signals_block(s);

    if (!e)
        e = command->run(s, argc, argv);
    if (e && !text_equal(e->code, "some_runs_failed"))
        fprintf(stderr, "dursor %s: %s\n", command->name, e->message);
    return command_status(e);
}

int main(int argc, char **argv)
{
    const Command *command = argc > 1 ? find(argv[1]) : NULL;

    if (command)
        return run(command, argc - 1, argv + 1);
    if (argc > 1 && (text_equal(argv[1], "--help") || text_equal(argv[1], "help"))) {
        usage(stdout);
        return EXIT_GOOD;
    }
    if (argc > 1 && text_equal(argv[1], "--version")) {
        puts("dursor " DURSOR_VERSION);
        return EXIT_GOOD;
    }
    if (argc > 1)
        fprintf(stderr, "dursor: no command %s\n\n", argv[1]);
    usage(stderr);
    return EXIT_USAGE;
}
