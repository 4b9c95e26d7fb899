/* Starting and ending programs through their keepers. */

#include "sys/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "sys/fault.h"
#include "sys/keeper.h"

/* _Fork runs no handlers of pthread_atfork, which nothing in the keeper needs. ThreadSanitizer knows
 * only fork: its own locks would stay locked in the child otherwise. */
#if defined(__SANITIZE_THREAD__)
#define FORK fork
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FORK fork
#endif
#endif
#ifndef FORK
#define FORK _Fork
#endif

enum {
    ARGUMENTS_MAX = 100 * 1000,
    DRAIN_SIZE = 16 << 10,
};

static const char path_fallback[] = "/usr/local/bin:/usr/bin:/bin";

struct ProcessKeeper {
    Scope *s;
    int pid; /* 0 before its start and once reaped */
    int control, report;
    bool gone;
    int status; /* the program's, as wait gives it */
    int64_t cpu_us, peak_bytes;
};

void process_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int process_report_fd(const Process *p)
{
    return p->keeper->report;
}

void process_close_input(Process *p)
{
    process_close(&p->in);
}

void process_end(Process *p)
{
    const char command = KEEPER_END;

    /* A keeper that no longer listens has nothing left to end. */
    if (p->keeper->control >= 0 && write(p->keeper->control, &command, 1) < 0)
        process_close(&p->keeper->control);
}

void process_result(const Process *p, ProcessResult *out)
{
    int status = p->keeper->status;

    *out = (ProcessResult){
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .cpu_us = p->keeper->cpu_us,
        .peak_bytes = p->keeper->peak_bytes,
    };
}

/* ---- Hearing the keeper ---- */

static void reap_keeper(struct ProcessKeeper *keeper)
{
    while (keeper->pid && waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    keeper->pid = 0;
}

/* Its program dies with it (see keeper.c); what shares the program's group is still to be found. */
static void lose_keeper(Process *p)
{
    if (p->pid && p->keeper->pid)
        kill(-p->pid, SIGKILL);
    reap_keeper(p->keeper);
}

static fallible launch_error(Scope *s, const Process *p, const KeeperReport *report)
{
    switch (report->step) {
    case KEEPER_NO_PROC:
        return fail(s, UNSUPPORTED,
                    "%s cannot be started: this system does not list child processes "
                    "(/proc/thread-self/children); mount /proc",
                    p->name);
    case KEEPER_NO_LIMIT:
        return fail_errno(s, report->number, "setting the limits of %s", p->name);
    case KEEPER_NO_DIRECTORY:
        return fail_errno(s, report->number, "entering the working directory of %s", p->name);
    case KEEPER_NO_EXEC:
        if (report->number == ENOENT)
            return fail(s, MISSING, "%s cannot be executed: its interpreter is missing", p->name);
        return fail_errno(s, report->number, "executing %s", p->name);
    default:
        return fail_errno(s, report->number, "starting %s", p->name);
    }
}

static fallible take_report(Scope *s, Process *p, const KeeperReport *report)
{
    struct ProcessKeeper *keeper = p->keeper;

    switch (report->step) {
    case KEEPER_STARTED:
        p->pid = report->pid;
        return OK;
    case KEEPER_EXITED:
        keeper->status = report->number;
        return OK;
    case KEEPER_GONE:
        keeper->gone = true;
        keeper->cpu_us = report->cpu_us;
        keeper->peak_bytes = report->peak_bytes;
        reap_keeper(keeper);
        return OK;
    default:
        return launch_error(s, p, report);
    }
}

Error *process_hear(Scope *s, Process *p, bool *gone)
{
    KeeperReport report;

    while (!p->keeper->gone) {
        ssize_t n = read(p->keeper->report, &report, sizeof report);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n != sizeof report) {
            lose_keeper(p);
            return fail(s, UNAVAILABLE,
                        "somebody killed the process that keeps %s; what %s started may be left",
                        p->name, p->name);
        }
        TRY(take_report(s, p, &report));
    }
    *gone = p->keeper->gone;
    return OK;
}

/* ---- Ending, as an undo: without the scope's waits, which its own end would cut short ---- */

static void drain(int *fd)
{
    char thrown_away[DRAIN_SIZE];
    ssize_t n = read(*fd, thrown_away, sizeof thrown_away);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        process_close(fd);
}

/* Only the keeper's word ends this, or its death. A program that must finish writing before it heeds
 * SIGTERM is read from meanwhile. */
static void wait_until_gone(Process *p)
{
    struct ProcessKeeper *keeper = p->keeper;
    KeeperReport report = {0};

    while (report.step != KEEPER_GONE) {
        struct pollfd fds[3] = {
            {.fd = keeper->report, .events = POLLIN},
            {.fd = p->out, .events = POLLIN},
            {.fd = p->err, .events = POLLIN},
        };
        if (poll(fds, 3, -1) < 0)
            continue;
        if (fds[1].revents)
            drain(&p->out);
        if (fds[2].revents)
            drain(&p->err);
        if (!fds[0].revents)
            continue;
        ssize_t n = read(keeper->report, &report, sizeof report);
        if (n == 0)
            return;
    }
    keeper->gone = true;
}

static void process_undo(void *what)
{
    Process *p = what;
    struct ProcessKeeper *keeper = p->keeper;

    if (keeper->pid) {
        process_end(p);
        process_close(&p->in);
        wait_until_gone(p);
        bool lost = !keeper->gone && p->pid;
        if (lost)
            lose_keeper(p);
        reap_keeper(keeper);
        if (lost)
            log_warning(keeper->s, "%s: its keeper was killed, something may be left", p->name);
    }
    process_close(&keeper->control);
    process_close(&keeper->report);
    process_close(&p->in);
    process_close(&p->out);
    process_close(&p->err);
}

/* ---- Starting ---- */

/* The ends that the program gets close with tmp; ours with the process. */
static fallible connect_output(Scope *tmp, int *ours, int *theirs)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail_errno(tmp, errno, "making a pipe");
    close_with(tmp, ends[1]);
    *ours = ends[0];
    *theirs = ends[1];
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? fail_errno(tmp, errno, "making a pipe") : OK;
}

static fallible connect_input(Scope *tmp, int *ours, int *theirs)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail_errno(tmp, errno, "making a pipe");
    close_with(tmp, ends[0]);
    *theirs = ends[0];
    *ours = ends[1];
    return fcntl(ends[1], F_SETFL, O_NONBLOCK) < 0 ? fail_errno(tmp, errno, "making a pipe") : OK;
}

static fallible connect_nothing(Scope *tmp, int *theirs)
{
    *theirs = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (*theirs < 0)
        return fail_errno(tmp, errno, "opening /dev/null");
    close_with(tmp, *theirs);
    return OK;
}

static char **null_ended(Scope *s, const TextList *list)
{
    char **array = NEW_ARRAY(s, char *, list->count + 1);

    for (size_t i = 0; i < list->count; i++)
        array[i] = (char *)(uintptr_t)list->items[i];
    return array;
}

static fallible plan_program(Scope *s, const ProcessSpec *spec, KeeperPlan *plan)
{
    const char *path = path_fallback;

    if (!spec->argv.count || text_empty(spec->argv.items[0]))
        return fail(s, INVALID, "no program was named");
    if (spec->argv.count > ARGUMENTS_MAX || spec->env.count > ARGUMENTS_MAX)
        return fail(s, TOO_LARGE, "%s was given more than %d arguments", spec->argv.items[0],
                    ARGUMENTS_MAX);
    EACH (const char *, entry, &spec->env) {
        if (!strchr(*entry, '='))
            return fail(s, INVALID, "an environment entry for %s is not NAME=value",
                        spec->argv.items[0]);
        if (text_starts(*entry, "PATH="))
            path = *entry + strlen("PATH=");
    }
    TRY(program_find(s, spec->argv.items[0], path, &plan->path));
    plan->argv = null_ended(s, &spec->argv);
    plan->env = null_ended(s, &spec->env);
    plan->dir = spec->dir ? spec->dir : "/";
    plan->grace_us = spec->grace_us ? spec->grace_us : PROCESS_GRACE_US;
    plan->limits = &spec->limits;
    return OK;
}

/* Signals stay blocked across the fork, so that no handler of ours ever runs in the keeper. */
static fallible fork_keeper(Scope *s, Process *p, const KeeperPlan *plan)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int pid = FORK();
    if (pid == 0)
        keeper_run(plan);
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return fail_errno(s, number, "starting %s", p->name);
    p->keeper->pid = pid;
    return OK;
}

static fallible await_start(Scope *s, Process *p)
{
    bool gone = false;
    int ready;

    while (!p->pid) {
        struct pollfd fd = {.fd = p->keeper->report, .events = POLLIN};
        TRY(scope_poll(s, &fd, 1, -1, &ready));
        TRY(process_hear(s, p, &gone));
    }
    return OK;
}

Error *process_launch(Scope *s, const ProcessSpec *spec, bool input, Process **out)
{
    SCOPE(tmp, s);
    KeeperPlan plan = {0};

    TRY(scope_check(s));
    TRY(plan_program(tmp, spec, &plan));
    Process *p = NEW(s, Process);
    *p = (Process){.name = text_copy(s, spec->argv.items[0]), .in = -1, .out = -1, .err = -1};
    p->keeper = NEW(s, struct ProcessKeeper);
    *p->keeper = (struct ProcessKeeper){.s = s, .control = -1, .report = -1};
    scope_undo(s, process_undo, p);
    TRY(input ? connect_input(tmp, &p->in, &plan.input) : connect_nothing(tmp, &plan.input));
    TRY(connect_output(tmp, &p->out, &plan.out));
    TRY(connect_output(tmp, &p->err, &plan.err));
    TRY(connect_input(tmp, &p->keeper->control, &plan.control));
    TRY(connect_output(tmp, &p->keeper->report, &plan.report));
    TRY(fork_keeper(s, p, &plan));
    /* Our copies of the program's ends close here, or its end would never show. */
    scope_close(tmp);
    tmp = NULL;
    TRY(await_start(s, p));
    *out = p;
    return OK;
}

Error *process_open(Scope *s, const ProcessSpec *spec, Process **out)
{
    return process_launch(s, spec, true, out);
}

Error *process_wait(Scope *s, Process *p, ProcessResult *out)
{
    bool gone = false;
    int ready;

    for (;;) {
        TRY(process_hear(s, p, &gone));
        if (gone)
            break;
        struct pollfd fd = {.fd = p->keeper->report, .events = POLLIN};
        TRY_WHILE(scope_poll(s, &fd, 1, -1, &ready), "waiting for %s", p->name);
    }
    process_result(p, out);
    return OK;
}
