/* Figures of the process, signals, and system failures in words. */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/time.h"
#include "sys/fault.h"
#include "sys/memory.h"
#include "sys/signals.h"
#include "sys/thread.h"
#include "test/sys/given.h"

enum { TOUCHED = 32 << 20 };

TEST(memory_in_use_grows_with_what_is_touched)
{
    MemoryUse before, after;

    TRY(memory_use(s, &before));
    memset(scope_alloc(s, TOUCHED), 1, TOUCHED);
    TRY(memory_use(s, &after));
    CHECK(before.pss > 0 && before.pss <= before.rss);
    CHECK(after.rss - before.rss > TOUCHED * 9LL / 10);
    CHECK(after.pss - before.pss > TOUCHED * 9LL / 10);
    return OK;
}

TEST(open_descriptors_are_counted)
{
    int before, after;

    TRY(descriptors_open(s, &before));
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close_with(s, fd);
    TRY(descriptors_open(s, &after));
    CHECK_EQ(after, before + 1);
    return OK;
}

TEST(the_limit_of_descriptors_can_be_raised_to_the_hard_one)
{
    struct rlimit limit;
    int64_t now;

    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 100;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    TRY(descriptors_raise(s, &now));
    CHECK_EQ(now, limit.rlim_max);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_EQ(limit.rlim_cur, limit.rlim_max);
    return OK;
}

TEST(the_boot_clock_goes_on)
{
    int64_t before = boot_us();

    TRY(scope_sleep(s, 2 * US_PER_MS));
    CHECK(boot_us() - before >= 2 * US_PER_MS);
    CHECK(boot_us() >= clock_us() - US_PER_S);
    return OK;
}

static Error *raise_signal(Scope *s, void *arg)
{
    (void)s;
    (void)arg;
    kill(getpid(), SIGTERM);
    return OK;
}

TEST(signals_arrive_at_the_descriptor_and_nowhere_else)
{
    int fd, ready;

    TRY(given_blocked_signals(s));
    TRY(signals_open(s, &fd));
    CHECK_EQ(signals_next(fd), 0);
    TRY(thread_start(s, "signaller", raise_signal, NULL, NULL));
    struct pollfd poll_fd = {fd, POLLIN, 0};
    TRY(scope_poll(s, &poll_fd, 1, 10 * US_PER_S, &ready));
    CHECK_EQ(ready, 1);
    CHECK_EQ(signals_next(fd), SIGTERM);
    CHECK_EQ(signals_next(fd), 0);
    return OK;
}

TEST(writing_to_a_closed_pipe_is_an_error_not_a_death)
{
    int ends[2];

    TRY(given_blocked_signals(s));
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    close_with(s, ends[1]);
    close(ends[0]);
    CHECK(write(ends[1], "x", 1) < 0);
    CHECK_EQ(errno, EPIPE);
    return OK;
}

TEST(signals_have_names)
{
    CHECK_TEXT(signal_name(s, SIGTERM), "SIGTERM");
    CHECK_TEXT(signal_name(s, 99), "signal 99");
    return OK;
}

TEST(system_failures_have_kinds_and_lower_case_words)
{
    CHECK_TEXT(errno_error(s, ENOENT, "reading %s", "x")->message,
               "reading x: no such file or directory");
    CHECK_TEXT(errno_error(s, EIO, "x")->message, "x: input/output error");
    CHECK_TEXT(errno_error(s, 9999, "x")->message, "x: error 9999");
    FAILS(MISSING, fail_errno(s, ENOENT, "x"));
    FAILS(DENIED, fail_errno(s, EACCES, "x"));
    FAILS(CONFLICT, fail_errno(s, EEXIST, "x"));
    FAILS(LIMITED, fail_errno(s, EMFILE, "x"));
    FAILS(UNAVAILABLE, fail_errno(s, ENOSPC, "x"));
    return OK;
}
