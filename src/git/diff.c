/* What differs between two commits. */

#include "git/diff.h"

#include "git/library.h"
#include "git/patch_name.h"
#include "git/tree_walk.h"

enum {
    RENAME_FILES_MAX = 1000, /* added plus deleted files; beyond it renames are not looked for */
    RENAME_FILE_BYTES_MAX = 1 << 20, /* when one is larger, only renames without change are found */
    CONTEXT_LINES = 3,
};

typedef struct Diff {
    Scope *scratch; /* of the whole comparison */
    GitRepo *repo;
    DiffLimits limits;
    git_tree *from, *to;
    TextList paths; /* that differ */
    char **names;   /* the same, for libgit2 */
    git_diff *native;
    bool large;   /* some file is too large, or not here, to be compared for renames */
    size_t moved; /* added plus deleted files */
} Diff;

static void close_diff(void *diff)
{
    git_diff_free(diff);
}

static void close_patch(void *patch)
{
    git_patch_free(patch);
}

/* ---- Before libgit2 looks ---- */

static bool has_blob(unsigned mode)
{
    return mode && mode != MODE_SUBMODULE;
}

/* Counts with limits, has the contents here, and sees what is large. */
static fallible prepare(Scope *s, Diff *diff)
{
    TreeDeltaList deltas;
    TextList oids = {0};

    TRY(tree_compare(s, diff->repo, &(TreePair){diff->from, diff->to, diff->limits.files},
                     &deltas));
    EACH (const TreeDelta, delta, &deltas) {
        if (has_blob(delta->old_mode))
            *list_add(s, &oids) = library_hex(s, &delta->old_id);
        if (has_blob(delta->new_mode))
            *list_add(s, &oids) = library_hex(s, &delta->new_id);
        *list_add(s, &diff->paths) = delta->path;
        diff->moved += !delta->old_mode || !delta->new_mode;
    }
    diff->names = NEW_ARRAY(s, char *, diff->paths.count);
    for (size_t i = 0; i < diff->paths.count; i++)
        diff->names[i] = scope_copy(s, diff->paths.items[i], strlen(diff->paths.items[i]) + 1);
    TRY(git_need(s, diff->repo, &oids));
    EACH (const char *, oid, &oids) {
        int64_t size;
        TRY(git_blob_size(s, diff->repo, *oid, &size));
        diff->large |= size < 0 || size > RENAME_FILE_BYTES_MAX; /* not here, or large */
    }
    return OK;
}

static fallible find_renames(Scope *s, Diff *diff)
{
    git_diff_find_options options = GIT_DIFF_FIND_OPTIONS_INIT;

    if (diff->moved > RENAME_FILES_MAX)
        return OK;
    options.flags = GIT_DIFF_FIND_RENAMES | (diff->large ? GIT_DIFF_FIND_EXACT_MATCH_ONLY : 0u);
    options.rename_limit = RENAME_FILES_MAX;
    return library_check(s, git_diff_find_similar(diff->native, &options), "looking for renames");
}

static fallible open_diff(Scope *s, Diff *diff)
{
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;

    /* A file that becomes a link is a deletion and an addition, as in git. */
    options.flags =
        GIT_DIFF_SHOW_BINARY | GIT_DIFF_INDENT_HEURISTIC | GIT_DIFF_DISABLE_PATHSPEC_MATCH;
    /* It would look at all files of both trees. */
    options.pathspec = (git_strarray){diff->names, diff->paths.count};
    options.context_lines = CONTEXT_LINES;
    options.id_abbrev = GIT_ID_SIZE;
    options.max_size = GIT_BLOB_BYTES_MAX;
    TRY(library_check(
        s, git_diff_tree_to_tree(&diff->native, diff->repo->native, diff->from, diff->to, &options),
        "comparing"));
    scope_undo(s, close_diff, diff->native);
    return find_renames(s, diff);
}

/* ---- The patch of one file: git's headers, written here, since libgit2's differ from them for names
 * with blanks, empty files and renames with a new mode; the rest is libgit2's ---- */

static FileStatus status_of(const git_diff_delta *delta)
{
    switch (delta->status) {
    case GIT_DELTA_ADDED:
        return FILE_ADDED;
    case GIT_DELTA_DELETED:
        return FILE_DELETED;
    case GIT_DELTA_RENAMED:
        return FILE_RENAMED;
    default:
        return git_oid_equal(&delta->old_file.id, &delta->new_file.id) ? FILE_MODE : FILE_MODIFIED;
    }
}

static void add_line(Buffer *b, const char *word, const char *prefix, const char *name)
{
    buffer_text(b, word);
    patch_quote(b, prefix, name);
    buffer_char(b, '\n');
}

static void add_modes(Buffer *b, const FileDiff *file)
{
    if (file->status == FILE_ADDED)
        buffer_format(b, "new file mode %06o\n", file->new_mode);
    else if (file->status == FILE_DELETED)
        buffer_format(b, "deleted file mode %06o\n", file->old_mode);
    else if (file->old_mode != file->new_mode)
        buffer_format(b, "old mode %06o\nnew mode %06o\n", file->old_mode, file->new_mode);
}

static void add_index(Buffer *b, const FileDiff *file, const git_diff_delta *delta)
{
    char old_id[GIT_ID_SIZE + 1], new_id[GIT_ID_SIZE + 1];

    if (git_oid_equal(&delta->old_file.id, &delta->new_file.id))
        return;
    git_oid_tostr(old_id, sizeof old_id, &delta->old_file.id);
    git_oid_tostr(new_id, sizeof new_id, &delta->new_file.id);
    buffer_format(b, "index %s..%s", old_id, new_id);
    if (file->old_mode == file->new_mode)
        buffer_format(b, " %06o", file->new_mode);
    buffer_char(b, '\n');
}

/* A blank in the name needs a tab behind it, or the rest is taken for a date. */
static void add_side(Buffer *b, const char *word, const char *prefix, const char *name)
{
    buffer_text(b, word);
    patch_quote(b, prefix, name);
    buffer_text(b, strchr(name, ' ') ? "\t\n" : "\n");
}

static void add_sides(Buffer *b, const FileDiff *file, const git_diff_delta *delta)
{
    if (file->status == FILE_ADDED)
        buffer_text(b, "--- /dev/null\n");
    else
        add_side(b, "--- ", "a/", delta->old_file.path);
    if (file->status == FILE_DELETED)
        buffer_text(b, "+++ /dev/null\n");
    else
        add_side(b, "+++ ", "b/", delta->new_file.path);
}

static void add_head(Buffer *b, const FileDiff *file, const git_diff_delta *delta)
{
    buffer_text(b, "diff --git ");
    patch_quote(b, "a/", delta->old_file.path);
    buffer_char(b, ' ');
    add_line(b, "", "b/", delta->new_file.path);
    add_modes(b, file);
    if (file->status == FILE_RENAMED) {
        buffer_format(b, "similarity index %d%%\n", delta->similarity);
        add_line(b, "rename from ", "", delta->old_file.path);
        add_line(b, "rename to ", "", delta->new_file.path);
    }
    add_index(b, file, delta);
}

/* Adds what follows libgit2's headers: from the line that begins with word. */
static bool add_rest(Buffer *b, Bytes whole, const char *word)
{
    Bytes line = {text(b->s, "\n%s", word), strlen(word) + 1};
    ptrdiff_t at = bytes_find(whole, line, 0);

    if (at >= 0)
        buffer_add(b, whole.data + at + 1, whole.size - (size_t)at - 1);
    return at >= 0;
}

static void close_text(void *buf)
{
    git_buf_dispose(buf);
}

static fallible print_patch(Scope *s, git_patch *patch, FileDiff *file, Buffer *b)
{
    const git_diff_delta *delta = git_patch_get_delta(patch);
    git_buf *whole = NEW(s, git_buf);
    size_t added, removed;

    TRY(library_check(s, git_patch_line_stats(NULL, &added, &removed, patch), "counting lines"));
    TRY(library_check(s, git_patch_to_buf(whole, patch), "writing the patch"));
    scope_undo(s, close_text, whole);
    Bytes bytes = {whole->ptr, whole->size};
    file->binary = (delta->flags & GIT_DIFF_FLAG_BINARY) != 0;
    file->added_lines = (int64_t)added;
    file->removed_lines = (int64_t)removed;
    add_head(b, file, delta);
    if (file->binary) {
        (void)add_rest(b, bytes, "GIT binary patch\n");
    } else if (git_patch_num_hunks(patch)) {
        add_sides(b, file, delta);
        (void)add_rest(b, bytes, "@@ -");
    }
    return OK;
}

/* ---- Files ---- */

static fallible side_too_large(Scope *s, Diff *diff, const git_diff_file *side, bool *out)
{
    int64_t size = 0;

    if (has_blob(side->mode))
        TRY(git_blob_size(s, diff->repo, library_hex(s, &side->id), &size));
    *out |= size < 0 || (uint64_t)size > diff->limits.file_bytes;
    return OK;
}

static FileDiff describe(Scope *s, const git_diff_delta *delta)
{
    FileDiff file = {.status = status_of(delta),
                     .old_mode = delta->old_file.mode,
                     .new_mode = delta->new_file.mode};

    file.path =
        text_copy(s, file.status == FILE_DELETED ? delta->old_file.path : delta->new_file.path);
    if (file.status == FILE_RENAMED)
        file.old_path = text_copy(s, delta->old_file.path);
    return file;
}

static fallible diff_file(Scope *s, Diff *diff, size_t index, DiffResult *out)
{
    SCOPE(tmp, s);
    const git_diff_delta *delta = git_diff_get_delta(diff->native, index);
    FileDiff file = describe(s, delta);
    Buffer b = buffer_in(tmp);
    git_patch *patch;

    TRY(scope_check(tmp));
    TRY(side_too_large(tmp, diff, &delta->old_file, &file.omitted));
    TRY(side_too_large(tmp, diff, &delta->new_file, &file.omitted));
    if (!file.omitted) {
        TRY(library_check(s, git_patch_from_diff(&patch, diff->native, index), "comparing %s",
                          file.path));
        scope_undo(tmp, close_patch, patch);
        TRY(print_patch(tmp, patch, &file, &b));
        file.omitted = out->patch.size + b.size > diff->limits.bytes;
    }
    if (file.omitted)
        file.added_lines = file.removed_lines = 0;
    else
        file.patch = bytes_copy(diff->scratch, buffer_view(&b));
    out->patch.size += file.patch.size;
    out->complete &= !file.omitted;
    out->added_lines += file.added_lines;
    out->removed_lines += file.removed_lines;
    *list_add(s, &out->files) = file;
    return OK;
}

/* By path; a deletion before an addition at the same path. */
static int by_path(const void *a, const void *b)
{
    const FileDiff *x = a, *y = b;
    int order = strcmp(x->path, y->path);

    return order ? order : (y->status == FILE_DELETED) - (x->status == FILE_DELETED);
}

static void join(Scope *s, DiffResult *out)
{
    Buffer whole = buffer_in(s);

    if (out->files.count)
        qsort(out->files.items, out->files.count, sizeof *out->files.items, by_path);
    EACH (FileDiff, file, &out->files)
        buffer_bytes(&whole, file->patch);
    buffer_text(&whole, "");
    out->patch = buffer_view(&whole);
    /* The parts point into the whole. */
    const char *at = out->patch.data;
    EACH (FileDiff, file, &out->files) {
        file->patch.data = at;
        at += file->patch.size;
    }
}

static DiffLimits limits_of(const DiffLimits *given)
{
    return (DiffLimits){.files = given->files ? given->files : DIFF_FILES_MAX,
                        .file_bytes = given->file_bytes ? given->file_bytes : DIFF_FILE_BYTES_MAX,
                        .bytes = given->bytes ? given->bytes : DIFF_BYTES_MAX};
}

fallible git_diff_between(Scope *s, GitRepo *repo, const DiffRange *range, DiffResult *out)
{
    SCOPE(tmp, s);
    Diff diff = {.scratch = tmp, .repo = repo, .limits = limits_of(&range->limits)};
    DiffResult result = {.complete = true};

    TRY(library_commit_tree(tmp, repo, range->from, &diff.from));
    TRY(library_commit_tree(tmp, repo, range->to, &diff.to));
    TRY(prepare(tmp, &diff));
    if (diff.paths.count)
        TRY(open_diff(tmp, &diff));
    for (size_t i = 0; diff.native && i < git_diff_num_deltas(diff.native); i++)
        TRY(diff_file(s, &diff, i, &result));
    join(s, &result);
    *out = result;
    return OK;
}
