/* Uncommitted changes, looked for by libgit2: the git program would run the filters that the checkout's
 * own configuration names. */

#include "git/library.h"

static void repository_free(void *repository)
{
    git_repository_free(repository);
}

static void list_free(void *list)
{
    git_status_list_free(list);
}

fallible local_dirty(Scope *s, const char *path, bool *out)
{
    SCOPE(tmp, s);
    git_repository *repository;
    git_status_list *list;
    git_status_options options = GIT_STATUS_OPTIONS_INIT;

    TRY(library_start(s));
    TRY(library_check(s, git_repository_open_ext(&repository, path, 0, NULL), "opening %s", path));
    scope_undo(tmp, repository_free, repository);
    options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
    TRY(library_check(s, git_status_list_new(&list, repository, &options),
                      "looking for changes in %s", path));
    scope_undo(tmp, list_free, list);
    *out = git_status_list_entrycount(list) > 0;
    return OK;
}
