/* Removing trees that somebody hostile made. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/fault.h"
#include "sys/thread.h"
#include "test/sys/given.h"

enum {
    DEEP = 500,
    WIDE = 500,
    ROUNDS = 200,
    VICTIMS = 50,
    NOBODY = 65534,
    FEW_DESCRIPTORS = 128,
};

/* DEEP of them are longer than any path may be. */
#define LONG_NAME "a-directory-with-a-long-name"

TEST(a_tree_is_removed_with_everything_in_it)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    const char *tree = text(s, "%s/tree", dir);
    TRY(directory_make(s, text(s, "%s/a/b/c", tree), 0755));
    for (int i = 0; i < WIDE; i++)
        TRY(file_append(s, text(s, "%s/a/file %d", tree, i), BYTES(""), 0644));
    TRY(write_text(s, text(s, "%s/.hidden", tree), "x"));
    CHECK_EQ(mkfifo(text(s, "%s/a/pipe", tree), 0600), 0);
    TRY(tree_remove(s, tree));
    CHECK(!file_exists(tree));
    CHECK(directory_exists(dir));
    return OK;
}

TEST(removing_what_is_absent_or_a_single_file_is_fine)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    TRY(tree_remove(s, text(s, "%s/none", dir)));
    TRY(tree_remove(s, text(s, "%s/none/below", dir)));
    TRY(write_text(s, text(s, "%s/file", dir), "x"));
    TRY(tree_remove(s, text(s, "%s/file", dir)));
    CHECK(!file_exists(text(s, "%s/file", dir)));
    return OK;
}

TEST(names_that_would_remove_something_else_are_refused)
{
    FAILS(INVALID, tree_remove(s, ""));
    FAILS(INVALID, tree_remove(s, "/"));
    FAILS(INVALID, tree_remove(s, "//"));
    FAILS(INVALID, tree_remove(s, "."));
    FAILS(INVALID, tree_remove(s, "/tmp/.."));
    FAILS(INVALID, tree_remove(s, "/tmp/./"));
    return OK;
}

TEST(links_in_a_tree_are_removed_and_never_followed)
{
    const char *dir, *kept;

    TRY(given_directory(s, &dir));
    TRY(directory_make(s, text(s, "%s/outside/sub", dir), 0755));
    TRY(write_text(s, text(s, "%s/outside/precious", dir), "kept"));
    TRY(directory_make(s, text(s, "%s/tree", dir), 0755));
    CHECK_EQ(symlink("../outside", text(s, "%s/tree/up", dir)), 0);
    CHECK_EQ(symlink("../outside/precious", text(s, "%s/tree/file", dir)), 0);
    CHECK_EQ(symlink("/nowhere", text(s, "%s/tree/broken", dir)), 0);
    TRY(tree_remove(s, text(s, "%s/tree", dir)));
    CHECK(!file_exists(text(s, "%s/tree", dir)));
    TRY(read_text(s, text(s, "%s/outside/precious", dir), &kept));
    CHECK(directory_exists(text(s, "%s/outside/sub", dir)));
    return OK;
}

TEST(a_link_given_as_the_tree_is_removed_itself)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    TRY(directory_make(s, text(s, "%s/outside", dir), 0755));
    TRY(write_text(s, text(s, "%s/outside/precious", dir), "kept"));
    CHECK_EQ(symlink("outside", text(s, "%s/link", dir)), 0);
    TRY(tree_remove(s, text(s, "%s/link/", dir)));
    CHECK(file_exists(text(s, "%s/outside/precious", dir)));
    CHECK(access(text(s, "%s/link", dir), F_OK) < 0);
    return OK;
}

TEST(a_tree_deeper_than_any_path_is_removed_with_few_descriptors)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    TRY(directory_make(s, text(s, "%s/tree", dir), 0755));
    int at = open(text(s, "%s/tree", dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < DEEP; i++) {
        CHECK_EQ(mkdirat(at, LONG_NAME, 0755), 0);
        int below = openat(at, LONG_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(at);
        at = below;
    }
    close(at);
    struct rlimit before, few = {FEW_DESCRIPTORS, 0};
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    few.rlim_max = before.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    Error *e = tree_remove(s, text(s, "%s/tree", dir));
    setrlimit(RLIMIT_NOFILE, &before);
    TRY(e);
    CHECK(!file_exists(text(s, "%s/tree", dir)));
    return OK;
}

/* In a child that is not root, since root needs no permission bits. */
TEST(directories_without_permissions_are_opened_up_and_removed)
{
    const char *dir;
    int status;

    TRY(given_directory(s, &dir));
    CHECK_EQ(chmod(dir, 0777), 0);
    int child = fork();
    if (child == 0) {
        UNIT(u, NULL, "child");
        const char *tree = text(u, "%s/tree", dir);
        bool done = (getuid() || !setresuid(NOBODY, NOBODY, NOBODY)) &&
                    !directory_make(u, text(u, "%s/shut/in", tree), 0755) &&
                    !write_text(u, text(u, "%s/shut/in/file", tree), "x") &&
                    !chmod(text(u, "%s/shut/in", tree), 0) &&
                    !chmod(text(u, "%s/shut", tree), 0500) && !chmod(tree, 0400) &&
                    !tree_remove(u, tree);
        _exit(done ? 0 : 1);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK(!file_exists(text(s, "%s/tree", dir)));
    return OK;
}

/* Swaps directories of the tree and links to the precious one for each other, as fast as it can. */
static Error *swap(Scope *s, void *arg)
{
    const char *dir = arg, *outside = text(s, "%s/outside", dir);
    const char *victims[VICTIMS], *links[VICTIMS];

    for (int i = 0; i < VICTIMS; i++) {
        victims[i] = text(s, "%s/tree/%d", dir, i);
        links[i] = text(s, "%s/link-%d", dir, i);
    }
    for (int i = 0; !cancel_asked(scope_cancel(s)); i = (i + 1) % VICTIMS) {
        if (renameat2(AT_FDCWD, victims[i], AT_FDCWD, links[i], RENAME_EXCHANGE) == 0)
            continue;
        /* One of them was removed; a directory may be in the link's place now. */
        rmdir(links[i]);
        mkdir(victims[i], 0755);
        if (symlink(outside, links[i]) < 0 && errno != EEXIST)
            return fail_errno(s, errno, "linking");
    }
    return OK;
}

TEST(a_directory_swapped_for_a_link_meanwhile_is_not_followed)
{
    const char *dir, *kept;
    Thread *thread;

    TRY(given_directory(s, &dir));
    const char *precious = text(s, "%s/outside/precious", dir), *tree = text(s, "%s/tree", dir);
    TRY(directory_make(s, text(s, "%s/outside", dir), 0755));
    TRY(write_text(s, precious, "kept"));
    TRY(thread_start(s, "swapper", swap, (void *)(uintptr_t)dir, &thread));
    for (int i = 0; i < ROUNDS; i++) {
        SCOPE(turn, s);
        TRY(directory_make(turn, tree, 0755));
        TRY(scope_sleep(turn, US_PER_MS)); /* for the swapper to fill it */
        error_drop(tree_remove(turn, tree), "may lose against the swapper");
    }
    thread_stop(thread);
    TRY(read_text(s, precious, &kept));
    return tree_remove(s, tree);
}
