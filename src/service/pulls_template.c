/* The repository's pull request templates, where GitHub looks for them, in any case of letters. */

#include "service/pulls_block.h"
#include "service/pulls_parts.h"

#include <stdlib.h>
#include <strings.h>

#include "service/repos.h"

/* A folder's rank: single templates of .github, the root and docs, then those of a folder of several. */
enum { RANK_GITHUB = 1, RANK_ROOT, RANK_DOCS, RANK_DEFAULT, RANK_SEVERAL, RANK_NONE };

#define SINGLE  "pull_request_template.md"
#define SEVERAL "pull_request_template/"

static bool starts(const char *t, const char *prefix)
{
    return strncasecmp(t, prefix, strlen(prefix)) == 0;
}

static int rank_within(const char *rest, int single)
{
    if (strcasecmp(rest, SINGLE) == 0)
        return single;
    if (!starts(rest, SEVERAL))
        return RANK_NONE;
    const char *name = rest + strlen(SEVERAL);
    size_t size = strlen(name);
    if (strchr(name, '/') || size < 4 || strcasecmp(name + size - 3, ".md") != 0)
        return RANK_NONE;
    return strcasecmp(name, "default.md") == 0 ? RANK_DEFAULT : RANK_SEVERAL;
}

static int rank_of(const char *path)
{
    if (starts(path, ".github/"))
        return rank_within(path + strlen(".github/"), RANK_GITHUB);
    if (starts(path, "docs/"))
        return rank_within(path + strlen("docs/"), RANK_DOCS);
    return rank_within(path, RANK_ROOT);
}

static int by_rank(const void *a, const void *b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    int order = rank_of(left) - rank_of(right);

    return order ? order : strcmp(left, right);
}

/* Best first. */
static fallible list(Scope *s, GitRepo *git, const char *commit, TextList *out)
{
    SCOPE(tmp, s);
    TreeEntryList entries = {0};

    TRY(git_tree_list(tmp, git, commit, &entries));
    EACH (const TreeEntry, entry, &entries)
        if (rank_of(entry->path) != RANK_NONE && utf8_valid(bytes_of(entry->path)) &&
            (entry->mode == MODE_FILE || entry->mode == MODE_EXECUTABLE))
            texts_add(s, out, text_copy(s, entry->path));
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_rank);
    return OK;
}

/* As of the branch the pull request goes to: templates are those that GitHub would show. */
static fallible read_template(Scope *s, PullWork *w, const char *commit, const char *path,
                              const char **out)
{
    Bytes bytes;

    TRY_WHILE(git_read(s, w->git, &(FileAt){commit, path, PULL_TEMPLATE_MAX}, &bytes),
              "reading the template %s", path);
    if (!utf8_valid(bytes))
        return error_param(fail_code(s, INVALID, "template_not_text",
                                     "the template %s is not valid UTF-8: save it in that encoding",
                                     path),
                           "path", path);
    *out = text_of(s, bytes);
    return OK;
}

Error *pull_template_read(Scope *s, PullWork *w, const char *path, const char **out)
{
    TextList all = {0};
    const char *commit;

    *out = NULL;
    Error *e = mirror_resolve(s, w->mirror, w->base, &commit);
    if (failed_as(e, MISSING))
        commit =
            w->commit; /* a base that only the forge has: the run's own tree has templates too */
    else
        TRY(e);
    TRY(list(s, w->git, commit, &all));
    if (text_empty(path))
        return all.count ? read_template(s, w, commit, all.items[0], out) : OK;
    if (!texts_have(&all, path))
        return error_param(
            fail_code(s, INVALID, "template_missing",
                      "%s is no pull request template of this repository: take one of "
                      "GET /v1/repos/%s/pull-request-templates",
                      path, w->repo.id),
            "path", path);
    return read_template(s, w, commit, path, out);
}

Error *pulls_templates(Scope *s, App *app, const Caller *caller, const char *repo_id,
                       TemplateNames *out)
{
    Mirror *mirror;
    GitRepo *git;
    const char *commit;
    Repo repo;
    {
        SCOPE(tmp, s);
        Tx *tx;
        TRY(tx_read(tmp, app->store, caller, &tx));
        TRY(repo_get(s, tx, repo_id, &repo));
    }
    *out = (TemplateNames){0};
    TRY(repo_mirror(s, app, &repo, &mirror));
    TRY(git_open(s, mirror, &git));
    TRY(mirror_resolve(s, mirror, repo.default_branch, &commit));
    TRY(list(s, git, commit, &out->templates));
    out->default_template = out->templates.count ? out->templates.items[0] : NULL;
    return OK;
}
