/* The subcommands as a table, and what they share. */
#pragma once

#include "model/settings.h"

/* How the program ends. */
enum {
    EXIT_GOOD = 0,
    EXIT_FAILED = 1,     /* the work could not be done */
    EXIT_USAGE = 2,      /* arguments or settings are wrong */
    EXIT_SOME_RUNS = 3,  /* dursor run: some runs failed, at least one succeeded */
    EXIT_CANCELED = 130, /* ended by the user */
};

typedef struct Command {
    const char *name;
    /* argv[0] is the command's own name. */
    fallible (*run)(Scope *s, int argc, char **argv);
    const char *about;
} Command;

extern const Command commands[];

/* The settings of this process, with the log set up as they say. */
fallible command_settings(Scope *s, Settings **out);
/* Writes all of it to standard output. */
fallible command_print(Scope *s, const char *t);
/* Until SIGINT or SIGTERM, whose number it is. */
fallible command_wait(Scope *s, int *number);
/* The same, or until fd is readable: then the number is 0. */
fallible command_wait_or(Scope *s, int fd, int *number);
/* For a server that was told to stop and says so at /readyz: goes on for DURSOR_DRAIN_SECONDS, or until it
 * is told again. */
fallible command_linger(Scope *s, const Settings *settings);
/* The exit status for how a command ended. */
int command_status(const Error *e);
