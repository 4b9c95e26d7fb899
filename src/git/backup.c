/* The state of a checkout saved before it is overwritten. */

#include "git/checkout.h"
#include "sys/file.h"

enum { INDEX_BYTES_MAX = 512 << 20 };

/* A copy of the index keeps what it knows about unchanged files. */
static fallible copy_index(Scope *s, const Checkout *checkout, Checkout *out)
{
    const char *folder;
    Bytes index;

    TRY(directory_temporary(s, checkout->git_dir, "dursor", &folder));
    *out = *checkout;
    out->index = text(s, "%s/index", folder);
    Error *e = file_read(s, text(s, "%s/index", checkout->git_dir), INDEX_BYTES_MAX, &index);
    if (failed_as(e, MISSING)) /* nothing was ever added */
        return OK;
    TRY(e);
    return file_write(s, out->index, index, 0600);
}

static bool below(const char *path, const char *folder)
{
    size_t size = strlen(folder);

    return text_starts(path, folder) && (path[size] == '/' || !path[size]);
}

/* git add takes a repository within the checkout for a submodule and saves none of its files. */
static fallible check_no_repository(Scope *s, const Checkout *copy, const TouchedList *touched)
{
    ProcessResult result;

    TRY(checkout_git(s, copy, &TEXTS("ls-files", "--stage", "-z"), (Bytes){0}, &result));
    for (Bytes rest = result.out; rest.size;) {
        const char *line = rest.data, *tab = strchr(line, '\t');
        size_t size = strlen(line) + 1;
        rest = size < rest.size ? (Bytes){rest.data + size, rest.size - size} : (Bytes){0};
        if (!tab || !text_starts(line, "160000"))
            continue;
        EACH (const Touched, one, touched)
            if (one->in_way && below(tab + 1, one->in_way))
                return fail_code(s, CONFLICT, "checkout_dirty",
                                 "%s is in the way and a git repository of its own: move "
                                 "it away first",
                                 tab + 1);
    }
    return OK;
}

/* Tracked files as they are on disk, and whatever is in the way, ignored or not. */
static fallible files_tree(Scope *s, const Checkout *checkout, const TouchedList *touched,
                           const char **out)
{
    Checkout copy;
    Buffer paths = buffer_in(s);

    TRY(copy_index(s, checkout, &copy));
    TRY(checkout_git(s, &copy, &TEXTS("add", "--update", "--", "."), (Bytes){0}, NULL));
    EACH (const Touched, one, touched)
        if (one->in_way)
            buffer_add(&paths, one->in_way, strlen(one->in_way) + 1);
    if (paths.size)
        TRY(checkout_git(s, &copy,
                         &TEXTS("add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"),
                         buffer_view(&paths), NULL));
    if (paths.size)
        TRY(check_no_repository(s, &copy, touched));
    return checkout_word(s, &copy, &TEXTS("write-tree"), out);
}

static fallible head_of(Scope *s, const Checkout *checkout, const char **out)
{
    GitCommand command = {.args = TEXTS("rev-parse", "--quiet", "--verify", "HEAD"),
                          .dir = checkout->top,
                          .trust = GIT_TRUST_OWN};
    ProcessResult result;

    TRY(git_ask(s, checkout->access, &command, &result));
    *out = result.status == 0 ? text_trim(s, text_of(s, result.out)) : NULL;
    return OK;
}

/* 2026-01-10T11:34:47.123456Z without what a ref's name may not hold. */
static const char *ref_of(Scope *s, Time now)
{
    Buffer b = buffer_in(s);

    buffer_text(&b, "refs/dursor/backup/");
    for (const char *p = time_text(s, now); *p; p++)
        if (!strchr(":-", *p))
            buffer_char(&b, *p);
    return buffer_string(&b);
}

fallible backup_make(Scope *s, const Checkout *checkout, const TouchedList *touched, Time now,
                     ApplyResult *out)
{
    SCOPE(tmp, s);
    const char *index_tree, *files, *head, *index_commit, *commit;
    const char *ref = ref_of(s, now);
    TextList parents = {0};

    TRY(head_of(tmp, checkout, &head));
    TRY(checkout_word(tmp, checkout, &TEXTS("write-tree"), &index_tree));
    TRY(files_tree(tmp, checkout, touched, &files));
    if (head)
        texts_add(tmp, &parents, head);
    TRY(checkout_commit(tmp, checkout, index_tree, &parents, &index_commit));
    texts_add(tmp, &parents, index_commit);
    TRY(checkout_commit(tmp, checkout, files, &parents, &commit));
    TRY(checkout_git(tmp, checkout,
                     &TEXTS("update-ref", ref, commit, "0000000000000000000000000000000000000000"),
                     (Bytes){0}, NULL));
    out->backup = ref;
    texts_add(s, &out->way_back,
              text(tmp, "git -C '%s' read-tree --reset -u %s", checkout->top, ref));
    texts_add(s, &out->way_back,
              text(tmp, "git -C '%s' read-tree %s^%zu", checkout->top, ref, parents.count));
    return OK;
}
