/* The parts of mirrors, for mirror*.c only. */
#pragma once

#include "git/mirror.h"
#include "sys/file.h"

/* Waits for the lock that fetches, clones and care of one mirror share. Held until s closes. */
fallible mirror_lock(Scope *s, const Mirrors *mirrors, const char *repo_id, const char *what);
/* UNAVAILABLE when less than the floor is free. */
fallible mirror_room(Scope *s, const Mirrors *mirrors);
/* Makes the mirror at mirror->git_dir, under the lock. */
fallible mirror_clone(Scope *s, const Mirror *mirror);
/* Fetches into mirror->git_dir, under the lock. */
fallible mirror_fetch_refs(Scope *s, const Mirror *mirror);
/* Runs git in the mirror; remote tells whether it talks to the source. */
fallible mirror_git(Scope *s, const Mirror *mirror, const GitCommand *command, ProcessResult *result);
