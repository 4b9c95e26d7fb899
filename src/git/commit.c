/* Changes of files made into a commit. */

#include "git/commit.h"

#include "git/library.h"
#include "git/mirror_parts.h"
#include "git/refs.h"
#include "git/tree_change.h"

const Name tree_op_names[] = {{TREE_CREATE, "create"}, {TREE_REPLACE, "replace"},
                              {TREE_DELETE, "delete"}, {TREE_RENAME, "rename"},
                              {TREE_CHMOD, "chmod"},   {0}};

/* Blank ends of lines off, several empty lines made one. */
static void add_body(Buffer *b, TextList *lines)
{
    bool gap = true;

    for (size_t i = 1; i < lines->count; i++) {
        const char *line = lines->items[i];
        size_t size = strlen(line);
        while (size && strchr(" \t\r", line[size - 1]))
            size--;
        if (size && gap)
            buffer_text(b, "\n");
        if (size) {
            buffer_text(b, "\n");
            buffer_add(b, line, size);
        }
        gap = size == 0;
    }
}

static const char *without_controls(Scope *s, const char *t)
{
    Buffer b = buffer_in(s);

    for (; *t; t++)
        buffer_char(&b, ((unsigned char)*t < 0x20 && *t != '\n' && *t != '\t') || *t == 0x7F ? ' '
                                                                                             : *t);
    return buffer_string(&b);
}

const char *commit_message(Scope *s, const char *typed)
{
    SCOPE(tmp, s);
    Bytes given = bytes_of(typed);
    Buffer b = buffer_in(tmp);

    if (given.size > COMMIT_MESSAGE_MAX)
        given.size = COMMIT_MESSAGE_MAX;
    const char *t = text_trim(tmp, without_controls(tmp, text_clean(tmp, given, NULL)));
    if (text_empty(t))
        t = "Update changes";
    TextList lines = text_split(tmp, t, '\n');
    const char *subject = text_trim(tmp, lines.items[0]);
    if (!text_equal(text_head(tmp, subject, COMMIT_SUBJECT_MAX), subject))
        subject = text_head(tmp, subject, COMMIT_SUBJECT_MAX - strlen("..."));
    buffer_text(&b, subject);
    add_body(&b, &lines);
    return text_copy(s, buffer_string(&b));
}

static fallible check_order(Scope *s, const CommitOrder *order)
{
    if (order->changes.count > COMMIT_CHANGES_MAX)
        return fail(s, TOO_LARGE, "%zu files change, %d are allowed", order->changes.count,
                    COMMIT_CHANGES_MAX);
    return OK;
}

static fallible write_commit(Scope *s, GitRepo *repo, const CommitOrder *order,
                             const git_oid *tree_id, git_oid *out)
{
    SCOPE(tmp, s);
    git_commit *parent;
    git_tree *tree;
    git_signature *author, *committer;

    TRY(library_commit(tmp, repo, order->parent, &parent));
    TRY(library_tree(tmp, repo, tree_id, &tree));
    TRY(library_person(tmp, &order->author, &author));
    TRY(library_person(tmp, &order->committer, &committer));
    const char *message = text(tmp, "%s\n", commit_message(tmp, order->message));
    return library_check(s,
                         git_commit_create_v(out, repo->native, NULL, author, committer, NULL,
                                             message, tree, 1, parent),
                         "writing the commit");
}

static fallible move_branch(Scope *s, GitRepo *repo, const CommitOrder *order, const char *commit)
{
    RefMove move = {.expected = order->expected, .commit = commit};

    if (!order->branch)
        return OK;
    TRY(ref_of_branch(s, order->branch, &move.ref));
    return ref_move(s, repo, &move);
}

fallible git_commit_changes(Scope *s, GitRepo *repo, const CommitOrder *order, CommitResult *out)
{
    SCOPE(tmp, s);
    CommitResult result = {.commit = text_copy(s, order->parent)};
    git_tree *base;
    git_oid tree, commit;

    TRY(check_order(tmp, order));
    TRY(mirror_writing(tmp, repo->mirror, LOCK_SHARED));
    TRY(library_commit_tree(tmp, repo, order->parent, &base));
    TRY(tree_change(tmp, repo, base, &order->changes, &tree));
    result.tree = library_hex(s, &tree);
    result.changed = !git_oid_equal(&tree, git_tree_id(base));
    if (result.changed) {
        TRY(write_commit(tmp, repo, order, &tree, &commit));
        result.commit = library_hex(s, &commit);
    }
    TRY(move_branch(tmp, repo, order, result.commit));
    *out = result;
    return OK;
}
