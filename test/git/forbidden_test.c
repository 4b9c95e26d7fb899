/* Paths that are refused. */

#include "git/forbidden.h"
#include "test/test.h"

TEST(secrets_and_gits_own_are_hidden_wherever_they_are)
{
    static const char *const hidden[] = {".git",
                                         ".git/config",
                                         "sub/.git/hooks/post-checkout",
                                         ".GIT/config",
                                         ".Git",
                                         "git~1/config",
                                         "GIT~1",
                                         ".git /config",
                                         ".git./config",
                                         ".git::$INDEX_ALLOCATION/config",
                                         ".git:x",
                                         ".g\u200cit/config",
                                         "\u200d.git",
                                         ".git\ufeff/x",
                                         ".env",
                                         "a/.env",
                                         ".env.local",
                                         ".ENV.prod",
                                         "server.key",
                                         "a/server.key/b",
                                         "x.pem",
                                         "deep/er/x.PEM",
                                         "db.secret",
                                         "a:.key",
                                         ".env:x"};

    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (!path_hidden(hidden[i]) || !path_refused(hidden[i]))
            return fail(s, BUG, "not hidden: %s", hidden[i]);
    return OK;
}

TEST(ordinary_names_are_neither_hidden_nor_refused)
{
    static const char *const fine[] = {"README.md",
                                       ".github/workflows/ci.yml",
                                       ".gitignore",
                                       ".gitattributes",
                                       "environment.ts",
                                       "a.env",
                                       "keys.c",
                                       "key",
                                       "pem/x",
                                       "a b/c d.txt",
                                       "日本語/ファイル.txt",
                                       "\xff\xfe",
                                       "git~10",
                                       "~tilde",
                                       "a~",
                                       "x.key.txt",
                                       "...a",
                                       "a:b",
                                       "-x"};

    for (size_t i = 0; i < COUNT_OF(fine); i++)
        if (path_hidden(fine[i]) || path_refused(fine[i]))
            return fail(s, BUG, "refused: %s, it %s", fine[i], path_refused(fine[i]));
    return OK;
}

TEST(paths_that_leave_the_tree_or_that_no_filesystem_keeps_are_refused)
{
    static const char *const refused[] = {"",
                                          "/etc/passwd",
                                          "~/x",
                                          "~",
                                          "..",
                                          "a/../b",
                                          "../x",
                                          "a/..",
                                          ".",
                                          "./a",
                                          "a/./b",
                                          "a//b",
                                          "a/",
                                          "a\\b",
                                          "..\\x",
                                          "a\nb",
                                          "a\x7f",
                                          "a./b",
                                          "a.",
                                          "a ",
                                          "a /b",
                                          ".gitmodules",
                                          "sub/.gitmodules",
                                          ".GITMODULES",
                                          "gitmod~1"};

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (!path_refused(refused[i]))
            return fail(s, BUG, "not refused: %s", refused[i]);
    CHECK(!path_hidden(".gitmodules"));
    return OK;
}

TEST(too_long_and_too_deep_paths_are_refused)
{
    Buffer deep = buffer_in(s), name = buffer_in(s);

    for (int i = 0; i < TREE_NAME_MAX; i++)
        buffer_char(&name, 'a');
    CHECK(!path_refused(buffer_string(&name)));
    buffer_char(&name, 'a');
    CHECK_TEXT(path_refused(buffer_string(&name)), "has a part that is too long");
    for (int i = 1; i < TREE_PATH_DEPTH_MAX; i++)
        buffer_text(&deep, "d/");
    CHECK(!path_refused(text(s, "%sf", buffer_string(&deep))));
    CHECK_TEXT(path_refused(text(s, "%sd/f", buffer_string(&deep))), "is too deep");
    return OK;
}
