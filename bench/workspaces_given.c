/* A worker's parts without its loop, so that each step can be timed by itself. */

#include "workspaces_given.h"

#include <ftw.h>

#include "service/comparison.h"
#include "service/repos.h"
#include "sys/memory.h"
#include "work/presence.h"

enum { BENCH_LEASE_S = 600 };

extern char **environ;

fallible bench_open(Scope *s, const char *repository, Bench *out)
{
    SettingsSource from = {.environ = (const char *const *)environ};
    Settings *settings;
    Tx *tx;

    TRY(settings_load(s, &from, &settings));
    TRY(app_open(s, settings, &out->app));
    TRY(repo_add(s, out->app, &local_caller, &(RepoOrder){.typed = repository}, &out->repo));
    Runner *runner = &out->runner;
    *runner = (Runner){.app = out->app,
                       .options = {.concurrency = RUNS, .lease_us = BENCH_LEASE_S * US_PER_S}};
    TRY(presence_open(s, out->app, RUNS, &runner->presence));
    runner->owner = runner->presence->id;
    TRY(recorder_open(s, out->app, &runner->recorder));
    runner->contexts = context_cache_open(s);
    TRY(tx_system_read(s, out->app->store, &tx));
    TRY(cluster_epoch(s, tx, &runner->epoch));
    TRY(tx_commit(s, tx));
    return pool_open(s, "bench", RUNS, RUNS, &out->pool);
}

static fallible task_make(Scope *s, Bench *bench, const char *instruction, Task *task,
                          Message *message)
{
    Tx *tx;

    *task = (Task){.repo_id = bench->repo.id, .title = "Measured"};
    TRY(tx_write(s, bench->app->store, &local_caller, &tx));
    TRY(task_insert(s, tx, task));
    *message = (Message){.task_id = task->id, .role = ROLE_OF_USER, .content = instruction};
    TRY(message_insert(s, tx, message));
    return tx_commit(s, tx);
}

fallible runs_queue(Scope *s, Bench *bench, const char *instruction)
{
    RunCreate in = {.instruction = instruction, .executor_type = PATCH_AGENT};
    RunsCreated created = {0};
    ComparisonPlan plan;
    Message message;
    Task task;
    Tx *tx;

    TRY(task_make(s, bench, instruction, &task, &message));
    in.message_id = message.id;
    for (int i = 0; i < RUNS; i++)
        texts_add(s, &in.model_ids, text(s, "openai:model-%d", i));
    ComparisonOrder order = {
        .task_id = task.id, .in = &in, .base_commit = bench->repo.latest_commit};
    TRY(comparison_plan(s, bench->app, &local_caller, &order, &plan));
    TRY(tx_write(s, bench->app->store, &local_caller, &tx));
    TRY(comparison_start(s, bench->app, tx, &plan, &created));
    return tx_commit(s, tx);
}

fallible runs_claim(Scope *s, Bench *bench, Slot *slots)
{
    const Runner *runner = &bench->runner;
    ClaimOrder order = {.owner = runner->owner,
                        .queue = QUEUE_AGENT,
                        .limit = RUNS,
                        .lease_us = runner->options.lease_us,
                        .epoch = runner->epoch};
    JobList jobs = {0};
    Tx *tx;

    texts_add(s, &order.kinds, "run");
    TRY(tx_system(s, bench->app->store, &tx));
    TRY(jobs_claim(s, tx, &order, &jobs));
    TRY(tx_commit(s, tx));
    if (jobs.count != RUNS)
        return fail(s, BUG, "claimed %zu jobs, not %d", jobs.count, RUNS);
    for (size_t i = 0; i < RUNS; i++) {
        Job *job = &jobs.items[i];
        slots[i] = (Slot){.runner = &bench->runner,
                          .busy = true,
                          .job = *job,
                          .lease = job_lease(job, runner->epoch),
                          .caller = {job->tenant_id, NULL, ROLE_ADMIN},
                          .held_until = boot_us() + runner->options.lease_us};
    }
    return OK;
}

/* ---- At once ---- */

typedef struct Errand {
    ThreadFunction *fn;
    void *item;
    struct Errands *all;
} Errand;

typedef struct Errands {
    Scope *s; /* for the error; under the mutex */
    Error *first;
    Mutex mutex;
    Condition done;
    int left;
} Errands;

static Error *errand_run(Scope *s, void *arg)
{
    Errand *errand = arg;
    Errands *all = errand->all;
    Error *e = errand->fn(s, errand->item);

    LOCKED (&all->mutex) {
        if (e && !all->first)
            all->first = error_move(all->s, e);
        all->left--;
        condition_wake_all(&all->done);
    }
    return OK;
}

fallible at_once(Scope *s, Bench *bench, const AtOnce *work)
{
    Errands *all = NEW(s, Errands);
    Errand *errands = NEW_ARRAY(s, Errand, RUNS);

    all->s = s;
    all->left = RUNS;
    for (size_t i = 0; i < RUNS; i++) {
        errands[i] = (Errand){work->fn, (char *)work->items + i * work->size, all};
        TRY(pool_run(s, bench->pool, errand_run, &errands[i]));
    }
    LOCKED (&all->mutex) {
        while (all->left)
            TRY(condition_wait(s, &all->done, &all->mutex));
    }
    return all->first;
}

/* ---- Disk ---- */

static int64_t used;

static int add_used(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)path;
    (void)kind;
    (void)at;
    used += info->st_blocks * 512;
    return 0;
}

fallible disk_used(Scope *s, const char *dir, int64_t *out)
{
    used = 0;
    if (nftw(dir, add_used, 32, FTW_PHYS))
        return fail(s, BUG, "cannot walk %s", dir);
    *out = used;
    return OK;
}
