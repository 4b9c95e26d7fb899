/* A mirror taken as it is. */

#include "base/id.h"
#include "git/mirror.h"
#include "sys/file.h"

const char *mirror_here(Scope *s, const Mirrors *mirrors, const char *repo_id)
{
    const char *git_dir = text(s, "%s/%s/repo.git", mirrors->dir, repo_id);

    return id_valid(repo_id) && directory_exists(git_dir) ? git_dir : NULL;
}

fallible mirror_use(Scope *s, const Mirrors *mirrors, const char *repo_id, const RepoUrl *source,
                    Mirror **out)
{
    const char *git_dir = mirror_here(s, mirrors, repo_id);
    bool allowed = mirrors->allow_file || !repo_url_local(source);

    if (!allowed || !git_dir)
        return mirror_open(s, mirrors, repo_id, source, out);
    *out = NEW(s, Mirror);
    **out = (Mirror){.mirrors = mirrors,
                     .repo_id = text_copy(s, repo_id),
                     .git_dir = git_dir,
                     .head_ref = "refs/dursor/head/origin",
                     .source = *source,
                     .partial = !repo_url_local(source)};
    return OK;
}
