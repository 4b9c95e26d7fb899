/* Attempts by hand. */

#include "test/work/given_attempt.h"

#include <unistd.h>

#include "cli/demo.h"
#include "service/repos.h"
#include "store/workers.h"
#include "test/git/given.h"
#include "work/attempt.h"

#define PATIENCE_US (30 * US_PER_S)
#define LOOK_US     (10 * US_PER_MS)

fallible given_work(Scope *s, Work **out)
{
    Work *work = NEW(s, Work);
    const char *home;
    Settings *settings;

    TRY(directory_temporary(s, "/tmp", "dursor-attempt", &home));
    const char *const environment[] = {text(s, "HOME=%s", home),
                                       text(s, "XDG_STATE_HOME=%s/state", home),
                                       "DURSOR_DISK_FLOOR_MB=0", NULL};
    TRY(settings_load(s, &(SettingsSource){.environ = environment}, &settings));
    TRY(app_open(s, settings, &work->app));
    work->app->demo_url = "http://127.0.0.1:9";
    TRY(demo_repository(s, work->app, &work->source));
    TRY(repo_add(s, work->app, &local_caller, &(RepoOrder){.typed = work->source}, &work->repo));
    work->task = (Task){.repo_id = work->repo.id, .title = "A task"};
    SCOPE(tmp, s);
    Tx *tx;
    TRY(tx_write(tmp, work->app->store, &local_caller, &tx));
    TRY(task_insert(s, tx, &work->task));
    TRY(tx_commit(tmp, tx));
    *out = work;
    return OK;
}

fallible given_order(Scope *s, Work *work, const char *instruction)
{
    SCOPE(tmp, s);
    RunCreate in = {.executor_type = PATCH_AGENT, .instruction = instruction};
    ComparisonOrder order = {.task_id = work->task.id, .in = &in};
    ComparisonPlan plan;
    RunsCreated created = {0};
    Tx *tx;

    texts_add(tmp, &in.model_ids, "demo-careful");
    TRY(comparison_plan(tmp, work->app, &local_caller, &order, &plan));
    TRY(tx_write(tmp, work->app->store, &local_caller, &tx));
    TRY(comparison_start(tmp, work->app, tx, &plan, &created));
    TRY(tx_commit(tmp, tx));
    work->run_id = text_copy(s, created.run_ids.items[0]);
    work->orders++;
    return OK;
}

/* ---- The steps ---- */

static fallible claim_as_dead(Scope *s, Runner *r, Slot *slot)
{
    SCOPE(tmp, s);
    char host[256] = "";
    JobList jobs = {0};
    ClaimOrder order = {
        .owner = r->owner, .queue = QUEUE_AGENT, .limit = 1, .lease_us = 60 * US_PER_MIN};
    Tx *tx;

    CHECK_EQ(gethostname(host, sizeof host - 1), 0);
    Worker dead = {.id = r->owner, .host = host, .pid = 1, .lock_path = "/nowhere/dead.lock"};
    texts_add(tmp, &order.kinds, "run");
    TRY(tx_system(tmp, r->app->store, &tx));
    TRY(cluster_epoch(tmp, tx, &r->epoch));
    order.epoch = r->epoch;
    TRY(worker_register(tmp, tx, &dead));
    TRY(jobs_claim(s, tx, &order, &jobs));
    TRY(tx_commit(tmp, tx));
    CHECK_EQ(jobs.count, 1);
    slot->job = jobs.items[0];
    slot->lease = job_lease(&slot->job, r->epoch);
    slot->caller = (Caller){slot->job.tenant_id, NULL, ROLE_ADMIN};
    return OK;
}

static fallible store_by_hand(Scope *s, const Attempt *a)
{
    RunEnd end = {.status = RUN_SUCCEEDED, .summary = a->summary, .commit_sha = a->result};
    LineStep step = {a->line.id, a->line.head_commit, a->result, a->run.base_commit};
    SCOPE(tmp, s);
    Tx *tx;

    TRY(recording_flush(tmp, a->rec)); /* nothing may be stored behind the end */
    TRY(tx_write(tmp, a->app->store, &a->slot->caller, &tx));
    TRY(line_advance(tmp, tx, &a->slot->lease, &step));
    TRY(run_finish(tmp, tx, &a->slot->lease, &end));
    TRY(job_succeed(tmp, tx, &a->slot->lease, NULL));
    return tx_commit(tmp, tx);
}

fallible attempt_by_hand(Scope *s, Work *work, Step last)
{
    SCOPE(process, s);
    Runner r = {.app = work->app, .owner = text(s, "dead-%lld", (long long)work->orders)};
    Slot slot = {.runner = &r};
    Attempt a;

    TRY(recorder_open(process, work->app, &r.recorder));
    TRY(claim_as_dead(process, &r, &slot));
    SCOPE(attempt, process);
    TRY(attempt_open(attempt, &slot, &a));
    if (last == STEP_STARTED)
        return OK;
    TRY(attempt_workspace(attempt, &a));
    a.summary = "Added a file.";
    const char *path = text(s, "added-%lld.txt", (long long)work->orders);
    TRY(attempt_commit(attempt, &a, &CHANGES(create(path, "added\n"))));
    if (last == STEP_COMMITTED)
        return OK;
    TRY(git_branch_set(attempt, a.git, a.line.branch, a.branch_at, a.result));
    return last == STEP_MOVED ? OK : store_by_hand(attempt, &a);
}

/* ---- The next process ---- */

fallible run_now_of(Scope *s, Work *work, Run *out)
{
    SCOPE(tmp, s);
    Tx *tx;

    TRY(tx_read(tmp, work->app->store, &local_caller, &tx));
    return run_get(s, tx, work->run_id, out);
}

fallible run_by_runner(Scope *s, Work *work, Run *out)
{
    SCOPE(process, s);
    RunnerOptions options = {.concurrency = 1,
                             .lease_us = 30 * US_PER_S,
                             .renew_us = 10 * US_PER_S,
                             .grace_us = PATIENCE_US};
    Runner *runner;

    TRY(runner_open(process, work->app, &options, &runner));
    SCOPE(patience, process);
    scope_limit(patience, PATIENCE_US);
    for (;;) {
        TRY(run_now_of(s, work, out));
        if (run_finished(out->status))
            return OK;
        TRY(scope_sleep(patience, LOOK_US));
    }
}

fallible one_end(Scope *s, Work *work, const char *run_id)
{
    SCOPE(tmp, s);
    RunEventList events = {0};
    int64_t seq = 0, ends = 0;
    Tx *tx;

    TRY(tx_read(tmp, work->app->store, &local_caller, &tx));
    TRY(events_after(tmp, tx, (EventsFrom){run_id, 0, 0}, &events));
    EACH (RunEvent, event, &events) {
        CHECK_EQ(event->seq, ++seq);
        ends += event->kind == EVENT_STATUS &&
                (strstr(event->data, "succeeded") || strstr(event->data, "failed") ||
                 strstr(event->data, "canceled"));
    }
    CHECK_EQ(ends, 1);
    CHECK_EQ(events.items[events.count - 1].kind, EVENT_STATUS);
    return OK;
}

fallible git_says(Scope *s, Work *work, const char *arguments, const char **out)
{
    return given_sh(s, work->repo.workspace_path, text(s, "git %s", arguments), out);
}
