/* The bare mirror of a repository: <dir>/<repo_id>/repo.git.
 *
 *     refs/remotes/origin/…   the remote's branches, pruned with it
 *     refs/tags/…             its tags
 *     refs/dursor/head/…      its HEAD commit; of a local source one for each of its worktrees
 *     refs/heads/…            branches of runs; a fetch never touches them
 *
 * All runs of the repository share its objects. A network source is first cloned without file
 * contents (blobs), which are fetched in batches before they are read; a local one is cloned whole
 * by hard link or copy and never borrows, since its owner's gc would break runs. The configuration
 * of a mirror is ours; that of the source is never read as configuration.
 *
 * A Mirror is immutable after mirror_open and may be used by several threads; each brings its scope.
 */
#pragma once

#include "git/command.h"

typedef struct Mirrors {
    const char *dir; /* the workspaces folder, absolute */
    GitAccess access;
    bool allow_file;    /* local paths and file:// are fine */
    int64_t disk_floor; /* bytes that must stay free before a clone or fetch; 0: no floor */
} Mirrors;

/* A local path's identity is common_dir: equal for all worktrees of a repository. */
typedef struct LocalSource {
    const char *common_dir; /* real path */
    const char *git_dir;    /* real path; of a linked worktree its own */
    const char *top;        /* real path of the checkout; NULL when bare */
    const char *head;       /* the HEAD commit; NULL when there is none yet */
    const char *branch;     /* checked out; NULL when detached */
    const char *name;       /* user.name and user.email there; NULL when not set */
    const char *email;
    bool shallow;
} LocalSource;

/* MISSING when there is no repository at or above the path; DENIED with code repo_foreign for one of
 * another user; UNSUPPORTED for partial clones and SHA-256. */
fallible local_source(Scope *s, const GitAccess *access, const char *path, LocalSource *out);
/* Only user.name and user.email of the repository at path, by one program; NULL where not set. */
fallible local_person(Scope *s, const GitAccess *access, const char *path, LocalSource *out);
/* Whether tracked files there differ from HEAD (which a run does not see). Runs nothing of the
 * repository's; so what a filter (LFS) would turn back counts as different once it was touched. */
fallible local_dirty(Scope *s, const char *path, bool *out);

typedef struct Mirror {
    const Mirrors *mirrors;
    const char *repo_id;
    const char *git_dir;      /* …/repo.git */
    const char *head_ref;     /* where the source's HEAD commit is kept */
    RepoUrl source;           /* as git gets it */
    const LocalSource *local; /* as of the opening; NULL for a network source */
    bool partial;             /* blobs may be missing */
} Mirror;

/* Clones on first use (crash-safe: under a temporary name, then renamed); does not fetch otherwise.
 * repo_id is a UUID. An empty repository is a mirror without branches. INVALID for a local source
 * without allow_file; UNAVAILABLE with code disk_full below the disk floor. */
fallible mirror_open(Scope *s, const Mirrors *mirrors, const char *repo_id, const RepoUrl *source,
                     Mirror **out);
/* The same for a worker that neither fetches nor asks for the source's HEAD: a mirror that is there is
 * taken as it is, without a look at the source, which for a local one takes several programs. Its local
 * is NULL. */
fallible mirror_use(Scope *s, const Mirrors *mirrors, const char *repo_id, const RepoUrl *source,
                    Mirror **out);
/* The directory of the one on this machine; NULL when there is none. */
const char *mirror_here(Scope *s, const Mirrors *mirrors, const char *repo_id);
/* Brings branches, tags and HEAD up to date, under the lock of this mirror across processes. */
fallible mirror_fetch(Scope *s, const Mirror *mirror);
/* Removes the mirror and all that is in its folder. */
fallible mirror_remove(Scope *s, const Mirrors *mirrors, const char *repo_id);

/* ---- Refs, as of the last fetch ---- */

/* The remote's default branch (of a local source: the one checked out), without "refs/heads/".
 * INVALID with code repo_empty when there is no commit yet. With a detached HEAD: main, master, or the
 * first branch. */
fallible mirror_default_branch(Scope *s, const Mirror *mirror, const char **out);
/* The remote's branches, by name. */
fallible mirror_branches(Scope *s, const Mirror *mirror, TextList *out);
/* The commit (40 hex digits) that a person's word names: a branch of the remote, a tag, a branch of
 * a run, a commit id, or at least 7 digits of one. NULL or "": the source's HEAD, also detached. MISSING; INVALID
 * when several commits begin with those digits. A whole id that is not here is asked of the server. */
fallible mirror_resolve(Scope *s, const Mirror *mirror, const char *word, const char **commit);

/* ---- Contents of a partial mirror; all return at once when the mirror is whole ---- */

/* Fetches those of the blobs (hex ids) that are not here, in one batch per 10,000. */
fallible mirror_need_blobs(Scope *s, const Mirror *mirror, const TextList *oids);
/* How many blobs of the commit's files are not here. */
fallible mirror_missing(Scope *s, const Mirror *mirror, const char *commit, int64_t *count);
/* Fetches the missing blobs of the commit's files; for the background. May be killed and called
 * again: each batch stays. */
fallible mirror_fill(Scope *s, const Mirror *mirror, const char *commit);

/* ---- Outwards, and care ---- */

typedef struct MirrorPush {
    const char *commit;
    const char *branch;   /* of the remote, without "refs/heads/" */
    const char *expected; /* the commit it has now; NULL: must not exist */
} MirrorPush;

/* The commit that the remote's branch is at now, asked of the remote; *out is NULL when there is none. */
fallible mirror_branch_at(Scope *s, const Mirror *mirror, const char *branch, const char **out);
/* Brings that branch's commits here, to refs/dursor/there/BRANCH, without moving anything else. */
fallible mirror_take_branch(Scope *s, const Mirror *mirror, const char *branch);
/* CONFLICT when the branch is elsewhere; a branch that is already at commit is success. */
fallible mirror_push(Scope *s, const Mirror *mirror, const MirrorPush *push);
/* Repacks, and drops unreachable objects older than spare_us, under the fetch lock. Commits to this
 * mirror wait meanwhile (seconds to minutes by size), reads do not: for quiet times. */
fallible mirror_tidy(Scope *s, const Mirror *mirror, int64_t spare_us);
