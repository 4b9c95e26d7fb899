/* Walks trees with limits. */

#include "git/tree_walk.h"

#include "git/forbidden.h"

enum { FOLDERS_DEEP_MAX = 256 /* levels: deeper trees break the programs that check them out */ };

typedef struct Walk {
    GitRepo *repo;
    TreeVisit *visit;
    void *arg;
    Buffer path;
    size_t seen;
    int depth;
} Walk;

static fallible count_entry(Scope *s, Walk *walk)
{
    if (++walk->seen > GIT_TREE_ENTRIES_MAX)
        return fail(s, TOO_LARGE, "the commit has more than %d files", GIT_TREE_ENTRIES_MAX);
    if (walk->path.size > TREE_PATH_MAX || walk->depth > FOLDERS_DEEP_MAX)
        return fail(s, TOO_LARGE, "the commit has folders that are nested too deep");
    return walk->seen % 4096 ? OK : scope_check(s);
}

static fallible walk_tree(Scope *s, Walk *walk, const git_tree *tree);

static fallible walk_entry(Scope *s, Walk *walk, const git_tree_entry *entry)
{
    SCOPE(tmp, s);
    git_tree *below;

    TRY(count_entry(s, walk));
    if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
        return walk->visit(s, walk->arg, buffer_string(&walk->path), entry);
    TRY(library_tree(tmp, walk->repo, git_tree_entry_id(entry), &below));
    buffer_char(&walk->path, '/');
    walk->depth++;
    TRY(walk_tree(s, walk, below));
    walk->depth--;
    return OK;
}

static void path_cut(Buffer *path, size_t size)
{
    path->size = size;
    path->data[size] = '\0';
}

/* What visit makes goes to s, so it is the same scope at all levels. */
static fallible walk_tree(Scope *s, Walk *walk, const git_tree *tree)
{
    size_t count = git_tree_entrycount(tree), before = walk->path.size;

    for (size_t i = 0; i < count; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        buffer_text(&walk->path, git_tree_entry_name(entry));
        TRY(walk_entry(s, walk, entry));
        path_cut(&walk->path, before);
    }
    return OK;
}

fallible tree_walk(Scope *s, GitRepo *repo, const git_tree *tree, TreeVisit *visit, void *arg)
{
    SCOPE(tmp, s);
    Walk walk = {.repo = repo, .visit = visit, .arg = arg, .path = buffer_in(tmp)};

    buffer_text(&walk.path, "");
    return walk_tree(s, &walk, tree);
}

/* ---- Two trees side by side ---- */

typedef struct Comparison {
    GitRepo *repo;
    TreeDeltaList *out;
    size_t seen, most;
    Buffer path;
    int depth;
} Comparison;

/* One name on both sides; either may be NULL. */
typedef struct Sides {
    const git_tree_entry *from, *to;
} Sides;

static bool is_folder(const git_tree_entry *entry)
{
    return entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

static bool same_entry(const git_tree_entry *a, const git_tree_entry *b)
{
    return a && b && git_oid_equal(git_tree_entry_id(a), git_tree_entry_id(b)) &&
           git_tree_entry_filemode_raw(a) == git_tree_entry_filemode_raw(b);
}

/* The mode as git shows it: executable or not. */
static unsigned plain_mode(const git_tree_entry *entry)
{
    return (unsigned)git_tree_entry_filemode(entry);
}

static void add_delta(Scope *s, Comparison *c, Sides sides)
{
    TreeDelta delta = {.path = text_copy(s, buffer_string(&c->path))};
    bool from = sides.from && !is_folder(sides.from), to = sides.to && !is_folder(sides.to);

    if (from) {
        delta.old_id = *git_tree_entry_id(sides.from);
        delta.old_mode = plain_mode(sides.from);
    }
    if (to) {
        delta.new_id = *git_tree_entry_id(sides.to);
        delta.new_mode = plain_mode(sides.to);
    }
    if (from || to)
        *list_add(s, c->out) = delta;
}

static fallible compare_trees(Scope *s, Comparison *c, const git_tree *from, const git_tree *to);

static fallible open_folder(Scope *s, Comparison *c, const git_tree_entry *entry, git_tree **out)
{
    *out = NULL;
    return is_folder(entry) ? library_tree(s, c->repo, git_tree_entry_id(entry), out) : OK;
}

static fallible compare_entry(Scope *s, Comparison *c, Sides sides)
{
    SCOPE(tmp, s);
    git_tree *from, *to;

    if (same_entry(sides.from, sides.to))
        return OK;
    if (++c->seen > c->most)
        return fail(s, TOO_LARGE, "more than %zu files differ", c->most);
    if (c->path.size > TREE_PATH_MAX || c->depth > FOLDERS_DEEP_MAX)
        return fail(s, TOO_LARGE, "the commit has folders that are nested too deep");
    add_delta(s, c, sides);
    if (!is_folder(sides.from) && !is_folder(sides.to))
        return OK;
    TRY(open_folder(tmp, c, sides.from, &from));
    TRY(open_folder(tmp, c, sides.to, &to));
    buffer_char(&c->path, '/');
    c->depth++;
    TRY(compare_trees(s, c, from, to));
    c->depth--;
    return OK;
}

/* By name alone: git sorts folders as if a slash stood behind them, so "a" the file and "a" the
 * folder stand apart. Those of the one side are looked up in the other. */
static fallible compare_trees(Scope *s, Comparison *c, const git_tree *from, const git_tree *to)
{
    size_t before = c->path.size;

    for (size_t i = 0; from && i < git_tree_entrycount(from); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(from, i);
        const char *name = git_tree_entry_name(entry);
        buffer_text(&c->path, name);
        TRY(compare_entry(s, c, (Sides){entry, to ? git_tree_entry_byname(to, name) : NULL}));
        path_cut(&c->path, before);
    }
    for (size_t i = 0; to && i < git_tree_entrycount(to); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(to, i);
        const char *name = git_tree_entry_name(entry);
        if (from && git_tree_entry_byname(from, name))
            continue;
        buffer_text(&c->path, name);
        TRY(compare_entry(s, c, (Sides){NULL, entry}));
        path_cut(&c->path, before);
    }
    return scope_check(s);
}

fallible tree_compare(Scope *s, GitRepo *repo, const TreePair *pair, TreeDeltaList *out)
{
    SCOPE(tmp, s);
    TreeDeltaList found = {0};
    Comparison c = {.repo = repo, .out = &found, .most = pair->most, .path = buffer_in(tmp)};

    TRY(compare_trees(s, &c, pair->from, pair->to));
    *out = found;
    return OK;
}
