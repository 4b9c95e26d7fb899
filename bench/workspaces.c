/* What a message with ten runs costs on a large repository, step by step and without a model.
 *
 *     workspaces REPOSITORY ROUNDS
 *
 * The settings come from the environment, as a worker's do. Prints a JSON object a round; times are
 * milliseconds, disk is in bytes. */

#include <stdio.h>

#include "agent/code_git.h"
#include "workspaces_given.h"

enum { CHANGED_FILES = 4, FILE_READ_MAX = 1 << 20 };

static const char instruction[] =
    "Give the function handle_overflow in src/area07/module0123.py a limit on depth, with a test.";

/* One of the ten runs and what its steps took, in microseconds. */
typedef struct Work {
    Bench *bench;
    Slot *slot;
    Scope *s; /* the run's own unit: what a step opens stays for the next */
    int number;
    Attempt attempt;
    TreeChangeList changes;
    int64_t ready_at, rank_us, commit_us, whole_us, finish_us;
} Work;

static fallible ready(Work *w)
{
    TRY(attempt_open(w->s, w->slot, &w->attempt));
    TRY(attempt_workspace(w->s, &w->attempt));
    w->ready_at = clock_us();
    return OK;
}

static fallible rank(Work *w)
{
    int64_t began = clock_us();
    Ranking ranking = {0};
    CodeSource *code = code_git(w->s, &(CodeAt){w->attempt.git, w->attempt.start, NULL});
    ContextQuestion question = {w->attempt.start, instruction, NULL};

    TRY(context_ranking(w->s, w->bench->runner.contexts, &question, code, &ranking));
    w->rank_us = clock_us() - began;
    return OK;
}

/* What a model would have answered: four files changed and one new. */
static fallible make_changes(Work *w)
{
    for (int i = 0; i < CHANGED_FILES; i++) {
        const char *path = text(w->s, "src/area%02d/module%04d.py", 10 * i + w->number, 17 * i + 3);
        FileAt at = {w->attempt.start, path, FILE_READ_MAX};
        Bytes content;
        TRY(git_read(w->s, w->attempt.git, &at, &content));
        Bytes changed = bytes_of(text(w->s, "%s# run %d was here\n", content.data, w->number));
        *list_add(w->s, &w->changes) =
            (TreeChange){.op = TREE_REPLACE, .path = path, .content = changed};
    }
    *list_add(w->s, &w->changes) =
        (TreeChange){.op = TREE_CREATE,
                     .path = text(w->s, "src/area00/run%d.py", w->number),
                     .content = BYTES("limit = 64\n")};
    return OK;
}

/* The commit by itself: objects, trees, commit, branch. */
static fallible commit(Work *w)
{
    GitPerson person = {"Ann", "ann@example.org", time_now()};
    CommitOrder order = {.parent = w->attempt.start,
                         .changes = w->changes,
                         .message = "Give it a limit",
                         .author = person,
                         .committer = person,
                         .branch = text(w->s, "bench/%s", w->attempt.run.id)};
    CommitResult result;
    int64_t began = clock_us();

    TRY(git_commit_changes(w->s, w->attempt.git, &order, &result));
    w->commit_us = clock_us() - began;
    return git_branch_drop(w->s, w->attempt.git, order.branch, result.commit);
}

/* The same as a step of the run, then its end: diff, branch, rows. */
static fallible finish(Work *w)
{
    int64_t began = clock_us();

    TRY(attempt_commit(w->s, &w->attempt, &w->changes));
    w->whole_us = clock_us() - began;
    TRY(attempt_finish(w->s, &w->attempt));
    w->finish_us = clock_us() - began - w->whole_us;
    return OK;
}

#define STEP(name)                                                                                 \
    static Error *name##_step(Scope *s, void *arg)                                                 \
    {                                                                                              \
        (void)s;                                                                                   \
        return name(arg);                                                                          \
    }
STEP(ready)
STEP(rank)
STEP(commit)
STEP(finish)

static int64_t most(const Work *works, size_t offset)
{
    int64_t value = 0;

    for (int i = 0; i < RUNS; i++) {
        int64_t one = *(const int64_t *)((const char *)&works[i] + offset);
        value = one > value ? one : value;
    }
    return value;
}

static int64_t least(const Work *works, size_t offset)
{
    int64_t value = INT64_MAX;

    for (int i = 0; i < RUNS; i++) {
        int64_t one = *(const int64_t *)((const char *)&works[i] + offset);
        value = one < value ? one : value;
    }
    return value;
}

#define MS(us) ((double)(us) / 1000)

/* The first commit alone, then all ten at once. */
static fallible commits(Scope *s, Bench *bench, Work *works, int64_t *alone_us)
{
    for (int i = 0; i < RUNS; i++)
        TRY(make_changes(&works[i]));
    TRY(commit(&works[0]));
    *alone_us = works[0].commit_us;
    return at_once(s, bench, &(AtOnce){commit_step, works, sizeof *works});
}

static fallible round_run(Scope *s, Bench *bench, int64_t disk_before)
{
    Slot *slots = NEW_ARRAY(s, Slot, RUNS);
    Work *works = NEW_ARRAY(s, Work, RUNS);
    int64_t alone_us, disk;

    TRY(runs_queue(s, bench, instruction));
    for (int i = 0; i < RUNS; i++)
        works[i] = (Work){
            .bench = bench, .slot = &slots[i], .s = unit_open(scope_cancel(s), "run"), .number = i};
    int64_t began = clock_us();
    TRY(runs_claim(s, bench, slots));
    int64_t claimed = clock_us();
    TRY(at_once(s, bench, &(AtOnce){ready_step, works, sizeof *works}));
    TRY(at_once(s, bench, &(AtOnce){rank_step, works, sizeof *works}));
    TRY(commits(s, bench, works, &alone_us));
    TRY(at_once(s, bench, &(AtOnce){finish_step, works, sizeof *works}));
    TRY(disk_used(s, bench->app->settings->workspaces_dir, &disk));
    printf("{\"claim_ms\": %.3f, \"ready_ms\": %.3f, \"first_ready_ms\": %.3f, \"rank_ms\": %.3f, "
           "\"rank_least_ms\": %.3f, "
           "\"commit_alone_ms\": %.3f, \"commit_ms\": %.3f, \"step_commit_ms\": %.3f, "
           "\"finish_ms\": %.3f, \"disk\": %lld}\n",
           MS(claimed - began), MS(most(works, offsetof(Work, ready_at)) - began),
           MS(least(works, offsetof(Work, ready_at)) - began),
           MS(most(works, offsetof(Work, rank_us))), MS(least(works, offsetof(Work, rank_us))),
           MS(alone_us), MS(most(works, offsetof(Work, commit_us))),
           MS(most(works, offsetof(Work, whole_us))), MS(most(works, offsetof(Work, finish_us))),
           (long long)(disk - disk_before));
    for (int i = 0; i < RUNS; i++)
        scope_close(works[i].s);
    return OK;
}

static fallible run(Scope *s, char **argv)
{
    Bench *bench = NEW(s, Bench);
    int64_t rounds, disk;

    if (!text_integer(argv[2], 1, 1000, &rounds))
        return fail(s, INVALID, "ROUNDS is 1 to 1000");
    TRY(bench_open(s, argv[1], bench));
    for (int64_t i = 0; i < rounds; i++) {
        SCOPE(turn, s);
        /* A ranking is made once per commit and instruction: each round is to make its own. */
        bench->runner.contexts = context_cache_open(turn);
        TRY(disk_used(turn, bench->app->settings->workspaces_dir, &disk));
        TRY(round_run(turn, bench, disk));
    }
    return OK;
}

int main(int argc, char **argv)
{
    UNIT(s, NULL, "workspaces");
    Error *e = argc == 3 ? run(s, argv) : fail(s, INVALID, "usage: workspaces REPOSITORY ROUNDS");

    if (e)
        fprintf(stderr, "%s\n", e->message);
    return e ? 1 : 0;
}
