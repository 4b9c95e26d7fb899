/* Runs the git program.
 *
 * Nothing but what is named here reaches it: no system, global or repository-given hooks, no
 * fsmonitor, no prompt, no pager, no lazy fetching of missing objects, and only the protocol that
 * the address has. Whose configuration counts is GitTrust.
 *
 * A token goes to git as a credential helper defined in the environment of that one process
 * (GIT_CONFIG_COUNT …), bound to scheme and host, so that a redirect to another host never gets it.
 * /proc/PID/environ is readable by the same user only, who can read our memory as well; argv, disk
 * and the remote's address never hold it, and it is cut out of every message.
 */
#pragma once

#include "base/time.h"
#include "git/repo_url.h"
#include "sys/process.h"

enum {
    GIT_SECONDS = 1800,      /* of one clone, fetch or push, unless the settings say otherwise */
    GIT_LOCAL_SECONDS = 300, /* of one local command */
    GIT_OUT_MAX = 64 << 20,  /* bytes of standard output */
    GIT_TOKENS_MAX = 8,
};
/* Limits on each process of git, so that a hostile pack ends itself and not the machine. */
#define GIT_MEMORY_MAX (8LL << 30)  /* address space, bytes */
#define GIT_FILE_MAX   (32LL << 30) /* one file (a pack), bytes, unless the settings say otherwise */

typedef struct GitToken {
    const char *host; /* "github.com" or "host:8443"; sent to https of it, and http of loopback */
    const char *user; /* NULL: "x-access-token" */
    const char *token;
} GitToken;

typedef LIST_OF(GitToken) GitTokenList;

typedef enum GitTrust {
    GIT_TRUST_NONE = 0, /* no configuration of the machine or the user */
    GIT_TRUST_USER,     /* the user's credential helpers, ssh, proxy and CA settings, and no more */
    GIT_TRUST_OWN, /* in the user's own checkout: its configuration and filters, never its hooks */
} GitTrust;

/* How git reaches the outside. Immutable and shared by threads. */
typedef struct GitAccess {
    GitTrust remote; /* NONE or USER, for clone, fetch and push */
    GitTokenList tokens;
    const char *proxy; /* NULL: none */
    const char *no_proxy;
    const char *ca_file; /* NULL: the system's */
    TextList user_env;   /* HOME, SSH_AUTH_SOCK … of the user (git_user_env); for USER and OWN */
    int64_t seconds;     /* 0: GIT_SECONDS */
    int64_t file_max;    /* bytes; 0: GIT_FILE_MAX */
} GitAccess;

typedef struct GitCommand {
    TextList args;         /* without "git" */
    const char *git_dir;   /* NULL: none, or found from dir */
    const char *dir;       /* where it runs; NULL: "/" */
    const RepoUrl *remote; /* whom it may talk to; NULL: nobody. git knows it as "origin" */
    GitTrust trust;        /* of local configuration; for a remote, access->remote counts as well */
    TextList config;       /* more "key=value", for this command */
    TextList env;          /* more "NAME=value": GIT_INDEX_FILE and the like */
    Bytes input;
    size_t out_max; /* 0: GIT_OUT_MAX */
} GitCommand;

/* Runs it to its end. Failures that git's words name get their kind and say what to do: DENIED
 * (credentials), MISSING (repository, ref), UNAVAILABLE (network, disk), CONFLICT (ref moved),
 * TOO_LARGE, else UPSTREAM. result may be NULL. */
fallible git_run(Scope *s, const GitAccess *access, const GitCommand *command,
                 ProcessResult *result);
/* The same, where an exit status other than 0 is an answer: none but not starting is a failure. */
fallible git_ask(Scope *s, const GitAccess *access, const GitCommand *command,
                 ProcessResult *result);
/* The failure that a finished command's words stand for; NULL when it exited with 0. */
fallible git_outcome(Scope *s, const GitAccess *access, const GitCommand *command,
                     const ProcessResult *result);
/* Those of this process's environment that the user's credential helpers and ssh need. */
TextList git_user_env(Scope *s);
/* "2.39.5"; MISSING when there is no git program. */
fallible git_version(Scope *s, const char **out);
