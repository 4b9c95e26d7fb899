/* The demo: scripted models and a sample repository, both from inside the program. */

#include "cli/demo.h"

#include <stdio.h>

#include "cli/demo_llm.h"
#include "git/command.h"
#include "service/repos.h"
#include "sys/fault.h"
#include "sys/file.h"

extern const Bytes demo_readme, demo_pyproject, demo_init, demo_greet, demo_main, demo_test;

static const Bytes nothing = {"", 0};

static const struct {
    const char *path;
    const Bytes *content;
} files[] = {
    {"README.md", &demo_readme},         {"pyproject.toml", &demo_pyproject},
    {"greeter/__init__.py", &demo_init}, {"greeter/__main__.py", &demo_main},
    {"greeter/greet.py", &demo_greet},   {"tests/__init__.py", &nothing},
    {"tests/test_greet.py", &demo_test},
};

bool demo_wanted(const Settings *settings)
{
    return text_empty(settings->openai_api_key) && text_empty(settings->anthropic_api_key) &&
           text_empty(settings->gemini_api_key);
}

Error *demo_open(Scope *s, App *app)
{
    DemoLlm *demo;

    TRY(demo_llm_start(s, &(DemoLlmOptions){0}, &demo));
    app->demo_url = demo_llm_url(s, demo);
    return OK;
}

static fallible write_files(Scope *s, const char *directory)
{
    static const char *const folders[] = {"greeter", "tests"};

    for (size_t i = 0; i < COUNT_OF(folders); i++)
        TRY(directory_make(s, text(s, "%s/%s", directory, folders[i]), 0755));
    for (size_t i = 0; i < COUNT_OF(files); i++)
        TRY(file_write(s, text(s, "%s/%s", directory, files[i].path), *files[i].content, 0644));
    return OK;
}

static fallible git(Scope *s, const App *app, const char *directory, TextList args)
{
    GitCommand command = {.args = args, .dir = directory};

    texts_add(s, &command.config, "user.name=dursor demo");
    texts_add(s, &command.config, "user.email=demo@localhost");
    return git_run(s, &app->mirrors->access, &command, NULL);
}

/* Under another name until it is whole: a kill half way leaves no half repository. */
static fallible make_repository(Scope *s, const App *app, const char *path)
{
    const char *unfinished = text(s, "%s.unfinished", path);

    TRY(tree_remove(s, unfinished));
    TRY(write_files(s, unfinished));
    TRY(git(s, app, unfinished, TEXTS("init", "--quiet", "--initial-branch=main")));
    TRY(git(s, app, unfinished, TEXTS("add", "--all")));
    TRY(git(s, app, unfinished, TEXTS("commit", "--quiet", "--message=A greeter")));
    if (rename(unfinished, path) != 0 && !directory_exists(path))
        return fail_errno(s, errno, "making %s", path);
    return OK;
}

Error *demo_repository(Scope *s, App *app, const char **path)
{
    *path = text(s, "%s/demo/project", app->settings->data_dir);
    if (directory_exists(*path))
        return OK;
    return make_repository(s, app, *path);
}

Error *demo_offer(Scope *s, void *arg)
{
    App *app = arg;
    const char *path;
    Repo repo;

    TRY(demo_repository(s, app, &path));
    return repo_add(s, app, &local_caller, &(RepoOrder){.typed = path}, &repo);
}
