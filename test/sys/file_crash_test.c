/* Killed at each step of writing a file: readers see the old bytes or the new ones, whole. A filter
 * in a child kills it at the system call that begins the step. */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/fault.h"
#include "test/sys/given.h"

enum { ROUNDS = 60 };

static bool die_at(unsigned call)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {COUNT_OF(steps), steps};
    struct rlimit none = {0, 0};

    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Writes "new" over path in a child that dies at that call. */
static fallible write_and_die(Scope *s, const char *path, unsigned call)
{
    int status;
    int child = fork();

    if (child == 0) {
        UNIT(u, NULL, "child");
        Error *e = die_at(call) ? write_text(u, path, "new") : OK;
        _exit(e ? 1 : 2);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    return OK;
}

static fallible content_after_death_at(Scope *s, unsigned call, const char **out)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    TRY(write_text(s, path, "old"));
    TRY(write_and_die(s, path, call));
    return read_text(s, path, out);
}

TEST(killed_before_the_bytes_are_written_the_old_file_stays)
{
    const char *got;

    TRY(content_after_death_at(s, SYS_write, &got));
    CHECK_TEXT(got, "old");
    return OK;
}

TEST(killed_before_the_bytes_are_on_disk_the_old_file_stays)
{
    const char *got;

    TRY(content_after_death_at(s, SYS_fsync, &got));
    CHECK_TEXT(got, "old");
    return OK;
}

TEST(killed_before_the_rename_the_old_file_stays)
{
    const char *got;

    TRY(content_after_death_at(s, SYS_rename, &got));
    CHECK_TEXT(got, "old");
    return OK;
}

/* The undo's unlink comes after the rename, before the answer. */
TEST(killed_after_the_rename_the_new_file_is_there)
{
    const char *got;

    TRY(content_after_death_at(s, SYS_unlink, &got));
    CHECK_TEXT(got, "new");
    return OK;
}

static _Noreturn void write_for_ever(const char *path, const char *a, const char *b)
{
    for (int i = 0;; i++) {
        UNIT(u, NULL, "child");
        if (write_text(u, path, i % 2 ? a : b))
            _exit(1);
    }
}

TEST(killed_at_any_moment_a_file_is_whole)
{
    const char *dir, *got;
    const char *a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", *b = "bbbb";

    TRY(given_directory(s, &dir));
    const char *path = text(s, "%s/a", dir);
    TRY(write_text(s, path, a));
    for (int i = 0; i < ROUNDS; i++) {
        int child = fork(), status;
        if (child == 0)
            write_for_ever(path, a, b);
        TRY(scope_sleep(s, 1000 * (i % 10)));
        kill(child, SIGKILL);
        CHECK_EQ(waitpid(child, &status, 0), child);
        CHECK(WIFSIGNALED(status));
        TRY(read_text(s, path, &got));
        CHECK(text_equal(got, a) || text_equal(got, b));
    }
    return OK;
}
