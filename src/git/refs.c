/* Refs of a mirror. */

#include "git/refs.h"

#include <sys/stat.h>

#include "git/branch.h"
#include "git/commit.h"
#include "git/mirror_parts.h"
#include "sys/file.h"

enum {
    LOCK_WAIT_US = 5 * 1000 * 1000,  /* for somebody else's lock on the ref, held for a moment */
    LOCK_STALE_US = 2 * 1000 * 1000, /* nobody who lives holds one that long */
    LOCK_PAUSE_US = 2 * 1000,
};

static void close_transaction(void *transaction)
{
    git_transaction_free(transaction);
}

static void close_reference(void *reference)
{
    git_reference_free(reference);
}

static void close_any(void *object)
{
    git_object_free(object);
}

fallible ref_find(Scope *s, GitRepo *repo, const char *ref, const char **commit)
{
    SCOPE(tmp, s);
    git_reference *found;
    git_object *peeled;
    int code = git_reference_lookup(&found, repo->native, ref);

    *commit = NULL;
    if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC)
        return OK;
    TRY(library_check(s, code, "reading %s", ref));
    scope_undo(tmp, close_reference, found);
    code = git_reference_peel(&peeled, found, GIT_OBJECT_COMMIT);
    if (code == GIT_EPEEL || code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC)
        return OK; /* a tag on a file, or a symbolic ref to nothing */
    TRY(library_check(s, code, "reading %s", ref));
    scope_undo(tmp, close_any, peeled);
    *commit = library_hex(s, git_object_id(peeled));
    return OK;
}

static bool is_stale(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return false;
    int64_t made = info.st_mtim.tv_sec * US_PER_S + info.st_mtim.tv_nsec / 1000;
    return time_now().us - made > LOCK_STALE_US;
}

/* A process that is killed while it moves a ref leaves the file that locks it. One at a time looks and
 * removes, so that nobody takes away the new lock of the one before. */
static fallible drop_stale_lock(Scope *s, GitRepo *repo, const char *ref)
{
    SCOPE(tmp, s);
    const char *dir = git_repository_path(repo->native);
    const char *path = text(tmp, "%s%s.lock", dir, ref);
    FileLock *lock;

    if (!is_stale(path))
        return OK;
    TRY(file_lock(tmp, text(tmp, "%sdursor-stale-locks", dir), LOCK_EXCLUSIVE, &lock));
    return is_stale(path) ? file_remove(tmp, path) : OK;
}

/* Locks are held for microseconds. */
static fallible lock_ref(Scope *s, GitRepo *repo, const char *ref, git_transaction **out)
{
    int64_t until = clock_us() + LOCK_WAIT_US;
    int code;

    TRY(library_check(s, git_transaction_new(out, repo->native), "locking %s", ref));
    scope_undo(s, close_transaction, *out);
    while ((code = git_transaction_lock_ref(*out, ref)) == GIT_ELOCKED && clock_us() < until) {
        TRY(drop_stale_lock(s, repo, ref));
        TRY(scope_sleep(s, LOCK_PAUSE_US));
    }
    if (code == GIT_ELOCKED)
        return error_param(fail_code(s, CONFLICT, "ref_locked",
                                     "%s is locked by another program: if none runs, remove "
                                     "%s%s.lock",
                                     ref, git_repository_path(repo->native), ref),
                           "branch", ref);
    if (code < 0)
        return error_param(
            fail_code(s, CONFLICT, "branch_in_the_way",
                      "the branch %s cannot be made, another one with a "
                      "part of its name stands in the way: choose another branch prefix",
                      ref),
            "branch", ref);
    return OK;
}

static void close_signature(void *signature)
{
    git_signature_free(signature);
}

/* Who moved it, for the log of refs, which mirrors do not keep. Without one libgit2 asks the C library
 * for the local time, whose time zones are shared by all threads. */
static fallible set_target(Scope *s, git_transaction *transaction, const RefMove *move)
{
    git_oid id;
    git_signature *by;

    TRY(library_id(s, move->commit, &id));
    TRY(library_check(s, git_signature_new(&by, "dursor", "dursor@localhost", 0, 0), "moving %s",
                      move->ref));
    scope_undo(s, close_signature, by);
    return library_check(s, git_transaction_set_target(transaction, move->ref, &id, by, NULL),
                         "moving %s", move->ref);
}

static fallible check_value(Scope *s, const RefMove *move, const char *now, bool *done)
{
    *done = text_equal(now, move->commit);
    if (*done || text_equal(now, move->expected))
        return OK;
    return error_param(fail_code(s, CONFLICT, "branch_moved", "%s is at %s, not at %s", move->ref,
                                 now ? now : "nothing",
                                 move->expected ? move->expected : "nothing"),
                       "branch", move->ref);
}

fallible ref_move(Scope *s, GitRepo *repo, const RefMove *move)
{
    SCOPE(tmp, s);
    git_transaction *transaction;
    const char *now;
    bool done;

    TRY(lock_ref(tmp, repo, move->ref, &transaction));
    TRY(ref_find(tmp, repo, move->ref, &now));
    TRY(check_value(tmp, move, now, &done));
    if (done)
        return OK;
    if (move->commit)
        TRY(set_target(tmp, transaction, move));
    else
        TRY(library_check(s, git_transaction_remove(transaction, move->ref), "deleting %s",
                          move->ref));
    return library_check(s, git_transaction_commit(transaction), "moving %s", move->ref);
}

fallible ref_of_branch(Scope *s, const char *branch, const char **ref)
{
    if (!branch_valid(branch))
        return fail_code(s, INVALID, "branch_name_invalid", "'%s' is no name for a branch",
                         text_clean(s, bytes_of(branch), NULL));
    *ref = text(s, "refs/heads/%s", branch);
    return OK;
}

fallible git_branch_find(Scope *s, GitRepo *repo, const char *branch, const char **commit)
{
    const char *ref;

    TRY(ref_of_branch(s, branch, &ref));
    return ref_find(s, repo, ref, commit);
}

fallible git_branch_set(Scope *s, GitRepo *repo, const char *branch, const char *expected,
                        const char *commit)
{
    RefMove move = {.expected = expected, .commit = commit};
    SCOPE(tmp, s);
    git_commit *found;

    TRY(mirror_writing(tmp, repo->mirror, LOCK_SHARED));
    TRY(library_commit(tmp, repo, commit, &found));
    TRY(ref_of_branch(tmp, branch, &move.ref));
    return ref_move(s, repo, &move);
}

fallible git_branch_drop(Scope *s, GitRepo *repo, const char *branch, const char *expected)
{
    SCOPE(tmp, s);
    RefMove move = {.expected = expected};

    TRY(mirror_writing(tmp, repo->mirror, LOCK_SHARED));
    TRY(ref_of_branch(tmp, branch, &move.ref));
    return ref_move(s, repo, &move);
}
