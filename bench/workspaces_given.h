/* Ten runs of one message on a repository, claimed and about to be worked on. */
#pragma once

#include "work/attempt.h"

enum { RUNS = 10 };

typedef struct Bench {
    App *app;
    Runner runner;
    Repo repo;
    Pool *pool;
} Bench;

/* Opens what a worker has, by the settings of the environment, and clones the repository. */
fallible bench_open(Scope *s, const char *repository, Bench *out);
/* A task with its message and RUNS queued runs of different models. */
fallible runs_queue(Scope *s, Bench *bench, const char *instruction);
/* Claims them as a worker does; slots has RUNS places. */
fallible runs_claim(Scope *s, Bench *bench, Slot *slots);

/* Does one thing for each of RUNS items of that size at once, and waits for all. */
typedef struct AtOnce {
    ThreadFunction *fn;
    void *items;
    size_t size;
} AtOnce;

fallible at_once(Scope *s, Bench *bench, const AtOnce *work);
/* Bytes on disk below a folder. */
fallible disk_used(Scope *s, const char *dir, int64_t *out);
