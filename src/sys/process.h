/* Child programs.
 *
 *     ProcessSpec spec = {
 *         .argv = TEXTS("git", "fetch", "--quiet", "origin"),
 *         .env = TEXTS("PATH=/usr/bin:/bin", "HOME=/nonexistent"),
 *         .dir = mirror_path,
 *     };
 *     ProcessResult result;
 *
 *     TRY(process_run(s, &spec, &result));
 *     TRY(process_check(s, &spec, &result));    // UPSTREAM unless it exited with 0
 *
 * A program gets the arguments, environment, directory and three descriptors named here and nothing
 * else: default signal handling, an empty signal mask, a session of its own without terminal, no
 * core files.
 *
 * How a program is ended for certain: between it and us stands a small process of ours, its keeper,
 * the subreaper of all that the program starts. Whoever loses its parent, also after setsid or a
 * double fork, becomes the keeper's child; the keeper kills and reaps its children until it has none
 * (waitpid says ECHILD): then nothing is left, which is what "gone" means below. The keeper ends its
 * tree when the program exits, when told to, and when our process dies in whatever way. It needs
 * /proc with /proc/PID/task/TID/children (UNSUPPORTED without). A program of the same user could
 * kill the keeper: hostile programs belong in a PID namespace besides.
 *
 * The program's environment and arguments never enter an error or a log line; its name does.
 */
#pragma once

#include "base/text.h"

enum {
    PROCESS_OUT_MAX = 16 << 20,     /* captured standard output, unless the spec says otherwise */
    PROCESS_ERR_MAX = 64 << 10,     /* captured end of standard error */
    PROCESS_PIECE_MAX = 64 << 10,   /* bytes handed to a sink at once; longer lines come in parts */
    PROCESS_GRACE_US = 2000 * 1000, /* from SIGTERM to SIGKILL */
    PROCESS_REPORT_TEXT = 300,      /* characters of standard error in process_check's message */
};

/* A list that lives as long as the block around it; not for list_add. */
#define TEXTS(...)                                                                                 \
    ((TextList){.items = (const char *[]){__VA_ARGS__},                                            \
                .count = sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)})

/* A part of the output: a chunk, or a line without its LF. A line longer than PROCESS_PIECE_MAX, or
 * a last one without LF, comes with line_end false. bytes lives only during the call. */
typedef struct ProcessPiece {
    Bytes bytes;
    bool line_end;
} ProcessPiece;

/* s is scratch for this call. A failure ends the program and is what process_run fails with. */
typedef Error *ProcessSink(Scope *s, void *arg, const ProcessPiece *piece);

typedef struct ProcessOutput {
    ProcessSink *sink; /* NULL: captured */
    void *arg;
    bool by_line;
    size_t max; /* captured bytes; 0: PROCESS_OUT_MAX or PROCESS_ERR_MAX */
} ProcessOutput;

/* Limits of the program and what it starts (setrlimit, so each process by itself); 0: as ours. */
typedef struct ProcessLimits {
    int64_t cpu_s;
    int64_t file_bytes;
    int64_t memory_bytes; /* address space */
    int64_t processes;    /* of the user, not of the program; not for root */
    int64_t descriptors;
} ProcessLimits;

typedef struct ProcessSpec {
    TextList argv;     /* argv[0]: an absolute path, or a name looked for in the PATH of env */
    TextList env;      /* "NAME=value": all of it, nothing is inherited */
    const char *dir;   /* NULL: "/" */
    Bytes input;       /* for standard input; none: /dev/null */
    ProcessOutput out; /* over max when captured: TOO_LARGE, the program is ended */
    ProcessOutput err; /* over max when captured: the last max bytes are kept */
    int64_t grace_us;  /* 0: PROCESS_GRACE_US */
    ProcessLimits limits;
} ProcessSpec;

typedef struct ProcessResult {
    int status;          /* exit status; -1 when ended by a signal */
    int signal;          /* 0 when it exited */
    Bytes out, err;      /* what was captured, NUL behind */
    int64_t err_dropped; /* bytes of standard error that were not kept */
    int64_t cpu_us;      /* user and system time of the program and all it started */
    int64_t peak_bytes;  /* largest resident size of one of them */
} ProcessResult;

/* Runs the program to its end. When it has returned, with or without an error, all is gone.
 * MISSING "git is not installed…"; DENIED when it may not be executed; CANCELLED and TIMEOUT when s
 * ends first: SIGTERM to the group, after the grace SIGKILL to all. */
fallible process_run(Scope *s, const ProcessSpec *spec, ProcessResult *out);
fallible process_check(Scope *s, const ProcessSpec *spec, const ProcessResult *result);

/* The full path of a program: name itself when it is an absolute path, else the first executable in path
 * ("/usr/bin:/bin"; NULL: our own PATH). Entries that are not absolute are skipped. MISSING. */
fallible program_find(Scope *s, const char *name, const char *path, const char **out);

/* ---- A program one talks with ---- */

/* in, out and err are non-blocking pipe ends for scope_poll; -1 once closed. */
typedef struct Process {
    const char *name;
    int pid; /* of the program */
    int in, out, err;
    struct ProcessKeeper *keeper;
} Process;

/* Starts it and returns once it is executing. Writing to in after the program closed it is EPIPE,
 * provided that SIGPIPE is ignored (sys/signals.h). spec's input and outputs are not used. Ended, and
 * waited for until it is gone, when s closes. */
fallible process_open(Scope *s, const ProcessSpec *spec, Process **out);
void process_close_input(Process *p);
/* SIGTERM now, SIGKILL to all after the grace. Does not wait. */
void process_end(Process *p);
/* Waits until all is gone. Somebody must read out and err meanwhile when they hold much. The result
 * has no captured bytes. */
fallible process_wait(Scope *s, Process *p, ProcessResult *out);
