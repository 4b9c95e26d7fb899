/* Bringing a commit to a branch of the forge, whoever else pushes there. */

#include "service/pulls_parts.h"

#include "store/intents.h"

enum { PUSHES_MAX = 4 /* tries against others who push meanwhile */ };

/* ---- What a refused push means ---- */

static fallible protected_fault(Scope *s, const PullWork *w, const Error *e)
{
    return fail_code(s, DENIED, "forge_protected",
                     "a protection rule of %s/%s refuses the push: choose another "
                     "DURSOR_BRANCH_PREFIX, or let the GitHub App bypass the rule (%s)",
                     w->name.owner, w->name.name, e->message);
}

/* Git says 403 for an archived repository and for a missing permission; the API tells which. */
static fallible denied_fault(Scope *s, const PullWork *w, const Error *e)
{
    ForgeRepo repo;

    TRY(w->forge.driver->repo(s, &w->forge, &w->name, &repo));
    if (repo.archived)
        return error_param(
            fail_code(s, DENIED, "forge_archived",
                      "%s/%s is archived and read-only: unarchive it in its settings on GitHub, or "
                      "work on a fork",
                      w->name.owner, w->name.name),
            "repo", text(s, "%s/%s", w->name.owner, w->name.name));
    if (strstr(e->message, "workflow"))
        return fail_code(s, DENIED, "workflow_permission",
                         "the change touches .github/workflows: give the GitHub App or token the "
                         "permission Workflows \"Read and write\" as well");
    return fail_code(s, DENIED, "forge_permission",
                     "GitHub App lacks write access to %s/%s: give the App or token the permission "
                     "Contents \"Read and write\", and install the App on the repository (%s)",
                     w->name.owner, w->name.name, e->message);
}

static fallible push_fault(Scope *s, const PullWork *w, Error *e)
{
    static const char *const rules[] = {"protected branch", "gh006", "gh013", "rule violations"};
    const char *words = e ? text_lower(s, e->message) : "";

    if (!e)
        return OK;
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (strstr(words, rules[i]))
            return protected_fault(s, w, e);
    if (text_equal(e->code, "git_credentials") || text_equal(e->code, "repo_missing") ||
        strstr(words, "workflow"))
        return denied_fault(s, w, e);
    return e;
}

/* ---- Joining ---- */

static fallible is_here(Scope *s, PullWork *w, const char *commit, bool *out)
{
    GitCommitInfo info;
    Error *e = git_commit_info(s, w->git, commit, &info);

    *out = !e;
    if (failed_as(e, MISSING))
        return OK;
    return e;
}

static fallible take(Scope *s, PullWork *w, const char *branch, const char *commit)
{
    bool here;

    TRY(is_here(s, w, commit, &here));
    if (!here)
        TRY(push_fault(s, w, mirror_take_branch(s, w->mirror, branch)));
    return OK;
}

static GitPerson committer(const PullWork *w)
{
    const Settings *settings = w->app->settings;

    return (GitPerson){settings->git_author_name, settings->git_author_email, time_now()};
}

/* The commit that has both: what the branch has there and what the run made. Compared with what the
 * branch took from a run before, the run's result stands in its place and people's own commits stay. */
static fallible join(Scope *s, PullWork *w, const PullPush *push, const char *there,
                     const char **out)
{
    MergeResult merged = {0};
    MergeOrder order = {
        .ours = there,
        .theirs = push->commit,
        .base = push->took,
        .message = push->message ? push->message
                                 : text(s, "Merge run %s into %s", w->run.id, push->branch),
        .author = committer(w),
        .committer = committer(w),
        .ours_name = text(s, "the branch %s on GitHub", push->branch),
        .theirs_name = text(s, "run %s", w->run.id),
    };

    TRY(git_merge_into(s, w->git, &order, &merged));
    *out = merged.commit;
    return OK;
}

/* Whether the run goes on from what the branch took before, so that nothing of it is replaced. */
static fallible continues(Scope *s, PullWork *w, const PullPush *push, bool *out)
{
    *out = true;
    if (push->took)
        TRY(git_is_ancestor(s, w->git, push->took, push->commit, out));
    return OK;
}

/* Nothing to do when what is there has all of it already: the same was joined before. */
static fallible join_once(Scope *s, PullWork *w, const PullPush *push, const char *there,
                          const char **out)
{
    GitCommitInfo now, joined;

    TRY(join(s, w, push, there, out));
    TRY(git_commit_info(s, w->git, there, &now));
    TRY(git_commit_info(s, w->git, *out, &joined));
    if (text_equal(now.tree, joined.tree))
        *out = there;
    return OK;
}

/* What is to be there: the commit, what is there, or a commit with both. A commit that is below what is
 * there counts as there, unless another run's result has taken its place since. */
static fallible wanted(Scope *s, PullWork *w, const PullPush *push, const char *there,
                       const char **out)
{
    bool forward, behind, goes_on;
    PullPush merge = *push;

    *out = push->commit;
    if (!there || text_equal(there, push->commit))
        return OK;
    TRY(take(s, w, push->branch, there));
    TRY(continues(s, w, push, &goes_on));
    if (goes_on) {
        merge.took = NULL; /* their common ancestor serves */
        TRY(git_is_ancestor(s, w->git, push->commit, there, &behind));
        TRY(git_is_ancestor(s, w->git, there, push->commit, &forward));
        *out = behind ? there : push->commit;
        if (behind || forward)
            return OK;
    }
    return join_once(s, w, &merge, there, out);
}

/* ---- The push ---- */

static fallible push_once(Scope *s, PullWork *w, const PullPush *push, const char **head)
{
    const char *there, *commit;

    TRY(push_fault(s, w, mirror_branch_at(s, w->mirror, push->branch, &there)));
    TRY(wanted(s, w, push, there, &commit));
    if (!text_equal(there, commit))
        TRY(push_fault(s, w,
                       mirror_push(s, w->mirror, &(MirrorPush){commit, push->branch, there})));
    *head = commit;
    return OK;
}

static fallible record(Scope *s, PullWork *w, const Intent *intent, const char *head)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_write(tmp, w->app->store, w->caller, &tx));
    TRY(intent_end(tmp, tx, intent, (Json){text(tmp, "{\"head\":\"%s\"}", head)}));
    return tx_commit(tmp, tx);
}

Error *pull_push(Scope *s, PullWork *w, const PullPush *push, const char **head)
{
    Intent intent = {.kind = "push",
                     .key = text(s, "push:%s:%s:%s", w->repo.id, push->branch, push->commit)};
    Error *e = OK;

    TRY(pull_intend(s, w, &intent));
    for (int tried = 0; tried < PUSHES_MAX; tried++) {
        e = push_once(s, w, push, head);
        if (!e || !text_equal(e->code, "branch_moved"))
            break;
    }
    TRY(e);
    return record(s, w, &intent, *head);
}
