/* Repositories for the tests of git/. */

#include "test/git/given.h"

fallible given_sh(Scope *s, const char *dir, const char *script, const char **out)
{
    ProcessSpec spec = {
        .argv = TEXTS("/bin/sh", "-ec", script),
        .env = TEXTS("PATH=/usr/local/bin:/usr/bin:/bin", text(s, "HOME=%s", dir), "LC_ALL=C.UTF-8",
                     "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=Ann",
                     "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Ann",
                     "GIT_COMMITTER_EMAIL=ann@example.org", "GIT_CONFIG_COUNT=2",
                     "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main",
                     "GIT_CONFIG_KEY_1=protocol.file.allow", "GIT_CONFIG_VALUE_1=always"),
        .dir = dir};
    ProcessResult result;

    TRY(process_run(s, &spec, &result));
    TRY(process_check(s, &spec, &result));
    if (out)
        *out = text_trim(s, text_clean(s, result.out, NULL));
    return OK;
}

fallible sh(Scope *s, const char *dir, const char *script)
{
    return given_sh(s, dir, script, NULL);
}

fallible given_source(Scope *s, Given *given)
{
    *given = (Given){0};
    TRY(directory_temporary(s, "/tmp", "git-test", &given->dir));
    given->source = text(s, "%s/source", given->dir);
    given->mirrors = (Mirrors){.dir = text(s, "%s/workspaces", given->dir), .allow_file = true};
    given->mirrors.access.seconds = 60;
    return sh(s, given->dir,
              "git init -q source; cd source; mkdir src; echo '# Hello' > README.md;"
              "printf 'int main(void)\\n{\\n    return 0;\\n}\\n' > src/main.c; git add .; git "
              "commit -qm first");
}

fallible open_mirror(Scope *s, Given *given, const char *address, Mirror **out)
{
    RepoUrl url;

    TRY(repo_url_parse(s, address, NULL, &url));
    return mirror_open(s, &given->mirrors, REPO_ID, &url, out);
}

fallible given_mirror(Scope *s, Given *given)
{
    TRY(given_source(s, given));
    TRY(open_mirror(s, given, given->source, &given->mirror));
    TRY(git_open(s, given->mirror, &given->repo));
    return mirror_resolve(s, given->mirror, NULL, &given->head);
}

fallible given_fetch(Scope *s, Given *given)
{
    TRY(mirror_fetch(s, given->mirror));
    return mirror_resolve(s, given->mirror, NULL, &given->head);
}

CommitOrder an_order(const char *parent, const char *branch, TreeChangeList changes)
{
    GitPerson ann = {"Ann", "ann@example.org", {1700000000 * US_PER_S}};
    GitPerson dursor = {"dursor", "dursor@localhost", {1700000000 * US_PER_S}};

    return (CommitOrder){.parent = parent,
                         .branch = branch,
                         .changes = changes,
                         .message = "Change it",
                         .author = ann,
                         .committer = dursor};
}

TreeChange create(const char *path, const char *content)
{
    return (TreeChange){.op = TREE_CREATE, .path = path, .content = bytes_of(content)};
}

TreeChange replace(const char *path, const char *content)
{
    return (TreeChange){.op = TREE_REPLACE, .path = path, .content = bytes_of(content)};
}

TreeChange delete_file(const char *path)
{
    return (TreeChange){.op = TREE_DELETE, .path = path};
}

TreeChange rename_file(const char *path, const char *new_path)
{
    return (TreeChange){
        .op = TREE_RENAME, .path = path, .new_path = new_path, .keep_content = true};
}
