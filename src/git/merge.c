/* Merges in memory. */

#include "git/merge.h"

#include "git/commit.h"
#include "git/library.h"
#include "git/mirror_parts.h"
#include "git/tree_walk.h"

/* ---- Ancestors: by the git program, which knows shallow histories and commit graphs ---- */

static fallible ask(Scope *s, GitRepo *repo, const TextList *args, ProcessResult *out)
{
    GitAccess none = {0};
    const GitAccess *access = repo->mirror ? &repo->mirror->mirrors->access : &none;
    GitCommand command = {.args = *args, .git_dir = git_repository_path(repo->native)};

    TRY(git_ask(s, access, &command, out));
    return out->status <= 1 && out->status >= 0 ? OK : git_outcome(s, access, &command, out);
}

fallible git_is_ancestor(Scope *s, GitRepo *repo, const char *ancestor, const char *commit,
                         bool *out)
{
    SCOPE(tmp, s);
    ProcessResult result;
    git_oid id;

    TRY(library_id(s, ancestor, &id));
    TRY(library_id(s, commit, &id));
    TRY(ask(tmp, repo, &TEXTS("merge-base", "--is-ancestor", ancestor, commit), &result));
    *out = result.status == 0;
    return OK;
}

fallible git_common_base(Scope *s, GitRepo *repo, const char *a, const char *b, const char **out)
{
    SCOPE(tmp, s);
    ProcessResult result;
    git_oid id;

    TRY(library_id(s, a, &id));
    TRY(library_id(s, b, &id));
    TRY(ask(tmp, repo, &TEXTS("merge-base", a, b), &result));
    *out = result.status == 0 ? text_of(s, (Bytes){result.out.data, GIT_ID_SIZE}) : NULL;
    return OK;
}

/* ---- The merge ---- */

typedef struct Merge {
    GitRepo *repo;
    const MergeOrder *order;
    git_tree *base, *ours, *theirs;
    git_index *index;
} Merge;

static void close_index(void *index)
{
    git_index_free(index);
}

static fallible note_contents(Scope *s, Merge *merge, const git_tree *side, TextList *oids)
{
    TreeDeltaList deltas;

    TRY(tree_compare(s, merge->repo, &(TreePair){merge->base, side, MERGE_FILES_MAX}, &deltas));
    EACH (const TreeDelta, delta, &deltas) {
        if (delta->old_mode && delta->old_mode != MODE_SUBMODULE)
            *list_add(s, oids) = library_hex(s, &delta->old_id);
        if (delta->new_mode && delta->new_mode != MODE_SUBMODULE)
            *list_add(s, oids) = library_hex(s, &delta->new_id);
    }
    return OK;
}

/* Counts what differs before libgit2 looks at it, and has the contents here. */
static fallible prepare(Scope *s, Merge *merge)
{
    TextList oids = {0};

    TRY(note_contents(s, merge, merge->ours, &oids));
    TRY(note_contents(s, merge, merge->theirs, &oids));
    TRY(git_need(s, merge->repo, &oids));
    EACH (const char *, oid, &oids) {
        int64_t size;
        TRY(git_blob_size(s, merge->repo, *oid, &size));
        if (size > GIT_BLOB_BYTES_MAX)
            return fail(s, TOO_LARGE, "a file that differs has %lld bytes, too many to merge",
                        (long long)size);
    }
    return OK;
}

static fallible open_trees(Scope *s, Merge *merge)
{
    const MergeOrder *order = merge->order;
    const char *base = order->base;

    if (!base)
        TRY(git_common_base(s, merge->repo, order->ours, order->theirs, &base));
    if (!base)
        return fail_code(s, INVALID, "no_common_commit", "%s and %s have no commit in common",
                         order->ours_name, order->theirs_name);
    TRY(library_commit_tree(s, merge->repo, base, &merge->base));
    TRY(library_commit_tree(s, merge->repo, order->ours, &merge->ours));
    return library_commit_tree(s, merge->repo, order->theirs, &merge->theirs);
}

/* ---- Conflicts ---- */

static const char *why_conflict(const git_index_entry *base, const git_index_entry *ours,
                                const git_index_entry *theirs)
{
    if (ours && theirs)
        return base ? "both changed the same lines" : "both added it, with different contents";
    if (!base)
        return "a file and a folder of this name";
    return ours ? "changed on this branch, deleted there" : "deleted on this branch, changed there";
}

static fallible list_conflicts(Scope *s, git_index *index, MergeConflictList *out)
{
    git_index_conflict_iterator *iterator;
    const git_index_entry *base, *ours, *theirs;
    int code;

    TRY(library_check(s, git_index_conflict_iterator_new(&iterator, index), "listing conflicts"));
    while ((code = git_index_conflict_next(&base, &ours, &theirs, iterator)) == 0) {
        const git_index_entry *any = ours ? ours : theirs ? theirs : base;
        *list_add(s, out) = (MergeConflict){.path = text_copy(s, any->path),
                                            .why = why_conflict(base, ours, theirs)};
    }
    git_index_conflict_iterator_free(iterator);
    return code == GIT_ITEROVER ? OK : library_check(s, code, "listing conflicts");
}

enum { CONFLICTS_TOLD = 5 };

static fallible tell_conflicts(Scope *s, const MergeOrder *order,
                               const MergeConflictList *conflicts)
{
    Buffer names = buffer_in(s);

    for (size_t i = 0; i < conflicts->count && i < CONFLICTS_TOLD; i++)
        buffer_format(&names, "%s%s (%s)", i ? ", " : "",
                      text_clean(s, bytes_of(conflicts->items[i].path), NULL),
                      conflicts->items[i].why);
    if (conflicts->count > CONFLICTS_TOLD)
        buffer_format(&names, " and %zu more", conflicts->count - CONFLICTS_TOLD);
    return error_param(fail_code(s, CONFLICT, "merge_conflict",
                                 "%s does not go together with what %s has now: %s",
                                 order->ours_name, order->theirs_name, buffer_string(&names)),
                       "files", buffer_string(&names));
}

static fallible merge_trees(Scope *s, Merge *merge, MergeConflictList *conflicts)
{
    git_merge_options options = GIT_MERGE_OPTIONS_INIT;

    TRY(prepare(s, merge));
    options.flags = GIT_MERGE_FIND_RENAMES;
    options.target_limit = 500;
    TRY(library_check(s,
                      git_merge_trees(&merge->index, merge->repo->native, merge->base, merge->ours,
                                      merge->theirs, &options),
                      "merging"));
    scope_undo(s, close_index, merge->index);
    return git_index_has_conflicts(merge->index) ? list_conflicts(s, merge->index, conflicts) : OK;
}

/* ---- The commit ---- */

static fallible write_merge(Scope *s, Merge *merge, MergeResult *out)
{
    const MergeOrder *order = merge->order;
    git_oid tree_id, id;
    git_tree *tree;
    git_commit *ours, *theirs;
    git_signature *author, *committer;

    TRY(library_check(s, git_index_write_tree_to(&tree_id, merge->index, merge->repo->native),
                      "writing the merge"));
    TRY(library_tree(s, merge->repo, &tree_id, &tree));
    TRY(library_commit(s, merge->repo, order->ours, &ours));
    TRY(library_commit(s, merge->repo, order->theirs, &theirs));
    TRY(library_person(s, &order->author, &author));
    TRY(library_person(s, &order->committer, &committer));
    const char *message = text(s, "%s\n", commit_message(s, order->message));
    TRY(library_check(s,
                      git_commit_create_v(&id, merge->repo->native, NULL, author, committer, NULL,
                                          message, tree, 2, ours, theirs),
                      "writing the merge"));
    out->commit = library_hex(s, &id);
    out->tree = library_hex(s, &tree_id);
    out->made = true;
    return OK;
}

/* One of the two already has the other. */
static fallible forward(Scope *s, GitRepo *repo, const MergeOrder *order, const char **commit)
{
    bool reachable;

    *commit = NULL;
    TRY(git_is_ancestor(s, repo, order->theirs, order->ours, &reachable));
    if (reachable) {
        *commit = order->ours;
        return OK;
    }
    TRY(git_is_ancestor(s, repo, order->ours, order->theirs, &reachable));
    *commit = reachable ? order->theirs : NULL;
    return OK;
}

fallible git_merge_into(Scope *s, GitRepo *repo, const MergeOrder *order, MergeResult *out)
{
    SCOPE(tmp, s);
    Merge merge = {.repo = repo, .order = order};
    MergeResult result = {0};
    MergeConflictList conflicts = {0};
    const char *commit;

    if (order->base)
        commit = NULL;
    else
        TRY(forward(tmp, repo, order, &commit));
    if (commit) {
        git_tree *tree;
        TRY(library_commit_tree(tmp, repo, commit, &tree));
        *out = (MergeResult){.commit = text_copy(s, commit),
                             .tree = library_hex(s, git_tree_id(tree))};
        return OK;
    }
    TRY(open_trees(tmp, &merge));
    TRY(mirror_writing(tmp, repo->mirror, LOCK_SHARED));
    TRY(merge_trees(tmp, &merge, &conflicts));
    if (conflicts.count) {
        *out = (MergeResult){0};
        EACH (const MergeConflict, conflict, &conflicts)
            *list_add(s, &out->conflicts) =
                (MergeConflict){text_copy(s, conflict->path), conflict->why};
        return tell_conflicts(s, order, &conflicts);
    }
    TRY(write_merge(tmp, &merge, &result));
    result.commit = text_copy(s, result.commit);
    result.tree = text_copy(s, result.tree);
    *out = result;
    return OK;
}
