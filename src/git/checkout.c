/* The user's own checkout. */

#include "git/checkout.h"

#include "git/branch.h"
#include "sys/file.h"

static GitCommand command_in(Scope *s, const Checkout *checkout, const TextList *args)
{
    GitCommand command = {.args = *args, .dir = checkout->top, .trust = GIT_TRUST_OWN};

    texts_add(s, &command.env, "GIT_LITERAL_PATHSPECS=1");
    if (checkout->index)
        texts_add(s, &command.env, text(s, "GIT_INDEX_FILE=%s", checkout->index));
    return command;
}

fallible checkout_git(Scope *s, const Checkout *checkout, const TextList *args, Bytes input,
                      ProcessResult *result)
{
    GitCommand command = command_in(s, checkout, args);

    command.input = input;
    return git_run(s, checkout->access, &command, result);
}

fallible checkout_word(Scope *s, const Checkout *checkout, const TextList *args, const char **out)
{
    ProcessResult result;

    TRY(checkout_git(s, checkout, args, (Bytes){0}, &result));
    *out = text_trim(s, text_of(s, result.out));
    return OK;
}

fallible checkout_open(Scope *s, const GitAccess *access, const char *path, Checkout *out)
{
    Checkout checkout = {.access = access, .top = path};
    const char *top;

    if (!directory_exists(path))
        return error_param(
            fail_code(s, MISSING, "repo_missing", "%s: there is no such folder", path), "repo",
            path);
    TRY(checkout_word(s, &checkout, &TEXTS("rev-parse", "--absolute-git-dir"), &checkout.git_dir));
    Error *e = checkout_word(s, &checkout, &TEXTS("rev-parse", "--show-toplevel"), &top);
    if (failed_as(e, UPSTREAM) || (!e && text_empty(top)))
        return fail(s, INVALID, "%s has no working tree to apply to: give the path of a checkout",
                    path);
    TRY(e);
    TRY(file_real_path(s, top, &checkout.top));
    *out = checkout;
    return OK;
}

fallible checkout_take(Scope *s, const Checkout *checkout, const char *mirror, const char *commit)
{
    GitCommand command = command_in(s, checkout,
                                    &TEXTS("fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                                           "--no-auto-maintenance", "--recurse-submodules=no",
                                           "--update-shallow", mirror, commit));
    /* Newer protocols let any commit be asked for by its id. */
    command.config = TEXTS("protocol.file.allow=always", "protocol.version=2");
    TRY_WHILE(git_run(s, checkout->access, &command, NULL), "copying the run's commit");
    return OK;
}

fallible checkout_commit(Scope *s, const Checkout *checkout, const char *tree,
                         const TextList *parents, const char **out)
{
    static const char *const by[] = {"GIT_AUTHOR_NAME=dursor", "GIT_AUTHOR_EMAIL=dursor@localhost",
                                     "GIT_COMMITTER_NAME=dursor",
                                     "GIT_COMMITTER_EMAIL=dursor@localhost"};
    TextList args = {0};
    ProcessResult result;

    texts_add(s, &args, "commit-tree");
    texts_add(s, &args, "--no-gpg-sign");
    EACH (const char *, parent, parents) {
        texts_add(s, &args, "-p");
        texts_add(s, &args, *parent);
    }
    texts_add(s, &args, "-m");
    texts_add(s, &args, "State saved by dursor");
    texts_add(s, &args, tree);
    GitCommand command = command_in(s, checkout, &args);
    for (size_t i = 0; i < COUNT_OF(by); i++)
        texts_add(s, &command.env, by[i]);
    TRY(git_run(s, checkout->access, &command, &result));
    *out = text_trim(s, text_of(s, result.out));
    return OK;
}

fallible git_branch_from(Scope *s, const BranchOrder *order)
{
    SCOPE(tmp, s);
    Checkout checkout;
    ProcessResult result;
    const char *ref = text(tmp, "refs/heads/%s", order->branch);

    if (!branch_valid(order->branch))
        return fail_code(s, INVALID, "branch_name_invalid", "'%s' is no name for a branch",
                         text_clean(s, bytes_of(order->branch), NULL));
    TRY(checkout_open(tmp, order->access, order->checkout, &checkout));
    GitCommand find = command_in(tmp, &checkout, &TEXTS("rev-parse", "--quiet", "--verify", ref));
    TRY(git_ask(tmp, order->access, &find, &result));
    const char *now = text_trim(tmp, text_of(tmp, result.out));
    if (result.status == 0 && text_equal(now, order->commit))
        return OK;
    if (result.status == 0)
        return error_param(
            fail_code(s, CONFLICT, "branch_exists",
                      "there is already a branch %s: choose another name, or delete it "
                      "with git branch -D %s",
                      order->branch, order->branch),
            "branch", order->branch);
    TRY(checkout_take(tmp, &checkout, order->mirror, order->commit));
    return checkout_git(tmp, &checkout,
                        &TEXTS("update-ref", "-m", "dursor: branch of a run", ref, order->commit,
                               "0000000000000000000000000000000000000000"),
                        (Bytes){0}, NULL);
}
