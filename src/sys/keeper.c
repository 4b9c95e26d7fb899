/* See keeper.h: only async-signal-safe calls here. */

#include "sys/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    KEPT_FDS = 5,
    LAUNCH_STACK = 64 << 10,
    CHILDREN_TEXT = 4096, /* bytes of the list of children read at once */
    REAP_PAUSE_MS = 5,    /* between two rounds of killing, when no child's end wakes us */
    LAUNCH_FAILED = 127,
};

typedef struct Keeper {
    const KeeperPlan *plan;
    pid_t program; /* 0 once reaped: its number may be somebody else's then */
    int children;  /* the kernel's list of our children */
    int signals;
    int64_t kill_at;
    KeeperReport failure; /* written by the launched child, in our memory */
} Keeper;

/* Without what libraries and sanitizers hang on the end of a process: all of that is the parent's. */
static _Noreturn void leave(int status)
{
    for (;;)
        syscall(SYS_exit_group, status);
}

static void report(const Keeper *k, KeeperReport what)
{
    ssize_t n;

    do
        n = write(k->plan->report, &what, sizeof what);
    while (n < 0 && errno == EINTR);
    /* When nobody listens any more there is nothing else to do with it. */
}

static _Noreturn void give_up(const Keeper *k, KeeperStep step)
{
    report(k, (KeeperReport){.step = step, .number = errno});
    leave(LAUNCH_FAILED);
}

static void sort(int *numbers, int count)
{
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && numbers[j - 1] > numbers[j]; j--) {
            int higher = numbers[j - 1];
            numbers[j - 1] = numbers[j];
            numbers[j] = higher;
        }
}

static bool close_all_but_ours(const KeeperPlan *plan)
{
    int kept[KEPT_FDS] = {plan->input, plan->out, plan->err, plan->control, plan->report};
    int from = 0;

    sort(kept, KEPT_FDS);
    for (int i = 0; i < KEPT_FDS; i++) {
        if (kept[i] > from && close_range((unsigned)from, (unsigned)kept[i] - 1, 0) < 0)
            return false;
        from = kept[i] + 1;
    }
    return close_range((unsigned)from, UINT_MAX, 0) == 0;
}

/* ---- The program's side, between clone and exec: in our memory, while we are stopped ---- */

typedef struct LimitRow {
    __rlimit_resource_t resource;
    size_t offset;
} LimitRow;

static const LimitRow limit_rows[] = {
    {RLIMIT_CPU, offsetof(ProcessLimits, cpu_s)},
    {RLIMIT_FSIZE, offsetof(ProcessLimits, file_bytes)},
    {RLIMIT_AS, offsetof(ProcessLimits, memory_bytes)},
    {RLIMIT_NPROC, offsetof(ProcessLimits, processes)},
    {RLIMIT_NOFILE, offsetof(ProcessLimits, descriptors)},
};

static bool set_limits(const ProcessLimits *limits)
{
    struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) < 0)
        return false;
    for (size_t i = 0; i < sizeof limit_rows / sizeof *limit_rows; i++) {
        int64_t wanted =
            *(const int64_t *)(const void *)((const char *)limits + limit_rows[i].offset);
        struct rlimit limit;
        if (!wanted)
            continue;
        if (getrlimit(limit_rows[i].resource, &limit) < 0)
            return false;
        /* The hard limit too, or the program could lift it again; never above the one we have. */
        if ((rlim_t)wanted < limit.rlim_max)
            limit.rlim_max = (rlim_t)wanted;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(limit_rows[i].resource, &limit) < 0)
            return false;
    }
    return true;
}

static void reset_signals(void)
{
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    /* Ignored signals would stay ignored in the program. */
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Out of the way of 0, 1 and 2 first, since one of ours may have that number. */
static bool place_descriptors(const KeeperPlan *plan)
{
    int from[3] = {plan->input, plan->out, plan->err};

    for (int i = 0; i < 3; i++)
        if ((from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 3)) < 0)
            return false;
    for (int i = 0; i < 3; i++)
        if (dup2(from[i], i) < 0)
            return false;
    /* Should any of ours lack close-on-exec. */
    return close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0;
}

static int launch_failed(Keeper *k, KeeperStep step)
{
    k->failure = (KeeperReport){.step = step, .number = errno};
    return LAUNCH_FAILED;
}

static int launched(void *arg)
{
    Keeper *k = arg;
    const KeeperPlan *plan = k->plan;

    /* Should somebody kill the keeper, the program at least does not go on alone. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || setsid() < 0)
        return launch_failed(k, KEEPER_NO_FORK);
    if (chdir(plan->dir) < 0)
        return launch_failed(k, KEEPER_NO_DIRECTORY);
    if (!place_descriptors(plan))
        return launch_failed(k, KEEPER_NO_FORK);
    reset_signals();
    if (!set_limits(plan->limits))
        return launch_failed(k, KEEPER_NO_LIMIT);
    execve(plan->path, plan->argv, plan->env);
    return launch_failed(k, KEEPER_NO_EXEC);
}

/* ---- The keeper's side ---- */

static void launch(Keeper *k)
{
    _Alignas(16) char stack[LAUNCH_STACK];

    k->program = clone(launched, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, k);
    if (k->program < 0)
        give_up(k, KEEPER_NO_FORK);
    if (k->failure.step) {
        report(k, k->failure);
        waitpid(k->program, NULL, 0);
        leave(LAUNCH_FAILED);
    }
    report(k, (KeeperReport){.step = KEEPER_STARTED, .pid = k->program});
    /* From here on the pipes' ends belong to the program alone, so that their closing shows. */
    close(k->plan->input);
    close(k->plan->out);
    close(k->plan->err);
}

static void kill_children(const Keeper *k)
{
    char list[CHILDREN_TEXT];
    ssize_t size = pread(k->children, list, sizeof list, 0);
    pid_t child = 0;

    /* A number cut off at the end is left for the next round. */
    for (ssize_t i = 0; i < size; i++) {
        if (list[i] >= '0' && list[i] <= '9') {
            child = child * 10 + (list[i] - '0');
            continue;
        }
        if (child > 0)
            kill(child, SIGKILL);
        child = 0;
    }
}

/* Takes the ends that are there. False when no child is left at all. */
static bool reap(Keeper *k)
{
    for (;;) {
        int status;
        pid_t child = waitpid(-1, &status, WNOHANG);
        if (child < 0 && errno == EINTR)
            continue;
        if (child <= 0)
            return child == 0;
        if (child != k->program)
            continue;
        k->program = 0;
        report(k, (KeeperReport){.step = KEEPER_EXITED, .number = status});
    }
}

static void swallow_signals(const Keeper *k)
{
    struct signalfd_siginfo info;

    while (read(k->signals, &info, sizeof info) > 0)
        ;
}

/* Whoever loses its parent becomes our child, so that killing our children again and again reaches
 * all of them, and having no child means that nothing is left. */
static _Noreturn void end_all(Keeper *k)
{
    struct pollfd child_ended = {.fd = k->signals, .events = POLLIN};
    struct rusage used;

    for (;;) {
        if (k->program > 0)
            kill(-k->program, SIGKILL);
        kill_children(k);
        swallow_signals(k);
        if (!reap(k))
            break;
        poll(&child_ended, 1, REAP_PAUSE_MS);
    }
    getrusage(RUSAGE_CHILDREN, &used);
    report(k, (KeeperReport){
                  .step = KEEPER_GONE,
                  .cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL +
                            used.ru_utime.tv_usec + used.ru_stime.tv_usec,
                  .peak_bytes = used.ru_maxrss * 1024LL,
              });
    leave(0);
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* A command, or the end of those who give them. */
static void obey(Keeper *k)
{
    char command;
    ssize_t n = read(k->plan->control, &command, 1);

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0)
        end_all(k);
    kill(-k->program, SIGTERM);
    if (k->kill_at == INT64_MAX)
        k->kill_at = now_us() + k->plan->grace_us;
}

static int until_kill_ms(const Keeper *k)
{
    if (k->kill_at == INT64_MAX)
        return -1;
    int64_t left = k->kill_at - now_us();
    return left <= 0 ? 0 : left > 1000000000LL ? 1000000 : (int)((left + 999) / 1000);
}

static _Noreturn void watch_program(Keeper *k)
{
    struct pollfd fds[2] = {
        {.fd = k->signals, .events = POLLIN},
        {.fd = k->plan->control, .events = POLLIN},
    };

    for (;;) {
        int n = poll(fds, 2, until_kill_ms(k));
        if (n < 0 && errno != EINTR)
            end_all(k);
        if (n > 0 && fds[0].revents) {
            swallow_signals(k);
            reap(k);
        }
        if (!k->program || now_us() >= k->kill_at)
            end_all(k);
        if (n > 0 && fds[1].revents)
            obey(k);
    }
}

void keeper_run(const KeeperPlan *plan)
{
    Keeper k = {.plan = plan, .kill_at = INT64_MAX};
    sigset_t child_ended;

    if (!close_all_but_ours(plan))
        give_up(&k, KEEPER_NO_FORK);
    /* A terminal's signals must reach neither us nor the program. */
    setsid();
    prctl(PR_SET_NAME, "dursor-keeper");
    if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        give_up(&k, KEEPER_NO_FORK);
    k.children = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (k.children < 0)
        give_up(&k, KEEPER_NO_PROC);
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    k.signals = signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);
    if (k.signals < 0)
        give_up(&k, KEEPER_NO_FORK);
    launch(&k);
    watch_program(&k);
}
