/* The life of a run. */

#include "base/id.h"
#include "store/news.h"
#include "test/store/world.h"

STORE_TEST(runs_are_numbered_within_their_task)
{
    GivenRun first, second, elsewhere;
    Task task, other;
    RunList runs;
    Page page = {.limit = 1};

    TRY(given_task(s, w, &task));
    TRY(given_task(s, w, &other));
    TRY(given_run(s, w, &task, "a", &first));
    TRY(given_run(s, w, &task, "b", &second));
    TRY(given_run(s, w, &other, "a", &elsewhere));
    CHECK_EQ(first.run.number, 1);
    CHECK_EQ(second.run.number, 2);
    CHECK_EQ(elsewhere.run.number, 1);
    TRY(READ(w, runs_of_task(s, tx, task.id, &page, &runs)));
    CHECK_TEXT(runs.items[0].id, second.run.id);
    page.cursor = page.next;
    TRY(READ(w, runs_of_task(s, tx, task.id, &page, &runs)));
    CHECK_TEXT(runs.items[0].id, first.run.id);
    CHECK(!page.next);
    return OK;
}

STORE_TEST(run_and_job_are_there_together_or_not_at_all)
{
    Task task;
    GivenRun given = {0};
    Run run;
    JobList none = {0};
    ClaimOrder order = claim_order(s, w, "w1");

    TRY(given_task(s, w, &task));
    {
        SCOPE(crash, s);
        Tx *tx;
        run = (Run){.task_id = task.id, .executor_type = PATCH_AGENT, .instruction = "x"};
        TRY(tx_write(crash, w->store, &w->caller, &tx));
        TRY(run_insert(s, tx, &run));
        given.job = (Job){.queue = QUEUE, .kind = KIND, .run_id = run.id};
        TRY(job_insert(s, tx, &given.job, NULL));
    } /* the process dies before its commit */
    FAILS(MISSING, run_now(s, w, run.id, &run));
    TRY(SYSTEM(w, jobs_claim(s, tx, &order, &none)));
    CHECK_EQ(none.count, 0);
    TRY(given_run(s, w, &task, "a", &given));
    CHECK_EQ(given.run.number, 1);
    return OK;
}

STORE_TEST(a_run_needs_a_task_of_its_tenant)
{
    Task task;

    TRY(given_task(s, w, &task));
    Run theirs = {.task_id = task.id, .executor_type = PATCH_AGENT, .instruction = "x"};
    Run broken = {.task_id = task.id, .executor_type = PATCH_AGENT, .instruction = "\x80"};
    Run empty = {.task_id = task.id, .executor_type = PATCH_AGENT};
    FAILS(MISSING, OTHER(w, run_insert(s, tx, &theirs)));
    FAILS(INVALID, TENANT(w, run_insert(s, tx, &broken)));
    FAILS(INVALID, TENANT(w, run_insert(s, tx, &empty)));
    return OK;
}

STORE_TEST(a_started_run_is_running)
{
    GivenRun given;
    Lease lease;
    Run run;
    const char *events;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_start(s, tx, &lease))); /* once more */
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_RUNNING);
    CHECK(time_set(run.started_at));
    CHECK_EQ(run.fence, lease.fence);
    TRY(events_text(s, w, run.id, &events));
    CHECK_TEXT(events, "1:status {\"status\":\"running\"}\n");
    return OK;
}

STORE_TEST(a_finished_run_shows_all_it_left)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    Run run;
    Bytes patch;

    TRY(given_running(s, w, &given, &lease));
    FileChange *file = list_add(s, &end.files_changed);
    *file = (FileChange){
        .path = "na\xefve.c", .status = "modified", .added_lines = 3, .patch = "@@ secret @@"};
    *list_add(s, &end.warnings) = (Note){"search_partial", {"{\"n\":\"1\"}"}, "a \xff warning"};
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_SUCCEEDED);
    CHECK_TEXT(run.commit_sha, "abc123");
    CHECK_TEXT(run.summary, "Did it.");
    CHECK(time_set(run.completed_at));
    CHECK_EQ(run.added_lines, 3);
    CHECK_EQ(run.files_count, 1);
    CHECK_TEXT(run.files_changed.items[0].path, "na\xef\xbf\xbdve.c");
    CHECK(run.files_changed.items[0].lossy && !run.files_changed.items[0].patch);
    CHECK_TEXT(run.warnings.items[0], "a \xef\xbf\xbd warning");
    CHECK_TEXT(run.warning_notes.items[0].code, "search_partial");
    CHECK_HAS(run.warning_notes.items[0].params.text, "\"n\"");
    TRY(READ(w, run_patch_get(s, tx, run.id, &patch)));
    CHECK(bytes_equal(patch, end.patch));
    return OK;
}

STORE_TEST(a_patch_is_kept_byte_for_byte_for_its_tenant_only)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    Bytes patch;

    end.patch = BYTES("+caf\xe9\0+\xff\r\n");
    TRY(given_running(s, w, &given, &lease));
    TRY(READ(w, run_patch_get(s, tx, given.run.id, &patch)));
    CHECK(!patch.data);
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(READ(w, run_patch_get(s, tx, given.run.id, &patch)));
    CHECK(bytes_equal(patch, end.patch));
    TRY(OTHER(w, run_patch_get(s, tx, given.run.id, &patch)));
    CHECK(!patch.data);
    return OK;
}

STORE_TEST(the_same_end_once_more_changes_nothing)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    Run before, after;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(run_now(s, w, given.run.id, &before));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(TENANT(w, job_succeed(s, tx, &lease, NULL)));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(TENANT(w, job_succeed(s, tx, &lease, NULL)));
    TRY(run_now(s, w, given.run.id, &after));
    CHECK_EQ(after.completed_at.us, before.completed_at.us);
    CHECK_EQ(after.event_seq, before.event_seq);
    return OK;
}

STORE_TEST(another_end_is_refused)
{
    RunEnd end = good_end(), other = good_end(), bad = {.status = RUN_CANCELED};
    GivenRun given;
    Lease lease;
    Run run;

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    other.commit_sha = "def456";
    Error *e = TENANT(w, run_finish(s, tx, &lease, &other));
    CHECK_TEXT(e->code, "run_finished");
    e = TENANT(w, run_start(s, tx, &lease));
    CHECK_TEXT(e->code, "run_finished");
    FAILS(BUG, TENANT(w, run_finish(s, tx, &lease, &bad)));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_TEXT(run.commit_sha, "abc123");
    return OK;
}

STORE_TEST(a_late_holder_writes_nothing_anywhere)
{
    RunEnd end = good_end();
    Usage usage = {.input_tokens = 5, .calls = 1};
    EventDraftList drafts = {0};
    GivenRun given;
    Lease late;
    LeaseState state;
    Job job;
    Run run;

    TRY(given_running(s, w, &given, &late));
    *list_add(s, &drafts) = (EventDraft){.kind = EVENT_LOG, .data = BYTES("late\n")};
    TRY(pass_time(s, w, given.job.id));
    TRY(claim(s, w, "w2", &job));
    CHECK_TEXT(job.id, given.job.id);
    Lease now = job_lease(&job, 1);
    TRY(TENANT(w, run_start(s, tx, &now)));
    Error *refused[] = {
        TENANT(w, run_start(s, tx, &late)),
        TENANT(w, run_finish(s, tx, &late, &end)),
        TENANT(w, events_append(s, tx, &late, &drafts, NULL)),
        TENANT(w, usage_put(s, tx, &late, 1, &usage)),
        TENANT(w, job_succeed(s, tx, &late, NULL)),
        TENANT(w, job_fail(s, tx, &late, error_new(s, TIMEOUT, "late"), NULL)),
        TENANT(w, job_return(s, tx, &late, (Json){NULL}, NULL)),
        TENANT(w, job_canceled(s, tx, &late, NULL)),
        TENANT(w, job_checkpoint(s, tx, &late, (Json){"{}"})),
        TENANT(w, job_renew(s, tx, &late, LEASE_US, &state)),
        TENANT(w, lease_hold(s, tx, &late)),
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CHECK(failed_as(refused[i], CONFLICT));
        CHECK_TEXT(refused[i]->code, "lease_lost");
    }
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_RUNNING);
    CHECK_EQ(run.log_lines, 0);
    CHECK_EQ(run.calls, 0);
    CHECK(!run.commit_sha);
    return OK;
}

STORE_TEST(what_a_late_holder_writes_between_two_claims_is_refused_as_well)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease late;
    int64_t count;

    TRY(given_running(s, w, &given, &late));
    TRY(pass_time(s, w, given.job.id));
    TRY(SYSTEM(w, jobs_expire(s, tx, &count)));
    CHECK_EQ(count, 1);
    Error *start = TENANT(w, run_start(s, tx, &late));
    Error *finish = TENANT(w, run_finish(s, tx, &late, &end));
    CHECK_TEXT(start->code, "lease_lost");
    CHECK_TEXT(finish->code, "lease_lost");
    return OK;
}

STORE_TEST(a_run_that_was_not_started_does_not_finish)
{
    RunEnd end = good_end();
    GivenRun given;
    Task task;
    Job job;

    TRY(given_task(s, w, &task));
    TRY(given_run(s, w, &task, "a", &given));
    TRY(claim(s, w, "w1", &job));
    Lease lease = job_lease(&job, 1);
    FAILS(CONFLICT, TENANT(w, run_finish(s, tx, &lease, &end)));
    return OK;
}

STORE_TEST(long_texts_of_an_end_are_cut)
{
    RunEnd end = good_end();
    Buffer summary = buffer_in(s);
    GivenRun given;
    Lease lease;
    Run run;

    for (int i = 0; i < RUN_SUMMARY_MAX; i++)
        buffer_text(&summary, "é");
    end.summary = buffer_string(&summary);
    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(strlen(run.summary), RUN_SUMMARY_MAX + strlen("..."));
    CHECK(text_ends(run.summary, "é..."));
    return OK;
}

STORE_TEST(a_run_of_another_tenant_cannot_be_seen_or_canceled)
{
    GivenRun given;
    Lease lease;
    Run run;
    RunState state;
    RunStateList states = {0};
    bool canceled;

    TRY(given_running(s, w, &given, &lease));
    FAILS(MISSING, OTHER(w, run_get(s, tx, given.run.id, &run)));
    FAILS(MISSING, OTHER(w, run_state(s, tx, given.run.id, &state)));
    FAILS(MISSING, OTHER(w, run_states_of_task(s, tx, given.task.id, &states)));
    FAILS(MISSING, OTHER(w, run_cancel(s, tx, given.run.id, "mine", &canceled)));
    FAILS(MISSING, OTHER(w, job_cancel(s, tx, given.job.id, "mine", NULL)));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.status, RUN_RUNNING);
    return OK;
}

STORE_TEST(a_verdict_is_kept_taken_back_and_told_as_news_of_its_run)
{
    static const Verdict given_in_turn[] = {VERDICT_PINNED, VERDICT_DISCARDED, 0};
    GivenRun given;
    Lease lease;
    Run run;

    TRY(given_running(s, w, &given, &lease));
    for (size_t i = 0; i < COUNT_OF(given_in_turn); i++) {
        NewsRead before, after;
        TRY(READ(w, news_after(s, tx, NULL, US_PER_MIN, &before)));
        TRY(TENANT(w, run_judge(s, tx, given.run.id, given_in_turn[i])));
        TRY(run_now(s, w, given.run.id, &run));
        CHECK_EQ(run.verdict, given_in_turn[i]);
        TRY(READ(w, news_after(s, tx, &before.cursor, US_PER_MIN, &after)));
        CHECK(after.news.count);
        CHECK_EQ(after.news.items[0].kind, NEWS_RUN);
        CHECK_TEXT(after.news.items[0].id, given.run.id);
    }
    return OK;
}

STORE_TEST(a_verdict_is_of_the_tenants_own_runs_only)
{
    GivenRun given;
    Lease lease;
    Run run;

    TRY(given_running(s, w, &given, &lease));
    FAILS(MISSING, OTHER(w, run_judge(s, tx, given.run.id, VERDICT_PINNED)));
    FAILS(MISSING, TENANT(w, run_judge(s, tx, given.task.id, VERDICT_PINNED)));
    TRY(run_now(s, w, given.run.id, &run));
    CHECK_EQ(run.verdict, 0);
    return OK;
}
