/* Many at once: claimers and writers of one line, and workers, cancels and sweeps of the same runs. */

#include "base/id.h"
#include "sys/thread.h"
#include "test/store/world.h"

enum { MAKERS = 3, MADE_EACH = 6, WORKERS = 4, LINES = 2 };

typedef struct Race {
    World *world;
    Task task;
    _Atomic int held[LINES]; /* jobs of the line that somebody works on */
    _Atomic int last[LINES]; /* the highest number that was worked on */
    _Atomic int done, clashes, disorders;
} Race;

static Error *make_runs(Scope *s, void *arg)
{
    Race *race = arg;
    GivenRun given;

    for (int i = 0; i < MADE_EACH; i++)
        TRY(given_run(s, race->world, &race->task, i % LINES ? "1" : "0", &given));
    return OK;
}

static fallible work_on(Scope *s, Race *race, const Job *job)
{
    World *w = race->world;
    Lease lease = job_lease(job, 1);
    RunEnd end = good_end();
    Run run;

    TRY(run_now(s, w, job->run_id, &run));
    int line = run.model_name[0] - '0';
    race->clashes += race->held[line]++ != 0;
    race->disorders += race->last[line] >= run.number;
    race->last[line] = (int)run.number;
    TRY(TENANT(w, run_start(s, tx, &lease)));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    race->held[line]--; /* from the next commit on it may be somebody else's turn */
    return TENANT(w, job_succeed(s, tx, &lease, NULL));
}

static Error *work_on_all(Scope *s, void *arg)
{
    Race *race = arg;
    const char *owner = id_new(s);
    bool found;
    Job job;

    while (race->done < MAKERS * MADE_EACH) {
        TRY(claim_one(s, race->world, owner, &job, &found));
        if (!found) {
            TRY(scope_sleep(s, US_PER_MS)); /* until a run is made, or the one before has ended */
            continue;
        }
        TRY(work_on(s, race, &job));
        race->done++;
    }
    return OK;
}

STORE_TEST(runs_of_a_line_never_overlap_and_keep_their_order)
{
    Race race = {.world = w};
    Thread *threads[MAKERS + WORKERS];

    scope_limit(s, 60 * US_PER_S);
    TRY(given_task(s, w, &race.task));
    for (int i = 0; i < MAKERS + WORKERS; i++)
        TRY(thread_start(s, "racer", i < MAKERS ? make_runs : work_on_all, &race, &threads[i]));
    for (int i = 0; i < MAKERS + WORKERS; i++)
        TRY(thread_wait(s, threads[i]));
    CHECK_EQ(race.done, MAKERS * MADE_EACH);
    CHECK_EQ(race.clashes, 0);
    CHECK_EQ(race.disorders, 0);
    return OK;
}

/* ---- Workers, cancels and sweeps of the same runs ---- */

enum { FOUGHT_RUNS = 24, FIGHTERS = 4 };

typedef struct Fight {
    World *world;
    GivenRun runs[FOUGHT_RUNS];
    _Atomic int next_cancel;
} Fight;

/* What a worker is told when it was too late. */
static fallible lost_is_fine(Error *e)
{
    if (e && failed_as(e, CONFLICT) &&
        (text_equal(e->code, "lease_lost") || text_equal(e->code, "run_finished")))
        return OK;
    return e;
}

static fallible end_in_one(Scope *s, Tx *tx, const Lease *lease)
{
    EventDraftList drafts = {0};
    RunEnd end = good_end();

    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = BYTES("last words")};
    TRY(lease_hold(s, tx, lease));
    TRY(events_append(s, tx, lease, &drafts, NULL));
    TRY(run_finish(s, tx, lease, &end));
    return job_succeed(s, tx, lease, NULL);
}

static Error *fight_as_worker(Scope *s, void *arg)
{
    Fight *fight = arg;
    World *w = fight->world;
    const char *owner = id_new(s);
    bool found = true;
    int64_t count;
    Job job;

    for (int turn = 0; found; turn++) {
        TRY(claim_one(s, w, owner, &job, &found));
        if (!found)
            return OK;
        Lease lease = job_lease(&job, 1);
        TRY(lost_is_fine(TENANT(w, run_start(s, tx, &lease))));
        if (turn % 3 == 0)
            TRY(SYSTEM(w, jobs_release_owner(s, tx, owner, &count)));
        if (turn % 3 == 1)
            TRY(pass_time(s, w, job.id));
        TRY(lost_is_fine(TENANT(w, end_in_one(s, tx, &lease))));
    }
    return OK;
}

static Error *fight_as_user(Scope *s, void *arg)
{
    Fight *fight = arg;
    World *w = fight->world;
    bool canceled;

    for (int i = fight->next_cancel++; i < FOUGHT_RUNS; i = fight->next_cancel++)
        if (i % 2)
            TRY(TENANT(w, run_cancel(s, tx, fight->runs[i].run.id, "by you", &canceled)));
    return OK;
}

/* How many events say that the run has ended; a negative number for a gap. */
static fallible count_ends(Scope *s, World *w, const char *run_id, int *ends)
{
    RunEventList events = {0};
    int64_t seq = 0;

    *ends = 0;
    TRY(READ(w, events_after(s, tx, (EventsFrom){run_id, 0, 0}, &events)));
    EACH (RunEvent, event, &events) {
        if (event->seq != ++seq)
            return fail(s, BUG, "event %lld is missing", (long long)seq);
        *ends += strstr(event->data, "\"succeeded\"") || strstr(event->data, "\"canceled\"");
    }
    return OK;
}

STORE_TEST(each_run_ends_once_however_many_fight_over_it)
{
    Fight fight = {.world = w};
    Thread *threads[2 * FIGHTERS];
    int64_t count;
    int ends;

    scope_limit(s, 60 * US_PER_S);
    for (int i = 0; i < FOUGHT_RUNS; i++) {
        Task task;
        TRY(given_task(s, w, &task));
        TRY(given_run(s, w, &task, "m", &fight.runs[i]));
    }
    for (int i = 0; i < 2 * FIGHTERS; i++)
        TRY(thread_start(s, "fighter", i % 2 ? fight_as_worker : fight_as_user, &fight,
                         &threads[i]));
    for (int i = 0; i < 2 * FIGHTERS; i++)
        TRY(thread_wait(s, threads[i]));
    for (int i = 0; i < FOUGHT_RUNS; i++) {
        Run run;
        Job job;
        TRY(job_now(s, w, fight.runs[i].job.id, &job));
        if (job.status == JOB_PENDING) /* in its back-off after two losses */
            TRY(TENANT(w, run_cancel(s, tx, job.run_id, "the end", &(bool){false})));
        if (job.status == JOB_LEASED)
            TRY(SYSTEM(w, jobs_release_owner(s, tx, job.owner, &count)));
        TRY(run_now(s, w, fight.runs[i].run.id, &run));
        TRY(count_ends(s, w, run.id, &ends));
        CHECK(run_finished(run.status));
        CHECK_EQ(ends, 1);
    }
    return OK;
}
