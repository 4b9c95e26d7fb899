/* libgit2: start, errors, handles. */

#include "git/library.h"

#include <pthread.h>

enum {
    CACHE_BYTES = 32 << 20,   /* of objects, in the whole process; the default is 256 MiB */
    WINDOW_BYTES = 8 << 20,   /* of a pack, mapped at once */
    MAPPED_BYTES = 512 << 20, /* of all packs */
};

static pthread_once_t started = PTHREAD_ONCE_INIT;

/* The search paths are set before any repository is opened: no file of the machine or the user
 * counts. Objects are synced to disk before a branch points at them. That a new tree's or commit's
 * parts exist is known here; a partial mirror may not have their contents. */
static void start(void)
{
    if (git_libgit2_init() < 0)
        return;
    for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_BYTES);
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, (size_t)GIT_BLOB_BYTES_MAX);
}

fallible library_start(Scope *s)
{
    pthread_once(&started, start);
    /* Counted: one more start than ends keeps it open; this one only tells whether it works. */
    if (git_libgit2_init() < 0)
        return fail(s, UNAVAILABLE, "libgit2 cannot be started");
    git_libgit2_shutdown();
    return OK;
}

static ErrorKind kind_of(int code, const git_error *last)
{
    if (code == GIT_ENOTFOUND)
        return MISSING;
    if (code == GIT_EEXISTS || code == GIT_EMODIFIED || code == GIT_ELOCKED)
        return CONFLICT;
    if (code == GIT_EINVALIDSPEC || code == GIT_EAMBIGUOUS)
        return INVALID;
    if (last && last->klass == GIT_ERROR_OS)
        return UNAVAILABLE;
    return UPSTREAM;
}

fallible library_check(Scope *s, int code, const char *format, ...)
{
    va_list args;

    if (code >= 0)
        return OK;
    const git_error *last = git_error_last();
    const char *why = last && last->message ? last->message : "no reason given";
    va_start(args, format);
    const char *what = text_v(s, format, args);
    va_end(args);
    return fail(s, kind_of(code, last), "%s: %s", what, text_clean(s, bytes_of(why), NULL));
}

fallible library_id(Scope *s, const char *hex_id, git_oid *out)
{
    if (!hex_id || strlen(hex_id) != GIT_ID_SIZE || git_oid_fromstr(out, hex_id) < 0)
        return fail(s, INVALID, "'%s' is no commit id of %d hex digits", hex_id ? hex_id : "",
                    GIT_ID_SIZE);
    return OK;
}

const char *library_hex(Scope *s, const git_oid *id)
{
    char *out = scope_alloc(s, GIT_ID_SIZE + 1);

    git_oid_tostr(out, GIT_ID_SIZE + 1, id);
    return out;
}

/* Nothing is inflated before its header told that it is of that kind and not too large. */
static fallible check_header(Scope *s, GitRepo *repo, const git_oid *id, git_object_t kind)
{
    size_t size;
    git_object_t found;
    size_t most = kind == GIT_OBJECT_TREE ? GIT_TREE_BYTES_MAX : GIT_COMMIT_BYTES_MAX;
    int code = git_odb_read_header(&size, &found, repo->odb, id);

    if (code == GIT_ENOTFOUND)
        return fail(s, MISSING, "no %s %s", git_object_type2string(kind), library_hex(s, id));
    TRY(library_check(s, code, "reading %s", library_hex(s, id)));
    if (found != kind)
        return fail(s, INVALID, "%s is a %s, not a %s", library_hex(s, id),
                    git_object_type2string(found), git_object_type2string(kind));
    if (size > most)
        return fail(s, TOO_LARGE, "the %s %s has %zu bytes, %zu are allowed",
                    git_object_type2string(kind), library_hex(s, id), size, most);
    return OK;
}

static void close_commit(void *commit)
{
    git_commit_free(commit);
}

static void close_tree(void *tree)
{
    git_tree_free(tree);
}

static void close_person(void *person)
{
    git_signature_free(person);
}

fallible library_commit(Scope *s, GitRepo *repo, const char *hex_id, git_commit **out)
{
    git_oid id;

    TRY(library_id(s, hex_id, &id));
    TRY(check_header(s, repo, &id, GIT_OBJECT_COMMIT));
    TRY(library_check(s, git_commit_lookup(out, repo->native, &id), "reading commit %s", hex_id));
    scope_undo(s, close_commit, *out);
    return OK;
}

fallible library_tree(Scope *s, GitRepo *repo, const git_oid *id, git_tree **out)
{
    TRY(check_header(s, repo, id, GIT_OBJECT_TREE));
    TRY(library_check(s, git_tree_lookup(out, repo->native, id), "reading tree %s",
                      library_hex(s, id)));
    scope_undo(s, close_tree, *out);
    return OK;
}

fallible library_commit_tree(Scope *s, GitRepo *repo, const char *commit, git_tree **out)
{
    git_commit *found;

    if (!commit) {
        *out = NULL;
        return OK;
    }
    TRY(library_commit(s, repo, commit, &found));
    return library_tree(s, repo, git_commit_tree_id(found), out);
}

fallible library_person(Scope *s, const GitPerson *person, git_signature **out)
{
    int code = git_signature_new(out, person->name ? person->name : "",
                                 person->email ? person->email : "", person->at.us / US_PER_S, 0);

    if (code < 0)
        return fail(s, INVALID, "a commit needs a name and an e-mail address without '<' and '>'");
    scope_undo(s, close_person, *out);
    return OK;
}
