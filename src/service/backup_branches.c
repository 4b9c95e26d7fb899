/* What runs have committed and no other place has. */

#include "service/backup_parts.h"
#include "service/repos.h"

static const char *git_dir(Scope *s, const App *app, const char *repo_id)
{
    return text(s, "%s/%s/repo.git", app->mirrors->dir, repo_id);
}

/* Without what the source has: a restored mirror fetches that from there. */
fallible branches_save(Scope *s, App *app, const char *repo_id, const char *file, bool *made)
{
    GitCommand command = {
        .args = TEXTS("bundle", "create", "--quiet", file, "--branches", "--not", "--remotes"),
        .git_dir = git_dir(s, app, repo_id)};
    ProcessResult result;

    TRY(git_ask(s, &app->mirrors->access, &command, &result));
    *made = result.status == 0;
    if (bytes_find(result.err, BYTES("empty bundle"), 0) >= 0)
        return OK;
    return git_outcome(s, &app->mirrors->access, &command, &result);
}

/* "COMMIT refs/heads/NAME" a line, as commands of update-ref. */
static Bytes ref_updates(Scope *s, Bytes heads)
{
    Buffer b = buffer_in(s);
    Bytes line;

    while (bytes_line(&heads, &line)) {
        ptrdiff_t at = bytes_find(line, BYTES(" refs/heads/"), 0);
        if (at > 0)
            buffer_format(&b, "update %.*s %.*s\n", (int)(line.size - (size_t)at - 1),
                          line.data + at + 1, (int)at, line.data);
    }
    return buffer_view(&b);
}

static fallible repo_row(Scope *s, App *app, const char *repo_id, Repo *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, app->store, &local_caller, &tx));
    return repo_get(s, tx, repo_id, out);
}

fallible branches_load(Scope *s, App *app, const char *repo_id, const char *file)
{
    ProcessResult result;
    Mirror *mirror;
    Repo repo;

    TRY(repo_row(s, app, repo_id, &repo));
    TRY(repo_mirror(s, app, &repo, &mirror));
    GitCommand unpack = {.args = TEXTS("bundle", "unbundle", file), .git_dir = mirror->git_dir};
    TRY(git_run(s, &app->mirrors->access, &unpack, &result));
    GitCommand update = {.args = TEXTS("update-ref", "--stdin"),
                         .git_dir = mirror->git_dir,
                         .input = ref_updates(s, result.out)};
    return git_run(s, &app->mirrors->access, &update, NULL);
}
