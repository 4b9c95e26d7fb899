/* The result of a run brought into the user's own checkout.
 *
 * The index is written as a tree, merged with the run's commit in the object database, and only then do
 * index and files go from the one tree to the other by git read-tree -m -u, which looks at every file
 * before it writes the first. It would overwrite ignored files, so those are looked for here. */

#include "git/apply.h"

#include <sys/stat.h>

#include "git/checkout.h"
#include "git/library.h"
#include "sys/file.h"

/* ---- Three ways ---- */

typedef struct Applying {
    const ApplyOrder *order;
    Checkout checkout;
    const char *index_tree;
    const char *wanted; /* the tree that index and files shall have */
    TouchedList touched;
} Applying;

static fallible take_index(Scope *s, Applying *a)
{
    /* Makes it know which files are unchanged; 1 says that some are not. */
    GitCommand refresh = {.args = TEXTS("update-index", "-q", "--refresh"),
                          .dir = a->checkout.top,
                          .trust = GIT_TRUST_OWN};
    ProcessResult result;

    TRY(git_ask(s, a->checkout.access, &refresh, &result));
    Error *e = checkout_word(s, &a->checkout, &TEXTS("write-tree"), &a->index_tree);
    if (failed_as(e, UPSTREAM))
        return fail_code(s, CONFLICT, "checkout_unmerged",
                         "a merge is unfinished in %s: finish or abort it first", a->checkout.top);
    return e;
}

static void read_names(Scope *s, Bytes out, TextList *names)
{
    while (out.size) {
        size_t size = strnlen(out.data, out.size);
        if (size)
            texts_add(s, names, text_of(s, (Bytes){out.data, size}));
        size += size < out.size;
        out = (Bytes){out.data + size, out.size - size};
    }
}

/* The tree and the names of files in conflict. */
static fallible merge(Scope *s, Applying *a, TextList *conflicts)
{
    const char *ours;
    ProcessResult result;
    TextList parts = {0};

    TRY(checkout_commit(s, &a->checkout, a->index_tree, &TEXTS(a->order->base), &ours));
    GitCommand command = {.args = TEXTS("merge-tree", "--write-tree", "--name-only", "-z",
                                        "--no-messages", ours, a->order->commit),
                          .dir = a->checkout.top,
                          .trust = GIT_TRUST_OWN};
    TRY(git_ask(s, a->checkout.access, &command, &result));
    if (result.status != 0 && result.status != 1)
        return git_outcome(s, a->checkout.access, &command, &result);
    read_names(s, result.out, &parts);
    if (parts.count == 0)
        return fail(s, UPSTREAM, "git merge-tree gave no tree");
    a->wanted = parts.items[0];
    for (size_t i = 1; result.status == 1 && i < parts.count; i++)
        if (!texts_have(conflicts, parts.items[i]))
            texts_add(s, conflicts, parts.items[i]);
    return OK;
}

enum { NAMES_TOLD = 5 };

static const char *tell(Scope *s, const TextList *names)
{
    Buffer b = buffer_in(s);

    for (size_t i = 0; i < names->count && i < NAMES_TOLD; i++)
        buffer_format(&b, "%s%s", i ? ", " : "", text_clean(s, bytes_of(names->items[i]), NULL));
    if (names->count > NAMES_TOLD)
        buffer_format(&b, " and %zu more", names->count - NAMES_TOLD);
    return buffer_string(&b);
}

/* ":100644 100644 ID ID M NUL path NUL" of diff-tree becomes "100644 ID TAB path NUL". */
static void index_lines(Scope *s, Bytes raw, Buffer *out)
{
    TextList parts = {0};

    read_names(s, raw, &parts);
    for (size_t i = 0; i + 1 < parts.count; i += 2) {
        TextList words = text_split(s, parts.items[i], ' ');
        if (words.count < 5)
            return;
        buffer_format(out, "%s %s\t%s", words.items[1], words.items[3], parts.items[i + 1]);
        buffer_char(out, '\0');
    }
}

/* The index's tree with the run's version of every file that the run changed. */
static fallible take_theirs(Scope *s, Applying *a)
{
    Checkout copy = a->checkout;
    const char *folder;
    ProcessResult raw;
    Buffer lines = buffer_in(s);

    TRY(directory_temporary(s, a->checkout.git_dir, "dursor", &folder));
    copy.index = text(s, "%s/index", folder);
    TRY(checkout_git(s, &copy, &TEXTS("read-tree", a->index_tree), (Bytes){0}, NULL));
    TRY(checkout_git(
        s, &copy, &TEXTS("diff-tree", "-r", "-z", "--no-renames", a->order->base, a->order->commit),
        (Bytes){0}, &raw));
    index_lines(s, raw.out, &lines);
    TRY(checkout_git(s, &copy, &TEXTS("update-index", "-z", "--replace", "--index-info"),
                     buffer_view(&lines), NULL));
    return checkout_word(s, &copy, &TEXTS("write-tree"), &a->wanted);
}

/* ---- What is in the way ---- */

static bool tracked(Applying *a, const char *path)
{
    EACH (const Touched, one, &a->touched)
        if (one->was && text_equal(one->path, path))
            return true;
    return false;
}

/* The file, link or folder that stands at the path or, not being a folder, above it; NULL. Nothing is
 * looked at through a link. */
static const char *standing(Scope *s, Applying *a, const char *path)
{
    struct stat found;

    for (const char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
        const char *above = text_of(s, (Bytes){path, (size_t)(end - path)});
        if (lstat(text(s, "%s/%s", a->checkout.top, above), &found) < 0)
            return NULL;
        if (!S_ISDIR(found.st_mode))
            return tracked(a, above) ? NULL : above;
    }
    return lstat(text(s, "%s/%s", a->checkout.top, path), &found) < 0 ? NULL : path;
}

static bool is_above(const char *folder, const char *path)
{
    return text_starts(path, folder) && path[strlen(folder)] == '/';
}

static bool is_folder(Scope *s, Applying *a, const char *path)
{
    struct stat found;

    return lstat(text(s, "%s/%s", a->checkout.top, path), &found) == 0 && S_ISDIR(found.st_mode);
}

/* A folder at the path of a new file is fine when what is in it is tracked and goes: git itself sees to
 * the rest of it. */
static bool folder_goes(Scope *s, Applying *a, const Touched *one)
{
    bool any = false;

    if (one->was || !is_folder(s, a, one->path))
        return false;
    EACH (const Touched, other, &a->touched)
        any |= other->was && is_above(one->path, other->path);
    return any;
}

static void find_in_way(Scope *s, Applying *a, Touched *one)
{
    const char *at = standing(s, a, one->path);
    bool own = one->was && text_equal(at, one->path) && !is_folder(s, a, at);

    if (at && !own && !folder_goes(s, a, one))
        one->in_way = at;
}

static fallible list_touched(Scope *s, Applying *a)
{
    ProcessResult result;
    TextList parts = {0};

    TRY(checkout_git(s, &a->checkout,
                     &TEXTS("diff-tree", "-r", "-z", "--no-renames", a->index_tree, a->wanted),
                     (Bytes){0}, &result));
    read_names(s, result.out, &parts);
    for (size_t i = 0; i + 1 < parts.count; i += 2)
        *list_add(s, &a->touched) = (Touched){.path = parts.items[i + 1],
                                              .was = !text_starts(parts.items[i], ":000000"),
                                              .submodule = text_starts(parts.items[i], ":160000")};
    EACH (Touched, one, &a->touched)
        if (!one->submodule)
            find_in_way(s, a, one);
    return OK;
}

static fallible dirty(Scope *s, Applying *a, const TextList *names, ApplyResult *out)
{
    EACH (const char *, name, names)
        texts_add(s, &out->conflicts, *name);
    return fail_code(s, CONFLICT, "checkout_dirty",
                     "in %s these are in the way, not committed and not staged: %s. Commit "
                     "or move them, or use --force, which saves them first",
                     a->checkout.top, tell(s, names));
}

/* Tracked files with changes that are not staged. */
static fallible list_unstaged(Scope *s, Applying *a, TextList *names)
{
    ProcessResult result;
    TextList changed = {0};

    TRY(checkout_git(s, &a->checkout,
                     &TEXTS("diff-files", "--name-only", "-z", "--ignore-submodules"), (Bytes){0},
                     &result));
    read_names(s, result.out, &changed);
    EACH (const char *, path, &changed)
        if (tracked(a, *path))
            texts_add(s, names, *path);
    return OK;
}

static fallible check_clean(Scope *s, Applying *a, ApplyResult *out)
{
    TextList names = {0};

    TRY(list_unstaged(s, a, &names));
    EACH (const Touched, one, &a->touched)
        if (one->in_way && !texts_have(&names, one->in_way))
            texts_add(s, &names, one->in_way);
    return names.count ? dirty(s, a, &names, out) : OK;
}

/* ---- The change ---- */

/* Makes the touched files as the index has them and removes what is in the way; all of it is saved. */
static fallible clear_way(Scope *s, Applying *a)
{
    Buffer paths = buffer_in(s);

    EACH (const Touched, one, &a->touched) {
        if (one->in_way)
            TRY(tree_remove(s, text(s, "%s/%s", a->checkout.top, one->in_way)));
        if (one->was)
            buffer_add(&paths, one->path, strlen(one->path) + 1);
    }
    if (paths.size == 0)
        return OK;
    return checkout_git(s, &a->checkout,
                        &TEXTS("checkout-index", "--force", "--quiet", "--index", "-z", "--stdin"),
                        buffer_view(&paths), NULL);
}

static fallible change_over(Scope *s, Applying *a, ApplyResult *out)
{
    GitCommand command = {.args = TEXTS("read-tree", "-m", "-u", a->index_tree, a->wanted),
                          .dir = a->checkout.top,
                          .trust = GIT_TRUST_OWN};
    ProcessResult result;

    TRY(git_ask(s, a->checkout.access, &command, &result));
    const char *said = text_clean(s, result.err, NULL);
    if (result.status && (strstr(said, "not uptodate") || strstr(said, "would be ")))
        return dirty(s, a, &TEXTS(text_head(s, text_trim(s, said), PROCESS_REPORT_TEXT)), out);
    return git_outcome(s, a->checkout.access, &command, &result);
}

static fallible merge_or_theirs(Scope *s, Applying *a, ApplyResult *out)
{
    TextList conflicts = {0};

    TRY(merge(s, a, &conflicts));
    if (conflicts.count == 0)
        return OK;
    if (a->order->force)
        return take_theirs(s, a);
    out->conflicts = conflicts;
    return fail_code(s, CONFLICT, "apply_conflict",
                     "the run's changes do not go together with yours in %s. Nothing was "
                     "changed. Make a branch of the run instead (--branch NAME), or use --force, "
                     "which saves your "
                     "state first",
                     tell(s, &conflicts));
}

fallible git_apply_run(Scope *s, const ApplyOrder *order, ApplyResult *out)
{
    Applying a = {.order = order};
    git_oid id;

    *out = (ApplyResult){0};
    TRY(library_id(s, order->base, &id));
    TRY(library_id(s, order->commit, &id));
    TRY(checkout_open(s, order->access, order->checkout, &a.checkout));
    TRY(checkout_take(s, &a.checkout, order->mirror, order->commit));
    TRY(take_index(s, &a));
    TRY(merge_or_theirs(s, &a, out));
    TRY(list_touched(s, &a));
    out->files = (int64_t)a.touched.count;
    if (a.touched.count == 0)
        return OK;
    if (order->force) {
        TRY(backup_make(s, &a.checkout, &a.touched, order->now, out));
        TRY(clear_way(s, &a));
    } else {
        TRY(check_clean(s, &a, out));
    }
    return change_over(s, &a, out);
}
