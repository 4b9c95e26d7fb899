/* Running programs: what they get, and how they end. */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/id.h"
#include "base/time.h"
#include "sys/fault.h"
#include "sys/signals.h"
#include "test/sys/given_process.h"

TEST(a_program_gets_its_input_and_gives_both_outputs)
{
    ProcessSpec spec = SHELL("cat; echo oops >&2; exit 3");
    ProcessResult result;

    spec.input = BYTES("some\0 input");
    TRY(process_run(s, &spec, &result));
    CHECK(bytes_equal(result.out, BYTES("some\0 input")));
    CHECK(bytes_equal(result.err, BYTES("oops\n")));
    CHECK_EQ(result.status, 3);
    CHECK_EQ(result.signal, 0);
    CHECK(!has_children());
    return OK;
}

TEST(a_program_gets_only_the_environment_it_is_given)
{
    ProcessSpec spec = {.argv = TEXTS("/usr/bin/env"), .env = TEXTS("ONE=1", "EMPTY=")};
    ProcessResult result;

    setenv("DURSOR_SECRET_OF_OURS", "leaked", 1);
    TRY(process_run(s, &spec, &result));
    CHECK(bytes_equal(result.out, BYTES("ONE=1\nEMPTY=\n")));
    return OK;
}

TEST(a_program_gets_three_descriptors_and_no_other)
{
    ProcessSpec spec = SHELL("ls /proc/self/fd");
    ProcessResult result;
    int leaking = open("/dev/null", O_RDONLY); /* without close-on-exec, as a library may do */

    close_with(s, leaking);
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), "0\n1\n2\n3\n"); /* 3 is the listing's own */
    return OK;
}

TEST(without_input_standard_input_is_empty)
{
    ProcessSpec spec = SHELL("readlink /proc/self/fd/0; cat");
    ProcessResult result;

    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), "/dev/null\n");
    return OK;
}

TEST(a_program_has_default_signals_and_a_session_of_its_own)
{
    ProcessSpec spec = PYTHON("import os, signal\n"
                              "print(signal.pthread_sigmask(signal.SIG_BLOCK, []) or 'none')\n"
                              "print(os.getsid(0) == os.getpid() == os.getpgid(0))\n"
                              "print([l for l in open('/proc/self/status') if 'SigIgn' in l])\n");
    ProcessResult result;

    TRY(given_blocked_signals(s));
    TRY(process_run(s, &spec, &result));
    /* Python itself ignores SIGPIPE (bit 12) and SIGXFSZ (bit 24). */
    CHECK_TEXT(text_of(s, result.out), "none\nTrue\n['SigIgn:\\t0000000001001000\\n']\n");
    return OK;
}

TEST(a_program_runs_in_its_directory)
{
    const char *dir;
    ProcessSpec spec = SHELL("pwd");
    ProcessResult result;

    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), "/\n");
    TRY(given_directory(s, &dir));
    spec.dir = dir;
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), text(s, "%s\n", dir));
    return OK;
}

TEST(a_missing_directory_is_said_and_leaves_nothing)
{
    ProcessSpec spec = SHELL("pwd");
    ProcessResult result;

    spec.dir = "/no/such/place";
    Error *e = process_run(s, &spec, &result);
    CHECK(failed_as(e, MISSING));
    CHECK_HAS(e->message, "working directory of sh");
    CHECK(!has_children());
    return OK;
}

TEST(a_missing_program_is_named)
{
    ProcessSpec spec = {.argv = TEXTS("no-such-program", "secret"),
                        .env = TEXTS("PATH=/usr/bin:/bin")};
    ProcessResult result;
    Error *e = process_run(s, &spec, &result);

    CHECK(failed_as(e, MISSING));
    CHECK_TEXT(e->message,
               "no-such-program is not installed: no such program in PATH (/usr/bin:/bin)");
    spec.argv = TEXTS("/usr/bin/no-such-program");
    FAILS(MISSING, process_run(s, &spec, &result));
    spec.argv = TEXTS("bin/relative");
    FAILS(INVALID, process_run(s, &spec, &result));
    spec.argv.count = 0;
    FAILS(INVALID, process_run(s, &spec, &result));
    return OK;
}

static fallible given_script(Scope *s, const char *content, mode_t mode, const char **out)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    *out = text(s, "%s/script", dir);
    return file_write(s, *out, bytes_of(content), mode);
}

TEST(what_cannot_be_executed_is_said)
{
    ProcessSpec spec = {.env = TEXTS(TEST_PATH)};
    ProcessResult result;
    const char *path;

    TRY(given_script(s, "#!/no/interpreter\n", 0755, &path));
    spec.argv = TEXTS(path);
    Error *e = process_run(s, &spec, &result);
    CHECK(failed_as(e, MISSING));
    CHECK_HAS(e->message, "its interpreter is missing");
    TRY(given_script(s, "#!/bin/sh\n", 0644, &path));
    spec.argv = TEXTS(path);
    FAILS(DENIED, process_run(s, &spec, &result));
    TRY(given_script(s, "no program at all", 0755, &path));
    spec.argv = TEXTS(path);
    FAILS(INVALID, process_run(s, &spec, &result));
    CHECK(!has_children());
    return OK;
}

TEST(an_environment_entry_without_a_name_is_refused)
{
    ProcessSpec spec = {.argv = TEXTS("true"), .env = TEXTS("PATH=/bin", "oops")};
    ProcessResult result;

    FAILS(INVALID, process_run(s, &spec, &result));
    return OK;
}

TEST(programs_are_never_looked_for_in_relative_places)
{
    const char *dir, *found;

    TRY(given_directory(s, &dir));
    TRY(file_write(s, text(s, "%s/tool", dir), BYTES("#!/bin/sh\n"), 0755));
    CHECK_EQ(chdir(dir), 0);
    FAILS(MISSING, program_find(s, "tool", ":.:tmp", &found));
    TRY(program_find(s, "tool", text(s, ".:/nowhere:%s", dir), &found));
    CHECK_EQ(chdir("/"), 0);
    CHECK_TEXT(found, text(s, "%s/tool", dir));
    FAILS(MISSING, program_find(s, "tool", "", &found));
    FAILS(INVALID, program_find(s, "", NULL, &found));
    TRY(program_find(s, "sh", NULL, &found));
    return OK;
}

TEST(a_failed_program_is_reported_with_its_last_words)
{
    ProcessSpec spec = SHELL("echo progress >&2; echo 'fatal: no such branch' >&2; exit 128");
    ProcessResult result;

    TRY(process_run(s, &spec, &result));
    Error *e = process_check(s, &spec, &result);
    CHECK(failed_as(e, UPSTREAM));
    CHECK_TEXT(e->message, "sh ended with status 128: fatal: no such branch");
    spec = SHELL("kill -9 $$");
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(result.signal, SIGKILL);
    CHECK_EQ(result.status, -1);
    CHECK_TEXT(process_check(s, &spec, &result)->message, "sh was ended by SIGKILL");
    return OK;
}

TEST(a_program_that_does_not_read_its_input_is_no_failure)
{
    ProcessSpec spec = SHELL("exit 0");
    ProcessResult result;
    size_t size = 4 << 20;

    TRY(given_blocked_signals(s));
    spec.input = (Bytes){scope_alloc(s, size), size};
    TRY(process_run(s, &spec, &result));
    CHECK_EQ(result.status, 0);
    return OK;
}

TEST(much_input_and_output_at_once_do_not_block_each_other)
{
    ProcessSpec spec = SHELL("cat");
    ProcessResult result;
    size_t size = 8 << 20;
    char *data = scope_alloc(s, size);

    random_bytes(data, size);
    spec.input = (Bytes){data, size};
    TRY(process_run(s, &spec, &result));
    CHECK(bytes_equal(result.out, spec.input));
    return OK;
}

TEST(limits_hold_for_the_program)
{
    ProcessSpec spec = SHELL("while :; do :; done");
    ProcessResult result;

    spec.limits.cpu_s = 1;
    TRY(process_run(s, &spec, &result));
    CHECK(result.signal == SIGXCPU || result.signal == SIGKILL);
    CHECK(result.cpu_us > 100 * US_PER_MS); /* the kernel counts in ticks */
    spec = SHELL("ulimit -f; ulimit -v; ulimit -n; ulimit -Hn");
    spec.limits =
        (ProcessLimits){.file_bytes = 1 << 20, .memory_bytes = 1 << 30, .descriptors = 50};
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), "2048\n1048576\n50\n50\n");
    return OK;
}

static void core_restore(void *limit)
{
    setrlimit(RLIMIT_CORE, limit);
}

TEST(a_program_dumps_no_core_even_where_we_would)
{
    ProcessSpec spec = SHELL("ulimit -Hc");
    struct rlimit *before = NEW(s, struct rlimit);
    ProcessResult result;

    CHECK_EQ(getrlimit(RLIMIT_CORE, before), 0);
    struct rlimit much = {before->rlim_max, before->rlim_max};
    CHECK_EQ(setrlimit(RLIMIT_CORE, &much), 0);
    scope_undo(s, core_restore, before);
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), "0\n");
    return OK;
}

TEST(the_cpu_time_counts_grandchildren_and_the_size_is_told)
{
    ProcessSpec spec = PYTHON("import subprocess, sys\n"
                              "subprocess.run([sys.executable, '-c', 'x = bytearray(60000000)\\n"
                              "for i in range(3000000): pass'])");
    ProcessResult result;

    TRY(process_run(s, &spec, &result));
    CHECK(result.cpu_us > 50 * US_PER_MS);
    CHECK(result.peak_bytes > 60 * 1000 * 1000);
    return OK;
}

TEST(one_can_talk_with_a_program)
{
    ProcessSpec spec = SHELL("while read line; do echo \"got $line\"; done");
    ProcessResult result;
    Process *program;
    char answer[20] = "";
    int ready;

    TRY(process_open(s, &spec, &program));
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(write(program->in, "hello\n", 6), 6);
        struct pollfd fd = {program->out, POLLIN, 0};
        TRY(scope_poll(s, &fd, 1, 10 * US_PER_S, &ready));
        CHECK_EQ(read(program->out, answer, sizeof answer), 10);
        CHECK_EQ(memcmp(answer, "got hello\n", 10), 0);
    }
    process_close_input(program);
    TRY(process_wait(s, program, &result));
    CHECK_EQ(result.status, 0);
    return OK;
}
