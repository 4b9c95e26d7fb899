/* Ending programs: at every stage, with all they started, whatever they try. */

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/time.h"
#include "sys/thread.h"
#include "test/sys/given_process.h"

enum {
    CANCEL_ROUNDS = 40,
    RUNNERS = 8,
    RUNS_EACH = 15,
    LONG_GRACE_US = 60 * 1000 * 1000, /* so that what ends sooner needed no SIGKILL */
};

/* Waits until the program has written the file that says it is under way. */
static fallible await_file(Scope *s, const char *path)
{
    scope_limit(s, 20 * US_PER_S);
    while (!file_exists(path))
        TRY(scope_sleep(s, US_PER_MS));
    return OK;
}

typedef struct Runner {
    ProcessSpec spec;
    const char *ready; /* what the program makes once it runs */
} Runner;

static Error *run(Scope *s, void *arg)
{
    Runner *runner = arg;
    ProcessResult result;

    return process_run(s, &runner->spec, &result);
}

/* Runs the program until it is ready, cancels it, and tells how long that took. */
static fallible cancel_when_ready(Scope *s, Runner *runner, int64_t *took)
{
    Thread *thread;

    TRY(thread_start(s, "runner", run, runner, &thread));
    TRY(await_file(s, runner->ready));
    int64_t began = clock_us();
    thread_cancel(thread, "the user asked for it");
    FAILS(CANCELLED, thread_wait(s, thread));
    *took = clock_us() - began;
    CHECK(!has_children());
    return OK;
}

static fallible given_runner(Scope *s, const char *script, const char **mark, Runner *out)
{
    const char *dir;

    TRY(given_directory(s, &dir));
    *mark = text(s, "mark-%s", random_hex(s, 8));
    out->ready = text(s, "%s/ready", dir);
    out->spec = (ProcessSpec){.grace_us = TEST_GRACE_US};
    texts_add(s, &out->spec.argv, "python3");
    texts_add(s, &out->spec.argv, "-c");
    texts_add(s, &out->spec.argv, script);
    texts_add(s, &out->spec.argv, out->ready);
    texts_add(s, &out->spec.argv, *mark);
    texts_add(s, &out->spec.env, TEST_PATH);
    return OK;
}

#define PREAMBLE                                                                                   \
    "import os, signal, subprocess, sys, time\n"                                                   \
    "def ready(): open(sys.argv[1], 'w').close()\n"                                                \
    "def stay(): time.sleep(60)\n"                                                                 \
    "end = time.time() + 60\n"

TEST(a_cancelled_program_that_heeds_sigterm_is_gone_at_once)
{
    Runner runner;
    const char *mark;
    int64_t took;
    bool alive;

    TRY(given_runner(s, PREAMBLE "ready(); stay()", &mark, &runner));
    runner.spec.grace_us = LONG_GRACE_US;
    TRY(cancel_when_ready(s, &runner, &took));
    CHECK(took < LONG_GRACE_US / 2);
    TRY(marked_alive(s, mark, &alive));
    CHECK(!alive);
    return OK;
}

TEST(a_program_that_ignores_sigterm_is_killed_after_the_grace)
{
    Runner runner;
    const char *mark;
    int64_t took;
    bool alive;

    TRY(given_runner(s, PREAMBLE "signal.signal(15, signal.SIG_IGN); ready(); stay()", &mark,
                     &runner));
    TRY(cancel_when_ready(s, &runner, &took));
    CHECK(took >= TEST_GRACE_US);
    TRY(marked_alive(s, mark, &alive));
    CHECK(!alive);
    return OK;
}

TEST(a_program_may_finish_writing_within_its_grace)
{
    Runner runner;
    const char *mark;
    int64_t took;

    /* More than a pipe holds: it must be read from to come to its end. */
    TRY(given_runner(s,
                     PREAMBLE "def end(*_):\n"
                              "  sys.stdout.write('x' * 1000000); sys.stdout.flush()\n"
                              "  open(sys.argv[1] + '2', 'w').close(); os._exit(0)\n"
                              "signal.signal(15, end); ready(); stay()",
                     &mark, &runner));
    runner.spec.grace_us = LONG_GRACE_US;
    TRY(cancel_when_ready(s, &runner, &took));
    CHECK(file_exists(text(s, "%s2", runner.ready)));
    CHECK(took < LONG_GRACE_US / 2);
    return OK;
}

/* In sessions of their own, double-forked, deaf to SIGTERM: nothing of a program's group. */
TEST(runaway_grandchildren_are_gone_when_a_cancel_returns)
{
    Runner runner;
    const char *mark;
    int64_t took;
    bool alive;

    TRY(given_runner(s,
                     PREAMBLE "for i in range(5):\n"
                              "  if os.fork() == 0:\n"
                              "    os.setsid(); signal.signal(15, signal.SIG_IGN)\n"
                              "    if os.fork(): os._exit(0)\n"
                              "    os.setsid(); stay()\n"
                              "  os.wait()\n"
                              "ready(); stay()",
                     &mark, &runner));
    runner.spec.grace_us = LONG_GRACE_US;
    TRY(cancel_when_ready(s, &runner, &took));
    CHECK(took < LONG_GRACE_US / 2);
    TRY(marked_alive(s, mark, &alive));
    CHECK(!alive);
    return OK;
}

TEST(a_program_that_goes_on_forking_is_gone_when_a_cancel_returns)
{
    Runner runner;
    const char *mark;
    int64_t took;
    bool alive;

    /* Each process lives a moment and leaves a successor in a new session. (Here as elsewhere a
     * minute at most, so that a broken feature does not burden the machine for ever.) */
    TRY(given_runner(s,
                     PREAMBLE "for i in range(4):\n"
                              "  if os.fork() == 0:\n"
                              "    while time.time() < end:\n"
                              "      os.setsid() if os.getsid(0) != os.getpid() else 0\n"
                              "      if os.fork(): os._exit(0)\n"
                              "ready(); stay()",
                     &mark, &runner));
    TRY(cancel_when_ready(s, &runner, &took));
    TRY(marked_alive(s, mark, &alive));
    CHECK(!alive);
    return OK;
}

TEST(what_a_program_leaves_running_is_ended_with_it)
{
    const char *mark = text(s, "mark-%s", random_hex(s, 8));
    ProcessSpec spec = SHELL("setsid sh -c 'sleep 60; : $0' $0 & echo started");
    ProcessResult result;
    bool alive;

    spec.argv = TEXTS("sh", "-c", "setsid sh -c 'sleep 60; :' \"$0\" & echo started", mark);
    scope_limit(s, 10 * US_PER_S);
    TRY(process_run(s, &spec, &result));
    CHECK_TEXT(text_of(s, result.out), "started\n");
    CHECK_EQ(result.status, 0);
    TRY(marked_alive(s, mark, &alive));
    CHECK(!alive);
    return OK;
}

static Error *run_many(Scope *s, void *arg)
{
    ProcessSpec spec = SHELL("setsid sleep 60 & cat");
    ProcessResult result;

    (void)arg;
    spec.input = BYTES("through");
    for (int i = 0; i < RUNS_EACH; i++) {
        SCOPE(turn, s);
        TRY(process_run(turn, &spec, &result));
        CHECK_TEXT(text_of(turn, result.out), "through");
    }
    return OK;
}

TEST(many_threads_run_programs_at_once_and_nothing_is_left)
{
    Thread *threads[RUNNERS];

    scope_limit(s, 100 * US_PER_S);
    for (int i = 0; i < RUNNERS; i++)
        TRY(thread_start(s, "runner", run_many, NULL, &threads[i]));
    for (int i = 0; i < RUNNERS; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK(!has_children());
    return OK;
}

TEST(a_deadline_ends_a_program)
{
    ProcessSpec spec = SHELL("sleep 60");
    ProcessResult result;
    SCOPE(tmp, s);

    scope_limit(tmp, 50 * US_PER_MS);
    Error *e = process_run(tmp, &spec, &result);
    CHECK(failed_as(e, TIMEOUT));
    CHECK_HAS(e->message, "running sh");
    CHECK(!has_children());
    return OK;
}

TEST(a_cancelled_scope_starts_nothing)
{
    ProcessSpec spec = SHELL("sleep 60");
    ProcessResult result;
    UNIT(u, scope_cancel(s), "cancelled");

    cancel_now(scope_cancel(u), "too late");
    FAILS(CANCELLED, process_run(u, &spec, &result));
    CHECK(!has_children());
    return OK;
}

/* Before the fork, before the exec, while it runs, while it ends. */
TEST(a_cancel_at_any_moment_leaves_nothing)
{
    ProcessSpec spec = SHELL("sleep 0.02; head -c 300000 /dev/zero");

    for (int i = 0; i < CANCEL_ROUNDS; i++) {
        Runner runner = {.spec = spec};
        Thread *thread;
        SCOPE(turn, s);
        TRY(thread_start(turn, "runner", run, &runner, &thread));
        TRY(scope_sleep(turn, i * US_PER_MS));
        thread_cancel(thread, "now");
        Error *e = thread_wait(turn, thread);
        CHECK(!e || failed_as(e, CANCELLED));
        CHECK(!has_children());
    }
    return OK;
}

TEST(a_closed_scope_ends_a_program_one_talks_with)
{
    const char *mark = text(s, "mark-%s", random_hex(s, 8));
    ProcessSpec spec = {.argv = TEXTS("sh", "-c", "sleep 60; :", mark), .env = TEXTS(TEST_PATH)};
    Process *program;
    bool alive;

    {
        SCOPE(tmp, s);
        TRY(process_open(tmp, &spec, &program));
        scope_limit(s, 20 * US_PER_S);
        do /* a moment after exec its command line is not there yet */
            TRY(marked_alive(s, mark, &alive));
        while (!alive && !scope_check(s));
        CHECK_EQ(kill(program->pid, 0), 0);
    }
    TRY(marked_alive(s, mark, &alive));
    CHECK(!alive);
    CHECK(!has_children());
    return OK;
}

TEST(a_program_ends_when_our_process_is_killed)
{
    const char *mark = text(s, "mark-%s", random_hex(s, 8)), *dir;
    bool alive = true;

    TRY(given_directory(s, &dir));
    const char *ready = text(s, "%s/ready", dir);
    int ours = fork();
    if (ours == 0) {
        UNIT(u, NULL, "child");
        ProcessResult result;
        ProcessSpec spec = SHELL("");
        spec.argv = TEXTS("sh", "-c",
                          "setsid sh -c ': >\"$1\"; sleep 60; :' \"$0\" \"$1\"; :", mark, ready);
        _exit(process_run(u, &spec, &result) ? 1 : 0);
    }
    TRY(await_file(s, ready));
    kill(ours, SIGKILL);
    CHECK_EQ(waitpid(ours, NULL, 0), ours);
    while (alive) {
        TRY(marked_alive(s, mark, &alive));
        TRY(scope_sleep(s, US_PER_MS));
    }
    return OK;
}

/* The keeper is the program's parent. */
TEST(a_killed_keeper_is_noticed_and_takes_the_program_with_it)
{
    const char *mark = text(s, "mark-%s", random_hex(s, 8));
    ProcessSpec spec = SHELL("");
    ProcessResult result;
    bool alive;

    spec.argv = TEXTS("sh", "-c",
                      "sh -c 'sleep 60; :' \"$0\" & sleep 0.2; kill -9 $PPID; sleep 60; :", mark);
    FAILS(UNAVAILABLE, process_run(s, &spec, &result));
    CHECK(!has_children());
    scope_limit(s, 10 * US_PER_S);
    do {
        TRY(scope_sleep(s, US_PER_MS));
        TRY(marked_alive(s, mark, &alive));
    } while (alive);
    return OK;
}
