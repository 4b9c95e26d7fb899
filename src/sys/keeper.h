/* The small process between ours and a child program, for process*.c only: starts the program,
 * forwards its end, and ends all that it started (sys/process.h says why).
 *
 * It is forked from a process with threads and never executes anything else itself, so it may only
 * call what is async-signal-safe (signal-safety(7)): no memory, no stdio, no locks. It shares our
 * pages until one of us writes to them, is not dumpable, and closes every descriptor but its own
 * five first: above all those with locks, which must not outlive us.
 */
#pragma once

#include "sys/process.h"

typedef struct KeeperPlan {
    const char *path;
    char *const *argv; /* NULL-terminated, both */
    char *const *env;
    const char *dir;
    int input, out, err; /* of the program */
    int control;         /* readable: commands; its end means that we died */
    int report;          /* writable: KeeperReports */
    int64_t grace_us;
    const ProcessLimits *limits;
} KeeperPlan;

/* Commands: one byte each. */
enum { KEEPER_END = 'E' };

typedef enum KeeperStep {
    KEEPER_STARTED = 1, /* the program is executing; pid */
    KEEPER_NO_PROC,     /* the kernel does not list children; number is the errno, as below */
    KEEPER_NO_FORK,
    KEEPER_NO_LIMIT,
    KEEPER_NO_DIRECTORY,
    KEEPER_NO_EXEC,
    KEEPER_EXITED, /* number is the wait status; what it started is being ended */
    KEEPER_GONE,   /* nothing is left; cpu_us and peak_bytes of all */
} KeeperStep;

typedef struct KeeperReport {
    KeeperStep step;
    int pid;
    int number;
    int64_t cpu_us;
    int64_t peak_bytes;
} KeeperReport;

/* In the child of fork, with all signals blocked. */
_Noreturn void keeper_run(const KeeperPlan *plan);

/* ---- Our side ---- */

/* Starts a program under a keeper and waits until it executes. Without input, standard input is
 * /dev/null and p->in is -1. */
fallible process_launch(Scope *s, const ProcessSpec *spec, bool input, Process **out);
/* Takes what the keeper reported, never waiting; *gone once nothing is left. UNAVAILABLE when
 * somebody killed the keeper. */
fallible process_hear(Scope *s, Process *p, bool *gone);
/* Readable when there is something to hear. */
int process_report_fd(const Process *p);
/* Status, signal and use, once gone. */
void process_result(const Process *p, ProcessResult *out);
void process_close(int *fd); /* and makes it -1 */
