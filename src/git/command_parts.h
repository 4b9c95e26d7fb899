/* The parts of running git, for command*.c and outcome.c only. */
#pragma once

#include "git/command.h"

typedef struct GitPair {
    const char *key, *value;
} GitPair;

typedef LIST_OF(GitPair) GitPairList;

void command_pair(Scope *s, GitPairList *list, const char *key, const char *value);
/* Configuration for the command, over all files: what is off, what a remote needs, the token. */
GitPairList command_config(Scope *s, const GitAccess *access, const GitCommand *command);
/* Those settings of the user's own configuration that clone and fetch may use. */
fallible command_user_config(Scope *s, const GitAccess *access, GitPairList *out);
/* The whole environment. pairs becomes GIT_CONFIG_COUNT and so on. */
TextList command_env(Scope *s, const GitAccess *access, const GitCommand *command,
                     const GitPairList *pairs);
/* The token for the remote; NULL when there is none. */
const GitToken *command_token(const GitAccess *access, const RepoUrl *remote);
/* Without tokens, and without what stands between "://" and '@'. */
const char *command_scrub(Scope *s, const GitAccess *access, const char *t);
