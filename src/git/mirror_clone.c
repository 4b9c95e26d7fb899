/* Makes mirrors. */

#include "git/mirror_parts.h"

#include <stdio.h>

#include "sys/fault.h"

enum { LINK_TRIES = 3 };

#define CONFIG_START                                                                               \
    "[core]\n\trepositoryformatversion = %d\n\tfilemode = true\n\tbare = true\n"                   \
    "\tlogAllRefUpdates = false\n[gc]\n\tauto = 0\n"                                               \
    "[remote \"origin\"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
#define CONFIG_PARTIAL "\tpromisor = true\n\tpartialclonefilter = blob:none\n"

static fallible write_config(Scope *s, const Mirror *mirror)
{
    const char *config =
        text(s, CONFIG_START "%s", mirror->partial, mirror->partial ? CONFIG_PARTIAL : "");

    return file_write(s, text(s, "%s/config", mirror->git_dir), bytes_of(config), 0600);
}

static fallible make_empty(Scope *s, const Mirror *mirror)
{
    GitCommand init = {.args = TEXTS("init", "--quiet", "--bare",
                                     "--template=", "--object-format=sha1", mirror->git_dir)};

    TRY(git_run(s, &mirror->mirrors->access, &init, NULL));
    return write_config(s, mirror);
}

/* ---- Local sources: by hard link ---- */

static fallible pack_names(Scope *s, const LocalSource *local, const char **out)
{
    TextList names = {0};
    Error *e = directory_list(s, text(s, "%s/objects/pack", local->common_dir), &names);

    if (!failed_as(e, MISSING))
        TRY(e);
    *out = text_join(s, &names, "/");
    return OK;
}

/* git clone links or copies the object files one by one. That is only whole when no pack came or went
 * meanwhile; loose objects go only when a pack has them. */
static fallible link_objects(Scope *s, const Mirror *mirror, bool *whole)
{
    const char *before, *after;
    ProcessResult result;
    GitCommand clone = {.args = TEXTS("clone", "--quiet", "--bare", "--template=", "--",
                                      mirror->local->common_dir, mirror->git_dir),
                        .remote = &mirror->source};

    TRY(pack_names(s, mirror->local, &before));
    TRY(git_ask(s, &mirror->mirrors->access, &clone, &result));
    TRY(pack_names(s, mirror->local, &after));
    *whole = result.status == 0 && text_equal(before, after);
    return *whole ? OK : tree_remove(s, mirror->git_dir);
}

/* The source's branches, which clone put where those of runs belong. */
static fallible drop_heads(Scope *s, const Mirror *mirror)
{
    ProcessResult result;

    TRY(mirror_git(
        s, mirror,
        &(GitCommand){.args = TEXTS("for-each-ref", "--format=delete %(refname)", "refs/heads/")},
        &result));
    TRY(mirror_git(s, mirror,
                   &(GitCommand){.args = TEXTS("symbolic-ref", "HEAD", "refs/heads/main")}, NULL));
    return mirror_git(s, mirror,
                      &(GitCommand){.args = TEXTS("update-ref", "--stdin"), .input = result.out},
                      NULL);
}

static bool can_link(const Mirror *mirror, Scope *s)
{
    return mirror->local && !mirror->local->shallow &&
           !file_exists(text(s, "%s/objects/info/alternates", mirror->local->common_dir));
}

/* *linked is false when the objects have to be fetched: shallow, borrowing, or busy sources. */
static fallible clone_by_link(Scope *s, const Mirror *mirror, bool *linked)
{
    *linked = false;
    for (int i = 0; can_link(mirror, s) && i < LINK_TRIES && !*linked; i++)
        TRY(link_objects(s, mirror, linked));
    if (!*linked)
        return OK;
    TRY(write_config(s, mirror));
    /* While its own branches are there, git need not walk all of history to see that it is whole. */
    TRY(mirror_fetch_refs(s, mirror));
    return drop_heads(s, mirror);
}

static fallible clone_into(Scope *s, const Mirror *mirror)
{
    bool linked;

    TRY(clone_by_link(s, mirror, &linked));
    if (linked)
        return OK;
    TRY(make_empty(s, mirror));
    return mirror_fetch_refs(s, mirror);
}

/* What a killed process left. Under the lock nobody else is making one. */
static fallible drop_leftovers(Scope *s, const char *folder)
{
    TextList names = {0};

    TRY(directory_list(s, folder, &names));
    EACH (const char *, name, &names)
        if (text_starts(*name, "new-"))
            TRY(tree_remove(s, text(s, "%s/%s", folder, *name)));
    return OK;
}

fallible mirror_clone(Scope *s, const Mirror *mirror)
{
    SCOPE(tmp, s);
    const char *folder = text(tmp, "%s/%s", mirror->mirrors->dir, mirror->repo_id), *place;
    Mirror fresh = *mirror;

    TRY(mirror_room(tmp, mirror->mirrors));
    TRY(drop_leftovers(tmp, folder));
    TRY(directory_temporary(tmp, folder, "new", &place));
    fresh.git_dir = text(tmp, "%s/repo.git", place);
    TRY_WHILE(clone_into(tmp, &fresh), "cloning");
    if (rename(fresh.git_dir, mirror->git_dir) < 0)
        return fail_errno(s, errno, "renaming %s", fresh.git_dir);
    return OK;
}
