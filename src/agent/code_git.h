/* A repository at one commit, read from the object database. */
#pragma once

#include "agent/code.h"
#include "git/objects.h"

typedef struct CodeAt {
    GitRepo *repo;
    const char *commit;
    const TextList *forbidden; /* patterns beside git/forbidden.h's; NULL: none */
} CodeAt;

/* Belongs to the thread that reads from it, like the repository. */
CodeSource *code_git(Scope *s, const CodeAt *at);
