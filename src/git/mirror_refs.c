/* What the names of a mirror stand for. */

#include "git/branch.h"
#include "git/library.h"
#include "git/mirror_parts.h"
#include "git/refs.h"

#define ORIGIN "refs/remotes/origin/"

enum { ABBREVIATION_LEAST = 7 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void close_iterator(void *iterator)
{
    git_reference_iterator_free(iterator);
}

static fallible list_branches(Scope *s, GitRepo *repo, TextList *out)
{
    SCOPE(tmp, s);
    git_reference_iterator *iterator;
    const char *name;
    int code;

    TRY(library_check(s, git_reference_iterator_glob_new(&iterator, repo->native, ORIGIN "*"),
                      "listing branches"));
    scope_undo(tmp, close_iterator, iterator);
    while ((code = git_reference_next_name(&name, iterator)) == 0)
        if (!text_equal(name, ORIGIN "HEAD"))
            texts_add(s, out, name + strlen(ORIGIN));
    if (code != GIT_ITEROVER)
        return library_check(s, code, "listing branches");
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_text);
    return OK;
}

fallible mirror_branches(Scope *s, const Mirror *mirror, TextList *out)
{
    SCOPE(tmp, s);
    TextList found = {0};
    GitRepo *repo;

    TRY(git_open(tmp, mirror, &repo));
    TRY(list_branches(s, repo, &found));
    *out = found;
    return OK;
}

static fallible empty(Scope *s, const Mirror *mirror)
{
    return fail_code(s, INVALID, "repo_empty",
                     "%s has no commit yet: make a first one, dursor changes what is there",
                     mirror->source.text);
}

/* The branch that origin/HEAD points at; NULL when it is detached or points at nothing. */
static fallible pointed_at(Scope *s, GitRepo *repo, const char **out)
{
    git_reference *head;
    const char *commit;
    int code = git_reference_lookup(&head, repo->native, ORIGIN "HEAD");

    *out = NULL;
    if (code == GIT_ENOTFOUND)
        return OK;
    TRY(library_check(s, code, "reading the default branch"));
    const char *target = text_copy(s, git_reference_symbolic_target(head));
    git_reference_free(head);
    if (!target || !text_starts(target, ORIGIN))
        return OK;
    TRY(ref_find(s, repo, target, &commit));
    *out = commit ? target + strlen(ORIGIN) : NULL;
    return OK;
}

fallible mirror_default_branch(Scope *s, const Mirror *mirror, const char **out)
{
    SCOPE(tmp, s);
    TextList branches = {0};
    const char *branch;
    GitRepo *repo;

    TRY(git_open(tmp, mirror, &repo));
    TRY(list_branches(tmp, repo, &branches));
    TRY(pointed_at(tmp, repo, &branch));
    if (mirror->local && mirror->local->branch && texts_have(&branches, mirror->local->branch))
        branch = mirror->local->branch;
    if (!branch && branches.count == 0)
        return empty(s, mirror);
    if (!branch)
        branch = texts_have(&branches, "main")     ? "main"
                 : texts_have(&branches, "master") ? "master"
                                                   : branches.items[0];
    *out = text_copy(s, branch);
    return OK;
}

/* ---- A person's word for a commit ---- */

static bool is_hex(const char *word)
{
    return strspn(word, "0123456789abcdef") == strlen(word);
}

static const char *plain_word(const char *word)
{
    static const char *const prefixes[] = {"refs/heads/", "refs/tags/", ORIGIN, "origin/"};

    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (text_starts(word, prefixes[i]) && word[strlen(prefixes[i])])
            return word + strlen(prefixes[i]);
    return word;
}

static fallible find_named(Scope *s, GitRepo *repo, const char *word, const char **commit)
{
    static const char *const places[] = {ORIGIN, "refs/tags/", "refs/heads/"};

    *commit = NULL;
    for (size_t i = 0; i < COUNT_OF(places) && branch_valid(word) && !*commit; i++)
        TRY(ref_find(s, repo, text(s, "%s%s", places[i], word), commit));
    return OK;
}

static void close_any(void *object)
{
    git_object_free(object);
}

static fallible find_by_id(Scope *s, GitRepo *repo, const char *digits, const char **commit)
{
    SCOPE(tmp, s);
    git_oid id;
    git_object *object;
    size_t length = strlen(digits);

    *commit = NULL;
    if (git_oid_fromstrn(&id, digits, length) < 0)
        return OK;
    int code = git_object_lookup_prefix(&object, repo->native, &id, length, GIT_OBJECT_COMMIT);
    if (code == GIT_EAMBIGUOUS)
        return fail_code(s, INVALID, "commit_ambiguous",
                         "more than one commit begins with %s: give more of its digits", digits);
    if (code == GIT_ENOTFOUND)
        return OK;
    TRY(library_check(s, code, "looking for commit %s", digits));
    scope_undo(tmp, close_any, object);
    *commit = library_hex(s, git_object_id(object));
    return OK;
}

/* A commit that no branch or tag leads to, but that the server still has. */
static fallible ask_for_commit(Scope *s, const Mirror *mirror, const char *id)
{
    GitCommand command = {.args = TEXTS("fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                                        "--no-auto-maintenance",
                                        mirror->local ? "--update-shallow" : "--filter=blob:none",
                                        "origin", text(s, "+%s:refs/dursor/wanted/%s", id, id)),
                          .remote = &mirror->source};

    return mirror_git(s, mirror, &command, NULL);
}

static fallible missing_word(Scope *s, const char *word)
{
    return fail_code(s, MISSING, "ref_missing", "no branch, tag or commit '%s' in the repository",
                     text_clean(s, bytes_of(word), NULL));
}

static fallible resolve_head(Scope *s, const Mirror *mirror, GitRepo *repo, const char **commit)
{
    const char *branch;

    TRY(ref_find(s, repo, mirror->head_ref, commit));
    if (*commit)
        return OK;
    if (mirror->local)
        return empty(s, mirror);
    TRY(mirror_default_branch(s, mirror, &branch));
    TRY(ref_find(s, repo, text(s, ORIGIN "%s", branch), commit));
    return *commit ? OK : missing_word(s, branch);
}

fallible mirror_resolve(Scope *s, const Mirror *mirror, const char *word, const char **commit)
{
    SCOPE(tmp, s);
    const char *found;
    GitRepo *repo;

    TRY(git_open(tmp, mirror, &repo));
    if (text_empty(word) || text_equal(word, "HEAD")) {
        TRY(resolve_head(tmp, mirror, repo, &found));
        *commit = text_copy(s, found);
        return OK;
    }
    TRY(find_named(tmp, repo, word, &found));
    if (!found)
        TRY(find_named(tmp, repo, plain_word(word), &found));
    const char *digits = text_lower(tmp, word);
    size_t length = strlen(word);
    bool id = is_hex(digits) && length >= ABBREVIATION_LEAST && length <= GIT_ID_SIZE;
    if (!found && id)
        TRY(find_by_id(tmp, repo, digits, &found));
    if (!found && id && length == GIT_ID_SIZE) {
        Error *e = ask_for_commit(tmp, mirror, digits);
        if (failed_as(e, MISSING) || failed_as(e, UPSTREAM))
            return missing_word(s, word);
        TRY(e);
        TRY(find_by_id(tmp, repo, digits, &found));
    }
    if (!found)
        return missing_word(s, word);
    *commit = text_copy(s, found);
    return OK;
}
