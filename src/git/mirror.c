/* Mirrors: opened, fetched, removed. */

#include "git/mirror.h"

#include "base/id.h"
#include "git/branch.h"
#include "git/library.h"
#include "git/mirror_parts.h"
#include "git/refs.h"
#include "sys/crypto.h"

/* Which lock of which mirror, and how. */
typedef struct LockWish {
    const char *repo_id, *what;
    LockMode mode;
} LockWish;

static fallible lock_as(Scope *s, const Mirrors *mirrors, LockWish wish, FileLock **out)
{
    TRY(directory_make(s, text(s, "%s/locks", mirrors->dir), 0700));
    return file_lock(s, text(s, "%s/locks/%s.%s", mirrors->dir, wish.repo_id, wish.what), wish.mode,
                     out);
}

fallible mirror_lock(Scope *s, const Mirrors *mirrors, const char *repo_id, const char *what)
{
    FileLock *lock;

    return lock_as(s, mirrors, (LockWish){repo_id, what, LOCK_EXCLUSIVE}, &lock);
}

/* Whoever wants to be alone holds the gate while waiting, so that new writers do not starve it. */
fallible mirror_writing(Scope *s, const Mirror *mirror, LockMode mode)
{
    FileLock *gate, *objects;

    if (!mirror)
        return OK;
    TRY(lock_as(s, mirror->mirrors, (LockWish){mirror->repo_id, "gate", mode}, &gate));
    TRY(lock_as(s, mirror->mirrors, (LockWish){mirror->repo_id, "objects", mode}, &objects));
    if (mode == LOCK_SHARED)
        file_unlock(gate);
    return OK;
}

fallible mirror_room(Scope *s, const Mirrors *mirrors)
{
    int64_t bytes;

    if (mirrors->disk_floor == 0)
        return OK;
    TRY(disk_free(s, mirrors->dir, &bytes));
    if (bytes < mirrors->disk_floor)
        return error_param(
            fail_code(s, UNAVAILABLE, "disk_full",
                      "only %lld MiB are free in %s, %lld must stay free: make room, "
                      "or lower DURSOR_DISK_FLOOR_MB",
                      (long long)(bytes >> 20), mirrors->dir,
                      (long long)(mirrors->disk_floor >> 20)),
            "free", text(s, "%lld", (long long)(bytes >> 20)));
    return OK;
}

fallible mirror_git(Scope *s, const Mirror *mirror, const GitCommand *command,
                    ProcessResult *result)
{
    GitCommand inside = *command;

    inside.git_dir = mirror->git_dir;
    return git_run(s, &mirror->mirrors->access, &inside, result);
}

/* ---- Opening ---- */

static fallible look_at_local(Scope *s, Mirror *mirror)
{
    LocalSource *local = NEW(s, LocalSource);

    if (!mirror->mirrors->allow_file)
        return fail_code(s, INVALID, "local_paths_off",
                         "local paths are not allowed here: give an https:// address, or set "
                         "DURSOR_GIT_ALLOW_FILE=true");
    TRY(local_source(s, &mirror->mirrors->access, mirror->source.path, local));
    mirror->local = local;
    mirror->source.text = local->git_dir;
    mirror->source.path = local->git_dir;
    const char *place = sha256_hex(s, bytes_of(local->git_dir));
    mirror->head_ref = text(s, "refs/dursor/head/%s", text_of(s, (Bytes){place, 16}));
    return OK;
}

static fallible make_if_absent(Scope *s, const Mirror *mirror)
{
    SCOPE(tmp, s);

    if (directory_exists(mirror->git_dir))
        return OK;
    TRY(directory_make(tmp, text(tmp, "%s/%s", mirror->mirrors->dir, mirror->repo_id), 0700));
    TRY(mirror_lock(tmp, mirror->mirrors, mirror->repo_id, "fetch"));
    return directory_exists(mirror->git_dir) ? OK : mirror_clone(tmp, mirror);
}

fallible mirror_open(Scope *s, const Mirrors *mirrors, const char *repo_id, const RepoUrl *source,
                     Mirror **out)
{
    Mirror *mirror = NEW(s, Mirror);

    if (!id_valid(repo_id))
        return fail(s, INVALID, "'%s' is no id of a repository", repo_id);
    *mirror = (Mirror){.mirrors = mirrors,
                       .repo_id = text_copy(s, repo_id),
                       .git_dir = text(s, "%s/%s/repo.git", mirrors->dir, repo_id),
                       .head_ref = "refs/dursor/head/origin",
                       .source = *source,
                       .partial = !repo_url_local(source)};
    if (repo_url_local(source))
        TRY(look_at_local(s, mirror));
    TRY(make_if_absent(s, mirror));
    *out = mirror;
    return OK;
}

/* ---- Fetching ---- */

/* What the source's HEAD is. */
typedef struct RemoteHead {
    bool exists;
    const char *branch; /* NULL: detached */
} RemoteHead;

/* "ref: refs/heads/main TAB HEAD", then "ID TAB HEAD". */
static fallible ask_head(Scope *s, const Mirror *mirror, RemoteHead *out)
{
    GitCommand command = {.args = TEXTS("ls-remote", "--symref", "origin", "HEAD"),
                          .remote = &mirror->source};
    ProcessResult result;

    TRY(mirror_git(s, mirror, &command, &result));
    TextList lines = text_split(s, text_of(s, result.out), '\n');
    *out = (RemoteHead){0};
    EACH (const char *, line, &lines) {
        const char *tab = strchr(*line, '\t');
        if (!tab || !text_equal(tab, "\tHEAD"))
            continue;
        if (!text_starts(*line, "ref: refs/heads/")) {
            out->exists = true;
            continue;
        }
        const char *name = *line + strlen("ref: refs/heads/");
        const char *branch = text_of(s, (Bytes){name, (size_t)(tab - name)});
        if (branch_valid(branch))
            out->branch = branch;
    }
    return OK;
}

static fallible fetch_objects(Scope *s, const Mirror *mirror, const RemoteHead *head)
{
    GitCommand command = {
        .args = TEXTS("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head",
                      "--no-auto-maintenance", "--recurse-submodules=no",
                      mirror->local ? "--update-shallow" : "--filter=blob:none", "origin",
                      "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*",
                      text(s, "+HEAD:%s", mirror->head_ref)),
        .remote = &mirror->source};

    command.args.count -= !head->exists;
    return mirror_git(s, mirror, &command, NULL);
}

/* origin/HEAD as git has it: a symbolic ref to the branch, so that pruning leaves it alone. */
static fallible record_head(Scope *s, const Mirror *mirror, const RemoteHead *head)
{
    if (head->branch)
        return mirror_git(
            s, mirror,
            &(GitCommand){.args = TEXTS("symbolic-ref", "refs/remotes/origin/HEAD",
                                        text(s, "refs/remotes/origin/%s", head->branch))},
            NULL);
    TRY(mirror_git(
        s, mirror,
        &(GitCommand){.args = TEXTS("update-ref", "--no-deref", "-d", "refs/remotes/origin/HEAD")},
        NULL));
    if (head->exists)
        return OK;
    return mirror_git(s, mirror, &(GitCommand){.args = TEXTS("update-ref", "-d", mirror->head_ref)},
                      NULL);
}

fallible mirror_fetch_refs(Scope *s, const Mirror *mirror)
{
    RemoteHead head;

    TRY(ask_head(s, mirror, &head));
    TRY(fetch_objects(s, mirror, &head));
    return record_head(s, mirror, &head);
}

fallible mirror_fetch(Scope *s, const Mirror *mirror)
{
    SCOPE(tmp, s);

    TRY(mirror_room(tmp, mirror->mirrors));
    TRY(mirror_lock(tmp, mirror->mirrors, mirror->repo_id, "fetch"));
    return mirror_fetch_refs(tmp, mirror);
}

fallible mirror_remove(Scope *s, const Mirrors *mirrors, const char *repo_id)
{
    SCOPE(tmp, s);

    if (!id_valid(repo_id))
        return fail(s, INVALID, "'%s' is no id of a repository", repo_id);
    TRY(mirror_lock(tmp, mirrors, repo_id, "fetch"));
    TRY(mirror_writing(tmp, &(Mirror){.mirrors = mirrors, .repo_id = repo_id}, LOCK_EXCLUSIVE));
    return tree_remove(tmp, text(tmp, "%s/%s", mirrors->dir, repo_id));
}
