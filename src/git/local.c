/* A repository on this machine, looked at before it is cloned. */

#include "git/mirror.h"

#include "sys/file.h"

/* The paths of .promisor files tell a partial clone whatever its configuration includes. */
static fallible has_promisor_packs(Scope *s, const char *common_dir, bool *out)
{
    TextList names = {0};

    *out = false;
    Error *e = directory_list(s, text(s, "%s/objects/pack", common_dir), &names);
    if (failed_as(e, MISSING))
        return OK;
    TRY(e);
    EACH (const char *, name, &names)
        *out |= text_ends(*name, ".promisor");
    return OK;
}

static fallible check_partial(Scope *s, const GitAccess *access, const char *common_dir)
{
    bool partial;
    ProcessResult result;

    TRY(has_promisor_packs(s, common_dir, &partial));
    GitCommand command = {.args = TEXTS("config", "--no-includes", "--file",
                                        text(s, "%s/config", common_dir), "--get-regexp",
                                        "^(extensions\\.partialclone|remote\\..*\\.promisor)$")};
    TRY(git_ask(s, access, &command, &result));
    if (partial || result.status == 0)
        return fail_code(
            s, UNSUPPORTED, "repo_partial",
            "%s is a partial clone, some of its contents are elsewhere: give the address it was "
            "cloned from, or run git fetch --refetch --no-filter there and unset its filter",
            common_dir);
    return OK;
}

/* A line of git's output: its value, or NULL when the exit status says that there is none. */
static fallible ask_line(Scope *s, const GitAccess *access, const GitCommand *command,
                         const char **out)
{
    ProcessResult result;

    TRY(git_ask(s, access, command, &result));
    const char *line = text_trim(s, text_of(s, result.out));
    *out = result.status == 0 && *line ? line : NULL;
    return OK;
}

static fallible find_places(Scope *s, const GitAccess *access, const char *path, LocalSource *out)
{
    GitCommand command = {.args = TEXTS("rev-parse", "--path-format=absolute", "--git-common-dir",
                                        "--git-dir", "--show-object-format",
                                        "--is-shallow-repository", "--is-bare-repository"),
                          .dir = path};
    ProcessResult result;

    TRY(git_run(s, access, &command, &result));
    TextList lines = text_split(s, text_of(s, result.out), '\n');
    if (lines.count < 5)
        return fail(s, UPSTREAM, "git rev-parse says nothing about %s", path);
    if (!text_equal(lines.items[2], "sha1"))
        return fail_code(s, UNSUPPORTED, "repo_sha256",
                         "%s uses %s object names, dursor reads sha1 ones only", path,
                         lines.items[2]);
    TRY(file_real_path(s, lines.items[0], &out->common_dir));
    TRY(file_real_path(s, lines.items[1], &out->git_dir));
    out->shallow = text_equal(lines.items[3], "true");
    if (text_equal(lines.items[4], "false")) {
        command.args = TEXTS("rev-parse", "--show-toplevel");
        TRY(ask_line(s, access, &command, &out->top));
    }
    return OK;
}

static fallible find_head(Scope *s, const GitAccess *access, LocalSource *out)
{
    GitCommand commit = {.args = TEXTS("rev-parse", "--quiet", "--verify", "HEAD^{commit}"),
                         .git_dir = out->git_dir};
    GitCommand branch = {.args = TEXTS("symbolic-ref", "--quiet", "--short", "HEAD"),
                         .git_dir = out->git_dir};

    TRY(ask_line(s, access, &commit, &out->head));
    return ask_line(s, access, &branch, &out->branch);
}

/* "user.name LF Ann NUL user.email LF … NUL": of several files the last one counts. */
static void take_person(Scope *s, Bytes said, LocalSource *out)
{
    while (said.size) {
        const char *entry = text_of(s, said);
        if (text_starts(entry, "user.name\n"))
            out->name = text_trim(s, entry + strlen("user.name\n"));
        if (text_starts(entry, "user.email\n"))
            out->email = text_trim(s, entry + strlen("user.email\n"));
        size_t used = strlen(entry) < said.size ? strlen(entry) + 1 : said.size;
        said = (Bytes){said.data + used, said.size - used};
    }
}

fallible local_person(Scope *s, const GitAccess *access, const char *path, LocalSource *out)
{
    GitCommand command = {.args =
                              TEXTS("config", "--null", "--get-regexp", "^user\\.(name|email)$"),
                          .dir = path,
                          .trust = GIT_TRUST_OWN};
    ProcessResult result;

    TRY(git_ask(s, access, &command, &result));
    if (result.status == 0)
        take_person(s, result.out, out);
    out->name = text_empty(out->name) ? NULL : out->name;
    out->email = text_empty(out->email) ? NULL : out->email;
    return OK;
}

fallible local_source(Scope *s, const GitAccess *access, const char *path, LocalSource *out)
{
    LocalSource source = {0};

    if (!directory_exists(path))
        return error_param(
            fail_code(s, MISSING, "repo_missing", "%s: there is no such folder", path), "repo",
            path);
    TRY(find_places(s, access, path, &source));
    TRY(check_partial(s, access, source.common_dir));
    TRY(find_head(s, access, &source));
    TRY(local_person(s, access, source.git_dir, &source));
    *out = source;
    return OK;
}
