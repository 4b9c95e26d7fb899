/* Pushing from a mirror, and care for it. */

#include "git/branch.h"
#include "git/library.h"
#include "git/mirror_parts.h"

static fallible check_push(Scope *s, const MirrorPush *push)
{
    git_oid id;

    if (!branch_valid(push->branch))
        return fail_code(s, INVALID, "branch_name_invalid", "'%s' is no name for a branch",
                         text_clean(s, bytes_of(push->branch), NULL));
    if (push->expected)
        TRY(library_id(s, push->expected, &id));
    return library_id(s, push->commit, &id);
}

fallible mirror_branch_at(Scope *s, const Mirror *mirror, const char *branch, const char **out)
{
    const char *ref = text(s, "refs/heads/%s", branch);
    ProcessResult result;

    TRY(mirror_git(
        s, mirror,
        &(GitCommand){.args = TEXTS("ls-remote", "origin", ref), .remote = &mirror->source},
        &result));
    TextList lines = text_split(s, text_of(s, result.out), '\n');
    *out = NULL;
    EACH (const char *, line, &lines) /* the pattern also fits longer names that end so */
        if (strlen(*line) > GIT_ID_SIZE && text_equal(*line + GIT_ID_SIZE + 1, ref))
            *out = text_of(s, (Bytes){*line, GIT_ID_SIZE});
    return OK;
}

fallible mirror_take_branch(Scope *s, const Mirror *mirror, const char *branch)
{
    SCOPE(tmp, s);

    if (!branch_valid(branch))
        return fail_code(s, INVALID, "branch_name_invalid", "'%s' is no name for a branch",
                         text_clean(s, bytes_of(branch), NULL));
    TRY(mirror_room(tmp, mirror->mirrors));
    TRY(mirror_lock(tmp, mirror->mirrors, mirror->repo_id, "fetch"));
    return mirror_git(
        tmp, mirror,
        &(GitCommand){.args =
                          TEXTS("fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                                "--recurse-submodules=no", "origin",
                                text(tmp, "+refs/heads/%s:refs/dursor/there/%s", branch, branch)),
                      .remote = &mirror->source},
        NULL);
}

fallible mirror_push(Scope *s, const Mirror *mirror, const MirrorPush *push)
{
    SCOPE(tmp, s);
    const char *now;

    TRY(check_push(tmp, push));
    TRY(mirror_branch_at(tmp, mirror, push->branch, &now));
    if (text_equal(now, push->commit))
        return OK;
    if (!text_equal(now, push->expected))
        return error_param(fail_code(s, CONFLICT, "branch_moved",
                                     "the branch %s is at %s there, not at %s", push->branch,
                                     now ? now : "nothing",
                                     push->expected ? push->expected : "nothing"),
                           "branch", push->branch);
    /* The lease holds against whoever comes between. */
    GitCommand command = {.args = TEXTS("push", "--quiet", "--no-verify", "--no-follow-tags",
                                        "--recurse-submodules=no",
                                        text(tmp, "--force-with-lease=refs/heads/%s:%s",
                                             push->branch, push->expected ? push->expected : ""),
                                        "origin",
                                        text(tmp, "%s:refs/heads/%s", push->commit, push->branch)),
                          .remote = &mirror->source};
    return mirror_git(tmp, mirror, &command, NULL);
}

/* Refs before objects: what they reach is kept. A partial mirror keeps what its server promised in
 * packs of their own, which git repacks apart. */
fallible mirror_tidy(Scope *s, const Mirror *mirror, int64_t spare_us)
{
    SCOPE(tmp, s);
    const char *spare = text(tmp, "--expire=%lld.seconds.ago", (long long)(spare_us / US_PER_S));
    const char *loosen =
        text(tmp, "--unpack-unreachable=%lld.seconds.ago", (long long)(spare_us / US_PER_S));

    TRY(mirror_room(tmp, mirror->mirrors));
    TRY(mirror_lock(tmp, mirror->mirrors, mirror->repo_id, "fetch"));
    TRY(mirror_writing(tmp, mirror, LOCK_EXCLUSIVE));
    TRY(mirror_git(tmp, mirror, &(GitCommand){.args = TEXTS("pack-refs", "--all", "--prune")},
                   NULL));
    TRY(mirror_git(tmp, mirror,
                   &(GitCommand){.args = TEXTS("repack", "--quiet", "--no-write-bitmap-index", "-d",
                                               "-l", "-A", loosen)},
                   NULL));
    return mirror_git(tmp, mirror, &(GitCommand){.args = TEXTS("prune", spare)}, NULL);
}
