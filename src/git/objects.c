/* Opens object databases; reads trees and files. */

#include "git/objects.h"

#include "git/library.h"
#include "git/tree_walk.h"

static void close_repo(void *at)
{
    GitRepo *repo = at;

    git_odb_free(repo->odb);
    git_repository_free(repo->native);
}

fallible git_open_path(Scope *s, const char *git_dir, GitRepo **out)
{
    GitRepo *repo = NEW(s, GitRepo);

    TRY(library_start(s));
    TRY(library_check(s, git_repository_open_bare(&repo->native, git_dir), "opening %s", git_dir));
    scope_undo(s, close_repo, repo);
    TRY(library_check(s, git_repository_odb(&repo->odb, repo->native), "opening %s", git_dir));
    *out = repo;
    return OK;
}

fallible git_open(Scope *s, const Mirror *mirror, GitRepo **out)
{
    GitRepo *repo;

    TRY(git_open_path(s, mirror->git_dir, &repo));
    repo->mirror = mirror;
    *out = repo;
    return OK;
}

/* ---- Commits ---- */

static GitPerson person_of(Scope *s, const git_signature *signature)
{
    return (GitPerson){.name = text_clean(s, bytes_of(signature->name), NULL),
                       .email = text_clean(s, bytes_of(signature->email), NULL),
                       .at = {signature->when.time * US_PER_S}};
}

fallible git_commit_info(Scope *s, GitRepo *repo, const char *commit, GitCommitInfo *out)
{
    SCOPE(tmp, s);
    GitCommitInfo info = {.id = text_copy(s, commit)};
    git_commit *found;

    TRY(library_commit(tmp, repo, commit, &found));
    info.tree = library_hex(s, git_commit_tree_id(found));
    for (unsigned i = 0; i < git_commit_parentcount(found); i++)
        *list_add(s, &info.parents) = library_hex(s, git_commit_parent_id(found, i));
    info.author = person_of(s, git_commit_author(found));
    info.committer = person_of(s, git_commit_committer(found));
    info.message = text_clean(s, bytes_of(git_commit_message(found)), NULL);
    *out = info;
    return OK;
}

/* ---- Trees ---- */

static Error *list_entry(Scope *s, void *arg, const char *path, const git_tree_entry *entry)
{
    TreeEntryList *out = arg;

    *list_add(s, out) = (TreeEntry){.path = text_copy(s, path),
                                    .mode = (unsigned)git_tree_entry_filemode(entry),
                                    .oid = library_hex(s, git_tree_entry_id(entry))};
    return OK;
}

fallible git_tree_list(Scope *s, GitRepo *repo, const char *commit, TreeEntryList *out)
{
    SCOPE(tmp, s);
    TreeEntryList found = {0};
    git_tree *tree;

    TRY(library_commit_tree(tmp, repo, commit, &tree));
    TRY(tree_walk(s, repo, tree, list_entry, &found));
    *out = found;
    return OK;
}

/* The entry of one name in a tree; fails with MISSING. name is size bytes of a path. */
static fallible entry_named(Scope *s, const git_tree *tree, Bytes name, const git_tree_entry **out)
{
    SCOPE(tmp, s);

    *out = git_tree_entry_byname(tree, text_of(tmp, name));
    return *out ? OK : fail(s, MISSING, "no such file");
}

fallible git_entry(Scope *s, GitRepo *repo, const char *commit, const char *path, TreeEntry *out)
{
    SCOPE(tmp, s);
    const git_tree_entry *entry = NULL;
    git_tree *tree;

    TRY(library_commit_tree(tmp, repo, commit, &tree));
    for (const char *part = path;;) {
        size_t size = strcspn(part, "/");
        TRY_WHILE(entry_named(tmp, tree, (Bytes){part, size}, &entry), "%s", path);
        if (!part[size])
            break;
        if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
            return fail(s, MISSING, "%s: no such file", path);
        TRY(library_tree(tmp, repo, git_tree_entry_id(entry), &tree));
        part += size + 1;
    }
    *out = (TreeEntry){.path = text_copy(s, path),
                       .mode = (unsigned)git_tree_entry_filemode(entry),
                       .oid = library_hex(s, git_tree_entry_id(entry))};
    return OK;
}

/* ---- Files ---- */

fallible git_blob_size(Scope *s, GitRepo *repo, const char *oid, int64_t *out)
{
    git_oid id;
    size_t size;
    git_object_t kind;

    TRY(library_id(s, oid, &id));
    bool whole = repo->mirror && !repo->mirror->partial;
    if (!whole && !git_odb_exists_ext(repo->odb, &id, 0)) {
        *out = -1;
        return OK;
    }
    TRY(library_check(s, git_odb_read_header(&size, &kind, repo->odb, &id), "reading %s", oid));
    if (kind != GIT_OBJECT_BLOB)
        return fail(s, INVALID, "%s is no file", oid);
    *out = (int64_t)size;
    return OK;
}

fallible git_need(Scope *s, GitRepo *repo, const TextList *oids)
{
    return repo->mirror ? mirror_need_blobs(s, repo->mirror, oids) : OK;
}

static void close_object(void *object)
{
    git_odb_object_free(object);
}

fallible git_read_blob(Scope *s, GitRepo *repo, const char *oid, size_t limit, Bytes *out)
{
    SCOPE(tmp, s);
    git_odb_object *object;
    git_oid id;
    int64_t size;

    TRY(git_blob_size(tmp, repo, oid, &size));
    if (size < 0) {
        TRY(git_need(tmp, repo, &(TextList){.items = &oid, .count = 1}));
        TRY(git_blob_size(tmp, repo, oid, &size));
    }
    if (size < 0)
        return fail(s, MISSING, "the server no longer has the file contents %s", oid);
    if ((uint64_t)size > limit || size > GIT_BLOB_BYTES_MAX)
        return fail(s, TOO_LARGE, "the file has %lld bytes, %zu are allowed", (long long)size,
                    limit);
    TRY(library_id(tmp, oid, &id));
    TRY(library_check(s, git_odb_read(&object, repo->odb, &id), "reading %s", oid));
    scope_undo(tmp, close_object, object);
    *out = bytes_copy(s, (Bytes){git_odb_object_data(object), git_odb_object_size(object)});
    return OK;
}

fallible git_read(Scope *s, GitRepo *repo, const FileAt *at, Bytes *out)
{
    SCOPE(tmp, s);
    TreeEntry entry;

    TRY(git_entry(tmp, repo, at->commit, at->path, &entry));
    if (entry.mode == MODE_TREE || entry.mode == MODE_SUBMODULE)
        return fail(s, INVALID, "%s is a %s", at->path,
                    entry.mode == MODE_TREE ? "folder" : "submodule");
    TRY_WHILE(git_read_blob(s, repo, entry.oid, at->limit, out), "%s", at->path);
    return OK;
}
