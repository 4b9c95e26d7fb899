/* Changes of files applied to a tree.
 *
 * The paths are resolved against the base tree and checked first, all of them; then the blobs are
 * written; then the trees, in two steps, removals before the rest, so that a file may take the place
 * of a folder and the other way round. */

#include "git/tree_change.h"

#include "git/forbidden.h"

typedef LIST_OF(git_tree_update) UpdateList;

typedef struct Changing {
    GitRepo *repo;
    git_tree *base;
    TextList gone; /* paths that are removed */
    TextList made; /* paths that are there afterwards */
    UpdateList removals, upserts;
} Changing;

/* What stands at a path of the base. */
typedef struct Standing {
    unsigned mode; /* 0: nothing */
    git_oid id;
} Standing;

static fallible refuse(Scope *s, const char *path, const char *why)
{
    return error_param(
        fail_code(s, INVALID, "path_refused", "%s: %s", text_clean(s, bytes_of(path), NULL), why),
        "path", text_clean(s, bytes_of(path), NULL));
}

static fallible check_path(Scope *s, const char *path)
{
    const char *why = path_refused(path);

    return why ? refuse(s, path, text(s, "this path %s", why)) : OK;
}

/* Looks the path up; *above is the path of a file or link that stands where a folder should be. */
static fallible look_up(Scope *s, Changing *c, const char *path, Standing *at, const char **above)
{
    const git_tree *tree = c->base;

    *at = (Standing){0};
    *above = NULL;
    for (const char *part = path;;) {
        size_t size = strcspn(part, "/");
        const git_tree_entry *entry = git_tree_entry_byname(tree, text_of(s, (Bytes){part, size}));
        if (!entry)
            return OK;
        bool last = !part[size], folder = git_tree_entry_type(entry) == GIT_OBJECT_TREE;
        if (last)
            *at = (Standing){(unsigned)git_tree_entry_filemode(entry), *git_tree_entry_id(entry)};
        if (!last && !folder)
            *above = text_of(s, (Bytes){path, (size_t)(part + size - path)});
        if (last || !folder)
            return OK;
        git_tree *below;
        TRY(library_tree(s, c->repo, git_tree_entry_id(entry), &below));
        tree = below;
        part += size + 1;
    }
}

static bool plain_file(unsigned mode)
{
    return mode == MODE_FILE || mode == MODE_EXECUTABLE;
}

/* A path that must be a plain file now. */
static fallible must_stand(Scope *s, Changing *c, const char *path, Standing *at)
{
    const char *above;

    TRY(check_path(s, path));
    TRY(look_up(s, c, path, at, &above));
    if (at->mode == 0)
        return refuse(s, path, "there is no such file");
    if (at->mode == MODE_TREE)
        return refuse(s, path, "it is a folder");
    if (!plain_file(at->mode))
        return refuse(s, path,
                      at->mode == MODE_SYMLINK ? "it is a symbolic link" : "it is a submodule");
    return OK;
}

static fallible mode_of(Scope *s, const TreeChange *change, unsigned before, unsigned *out)
{
    *out = change->mode ? change->mode : before;
    return plain_file(*out)
               ? OK
               : refuse(s, change->path, "its mode can only be that of a file or a program");
}

static void add_removal(Scope *s, Changing *c, const char *path)
{
    *list_add(s, &c->removals) = (git_tree_update){.action = GIT_TREE_UPDATE_REMOVE, .path = path};
    *list_add(s, &c->gone) = path;
}

static void add_upsert(Scope *s, Changing *c, const char *path, Standing to)
{
    *list_add(s, &c->upserts) = (git_tree_update){.action = GIT_TREE_UPDATE_UPSERT,
                                                  .path = path,
                                                  .id = to.id,
                                                  .filemode = (git_filemode_t)to.mode};
    *list_add(s, &c->made) = path;
}

static fallible write_blob(Scope *s, Changing *c, const TreeChange *change, git_oid *out)
{
    return library_check(s,
                         git_blob_create_from_buffer(out, c->repo->native, change->content.data,
                                                     change->content.size),
                         "writing %s", change->path);
}

static fallible plan_create(Scope *s, Changing *c, const TreeChange *change)
{
    Standing at;
    const char *above;

    TRY(check_path(s, change->path));
    TRY(look_up(s, c, change->path, &at, &above));
    if (plain_file(at.mode))
        return refuse(s, change->path, "the file is already there");
    TRY(mode_of(s, change, MODE_FILE, &at.mode));
    TRY(write_blob(s, c, change, &at.id));
    add_upsert(s, c, change->path, at);
    return OK;
}

static fallible plan_replace(Scope *s, Changing *c, const TreeChange *change)
{
    Standing at;

    TRY(must_stand(s, c, change->path, &at));
    TRY(mode_of(s, change, at.mode, &at.mode));
    if (change->op == TREE_REPLACE)
        TRY(write_blob(s, c, change, &at.id));
    add_upsert(s, c, change->path, at);
    return OK;
}

static fallible plan_delete(Scope *s, Changing *c, const TreeChange *change)
{
    Standing at;

    TRY(must_stand(s, c, change->path, &at));
    add_removal(s, c, change->path);
    return OK;
}

static fallible plan_rename(Scope *s, Changing *c, const TreeChange *change)
{
    Standing from, to;
    const char *above;

    TRY(must_stand(s, c, change->path, &from));
    if (!change->new_path)
        return refuse(s, change->path, "the new name is missing");
    TRY(check_path(s, change->new_path));
    TRY(look_up(s, c, change->new_path, &to, &above));
    if (plain_file(to.mode))
        return refuse(s, change->new_path, "the file is already there");
    TRY(mode_of(s, change, from.mode, &from.mode));
    if (!change->keep_content)
        TRY(write_blob(s, c, change, &from.id));
    add_removal(s, c, change->path);
    add_upsert(s, c, change->new_path, from);
    return OK;
}

typedef Error *Plan(Scope *s, Changing *c, const TreeChange *change);

static fallible plan(Scope *s, Changing *c, const TreeChange *change)
{
    static Plan *const plans[] = {[TREE_CREATE] = plan_create,
                                  [TREE_REPLACE] = plan_replace,
                                  [TREE_DELETE] = plan_delete,
                                  [TREE_RENAME] = plan_rename,
                                  [TREE_CHMOD] = plan_replace};

    if (change->op < TREE_CREATE || change->op > TREE_CHMOD)
        return fail(s, INVALID, "%s: unknown change", change->path ? change->path : "");
    if (text_empty(change->path))
        return fail(s, INVALID, "a change without a path");
    return plans[change->op](s, c, change);
}

/* ---- Do they go together? ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_texts(TextList *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, by_text);
}

static bool sorted_has(const TextList *list, const char *path)
{
    return list->count && bsearch(&path, list->items, list->count, sizeof *list->items, by_text);
}

/* A file at a path that is made, or at a folder above it, must be gone. */
static fallible check_made(Scope *s, Changing *c, const char *path)
{
    Standing at;
    const char *above;

    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        if (sorted_has(&c->made, text_of(s, (Bytes){path, (size_t)(slash - path)})))
            return refuse(s, path, "a folder above it is made a file");
    TRY(look_up(s, c, path, &at, &above));
    if (above && !sorted_has(&c->gone, above))
        return refuse(s, path, text(s, "%s is no folder", text_clean(s, bytes_of(above), NULL)));
    if (at.mode == MODE_SYMLINK || at.mode == MODE_SUBMODULE)
        return refuse(s, path, "a link or a submodule stands there");
    return OK;
}

static fallible check_together(Scope *s, Changing *c)
{
    sort_texts(&c->gone);
    sort_texts(&c->made);
    for (size_t i = 0; i < c->made.count; i++) {
        const char *path = c->made.items[i];
        if ((i && text_equal(path, c->made.items[i - 1])) || sorted_has(&c->gone, path))
            return refuse(s, path, "it changes twice");
        TRY(check_made(s, c, path));
    }
    for (size_t i = 1; i < c->gone.count; i++)
        if (text_equal(c->gone.items[i], c->gone.items[i - 1]))
            return refuse(s, c->gone.items[i], "it changes twice");
    return OK;
}

/* ---- Trees ---- */

static fallible update(Scope *s, Changing *c, const UpdateList *updates, git_oid *tree)
{
    SCOPE(tmp, s);
    git_tree *base;

    if (updates->count == 0)
        return OK;
    TRY(library_tree(tmp, c->repo, tree, &base));
    return library_check(
        s, git_tree_create_updated(tree, c->repo->native, base, updates->count, updates->items),
        "writing the changed folders");
}

/* Whether a folder that stands where a file is made has been emptied by the removals. */
static fallible check_folders_gone(Scope *s, Changing *c, const git_oid *after)
{
    SCOPE(tmp, s);
    Changing now = {.repo = c->repo};

    TRY(library_tree(tmp, c->repo, after, &now.base));
    EACH (const char *, path, &c->made) {
        Standing at;
        const char *above;
        TRY(look_up(tmp, &now, *path, &at, &above));
        if (at.mode == MODE_TREE)
            return refuse(s, *path, "a folder stands there");
    }
    return OK;
}

fallible tree_change(Scope *s, GitRepo *repo, git_tree *base, const TreeChangeList *changes,
                     git_oid *out)
{
    Changing c = {.repo = repo, .base = base};
    git_oid tree = *git_tree_id(base);

    EACH (const TreeChange, change, changes)
        TRY(plan(s, &c, change));
    TRY(check_together(s, &c));
    TRY(update(s, &c, &c.removals, &tree));
    TRY(check_folders_gone(s, &c, &tree));
    TRY(update(s, &c, &c.upserts, &tree));
    *out = tree;
    return OK;
}
