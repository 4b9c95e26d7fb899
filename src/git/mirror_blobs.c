/* The file contents that a partial mirror does not have yet. */

#include "git/library.h"
#include "git/mirror_parts.h"
#include "git/tree_walk.h"

enum { BATCH = 10 * 1000 /* blobs asked for at once */ };

/* Looked for without reading the pack folder anew at each miss. */
static bool here(GitRepo *repo, const git_oid *id)
{
    return git_odb_exists_ext(repo->odb, id, GIT_ODB_LOOKUP_NO_REFRESH);
}

static fallible still_missing(Scope *s, GitRepo *repo, const TextList *oids, TextList *out)
{
    TRY(library_check(s, git_odb_refresh(repo->odb), "reading the list of packs"));
    EACH (const char *, oid, oids) {
        git_oid id;
        TRY(library_id(s, *oid, &id));
        if (!here(repo, &id))
            *list_add(s, out) = *oid;
    }
    return OK;
}

static fallible fetch_batch(Scope *s, const Mirror *mirror, const TextList *oids)
{
    GitCommand command = {.args = TEXTS("fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                                        "--no-auto-maintenance", "--recurse-submodules=no",
                                        "--filter=blob:none", "--stdin", "origin"),
                          .config = TEXTS("fetch.negotiationAlgorithm=noop"),
                          .remote = &mirror->source};
    Buffer lines = buffer_in(s);

    EACH (const char *, oid, oids)
        buffer_format(&lines, "%s\n", *oid);
    command.input = buffer_view(&lines);
    return mirror_git(s, mirror, &command, NULL);
}

static fallible fetch_some(Scope *s, const Mirror *mirror, const TextList *oids)
{
    for (size_t i = 0; i < oids->count; i += BATCH) {
        SCOPE(tmp, s);
        size_t left = oids->count - i;
        TextList batch = {.items = oids->items + i, .count = left < BATCH ? left : BATCH};
        TRY(mirror_room(tmp, mirror->mirrors));
        TRY_WHILE(fetch_batch(tmp, mirror, &batch), "fetching %zu files", batch.count);
    }
    return OK;
}

/* Under a lock of its own, looked at again when it is held: parallel runs fetch what they share once. */
fallible mirror_need_blobs(Scope *s, const Mirror *mirror, const TextList *oids)
{
    SCOPE(tmp, s);
    TextList missing = {0}, left = {0};
    GitRepo *repo;

    if (!mirror->partial || oids->count == 0)
        return OK;
    TRY(git_open_path(tmp, mirror->git_dir, &repo));
    TRY(still_missing(tmp, repo, oids, &missing));
    if (missing.count == 0)
        return OK;
    TRY(mirror_lock(tmp, mirror->mirrors, mirror->repo_id, "blobs"));
    TRY(still_missing(tmp, repo, &missing, &left));
    return fetch_some(tmp, mirror, &left);
}

typedef struct Missing {
    GitRepo *repo;
    TextList oids;
} Missing;

static Error *note_missing(Scope *s, void *arg, const char *path, const git_tree_entry *entry)
{
    Missing *missing = arg;
    const git_oid *id = git_tree_entry_id(entry);

    (void)path;
    if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && !here(missing->repo, id))
        *list_add(s, &missing->oids) = library_hex(s, id);
    return OK;
}

static fallible find_missing(Scope *s, const Mirror *mirror, const char *commit, Missing *out)
{
    git_tree *tree;

    TRY(git_open_path(s, mirror->git_dir, &out->repo));
    TRY(library_commit_tree(s, out->repo, commit, &tree));
    return tree_walk(s, out->repo, tree, note_missing, out);
}

fallible mirror_missing(Scope *s, const Mirror *mirror, const char *commit, int64_t *count)
{
    SCOPE(tmp, s);
    Missing missing = {0};

    if (mirror->partial)
        TRY(find_missing(tmp, mirror, commit, &missing));
    *count = (int64_t)missing.oids.count;
    return OK;
}

fallible mirror_fill(Scope *s, const Mirror *mirror, const char *commit)
{
    SCOPE(tmp, s);
    Missing missing = {0};

    if (!mirror->partial)
        return OK;
    TRY(find_missing(tmp, mirror, commit, &missing));
    for (size_t i = 0; i < missing.oids.count; i += BATCH) {
        size_t left = missing.oids.count - i;
        TextList batch = {.items = missing.oids.items + i, .count = left < BATCH ? left : BATCH};
        TRY(mirror_need_blobs(tmp, mirror, &batch));
    }
    return OK;
}
