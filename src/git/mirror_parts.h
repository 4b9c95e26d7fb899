/* The parts of mirrors, for mirror*.c only. */
#pragma once

#include "git/mirror.h"
#include "sys/file.h"

/* Waits for the lock that fetches, clones and care of one mirror share. Held until s closes. */
fallible mirror_lock(Scope *s, const Mirrors *mirrors, const char *repo_id, const char *what);
/* Held shared while objects are written, alone while a tidy removes some: git removes folders of loose
 * objects that are empty for a moment, and libgit2 may be about to put one there. Nothing without a
 * mirror. Held until s closes; who holds it does not ask for it again. */
fallible mirror_writing(Scope *s, const Mirror *mirror, LockMode mode);
/* UNAVAILABLE when less than the floor is free. */
fallible mirror_room(Scope *s, const Mirrors *mirrors);
/* Makes the mirror at mirror->git_dir, under the lock. */
fallible mirror_clone(Scope *s, const Mirror *mirror);
/* Fetches into mirror->git_dir, under the lock. */
fallible mirror_fetch_refs(Scope *s, const Mirror *mirror);
/* Runs git in the mirror; remote tells whether it talks to the source. */
fallible mirror_git(Scope *s, const Mirror *mirror, const GitCommand *command,
                    ProcessResult *result);
