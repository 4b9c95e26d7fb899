/* A run's attempt, ended at each of its steps: the next one goes on where it stood. */

#include "cli/demo.h"
#include "test/git/given.h"
#include "test/work/given_attempt.h"

/* ---- Killed between the steps ---- */

static fallible killed_after(Scope *s, Step last)
{
    Work *work;
    Run run;
    const char *out;

    TRY(given_work(s, &work));
    TRY(given_order(s, work, "Add a file"));
    TRY(attempt_by_hand(s, work, last));
    TRY(run_by_runner(s, work, &run));
    CHECK_EQ(run.status, RUN_SUCCEEDED);
    CHECK_TEXT(run.summary, "Added a file.");
    TRY(git_says(s, work, text(s, "rev-list --count %s..%s", run.base_commit, run.working_branch),
                 &out));
    CHECK_TEXT(out, "1");
    TRY(git_says(s, work, text(s, "rev-parse %s", run.working_branch), &out));
    CHECK_TEXT(out, run.commit_sha);
    TRY(git_says(s, work, "for-each-ref '--format=%(refname)' refs/heads", &out));
    CHECK_TEXT(out, text(s, "refs/heads/%s", run.working_branch));
    return one_end(s, work, run.id);
}

TEST(a_result_that_was_committed_is_adopted_and_the_model_not_asked_again)
{
    return killed_after(s, STEP_COMMITTED);
}

TEST(a_branch_that_was_moved_is_left_where_it_is)
{
    return killed_after(s, STEP_MOVED);
}

TEST(a_run_that_was_stored_stays_as_it_is_and_a_left_over_result_harms_nobody)
{
    Work *work;
    Run before, run;

    TRY(given_work(s, &work));
    TRY(given_order(s, work, "Add a file"));
    TRY(attempt_by_hand(s, work, STEP_STORED));
    TRY(run_now_of(s, work, &before));
    TRY(run_by_runner(s, work, &run));
    CHECK_TEXT(run.commit_sha, before.commit_sha);
    TRY(one_end(s, work, run.id));
    TRY(given_order(s, work, "Add another"));
    TRY(attempt_by_hand(s, work, STEP_STORED));
    return OK;
}

TEST(an_attempt_that_died_before_its_commit_is_made_anew)
{
    Work *work;
    Run run;
    const char *out;

    TRY(given_work(s, &work));
    TRY(demo_open(s, work->app));
    TRY(given_order(s, work, "Make greet() say hello in Japanese when the language is ja"));
    TRY(attempt_by_hand(s, work, STEP_STARTED));
    TRY(run_by_runner(s, work, &run));
    CHECK_EQ(run.status, RUN_SUCCEEDED);
    TRY(git_says(s, work, text(s, "rev-list --count %s..%s", run.base_commit, run.working_branch),
                 &out));
    CHECK_TEXT(out, "1");
    return one_end(s, work, run.id);
}

/* ---- A base that has moved ---- */

TEST(a_moved_base_is_merged_into_the_line)
{
    Work *work;
    Run first, second;
    const char *out;

    TRY(given_work(s, &work));
    TRY(given_order(s, work, "Add a file"));
    TRY(attempt_by_hand(s, work, STEP_COMMITTED));
    TRY(run_by_runner(s, work, &first));
    TRY(sh(s, work->source, "echo base > base.txt && git add . && git commit -qm moved"));
    TRY(given_order(s, work, "Add another"));
    TRY(attempt_by_hand(s, work, STEP_COMMITTED));
    TRY(run_by_runner(s, work, &second));
    CHECK_EQ(second.status, RUN_SUCCEEDED);
    CHECK_TEXT(second.working_branch, first.working_branch);
    TRY(git_says(s, work, text(s, "show %s:base.txt", second.working_branch), &out));
    CHECK_TEXT(out, "base");
    TRY(git_says(
        s, work,
        text(s, "merge-base --is-ancestor %s %s && echo yes", first.commit_sha, second.commit_sha),
        &out));
    CHECK_EQ(second.files_changed.count, 1); /* its own, not what was merged in */
    return OK;
}

TEST(a_merge_conflict_is_a_result_with_its_own_words)
{
    Work *work;
    Run run;

    TRY(given_work(s, &work));
    TRY(given_order(s, work, "Add a file"));
    TRY(attempt_by_hand(s, work, STEP_COMMITTED));
    TRY(run_by_runner(s, work, &run));
    TRY(sh(s, work->source, "echo mine > added-1.txt && git add . && git commit -qm mine"));
    TRY(given_order(s, work, "Go on"));
    TRY(run_by_runner(s, work, &run));
    CHECK_EQ(run.status, RUN_FAILED);
    CHECK_TEXT(run.error_code, "merge_conflict");
    CHECK_HAS(run.error, "added-1.txt");
    return one_end(s, work, run.id);
}

/* ---- Canceled ---- */

TEST(a_run_canceled_after_its_commit_leaves_the_line_as_it_was)
{
    Work *work;
    Run run, next;
    bool canceled;

    TRY(given_work(s, &work));
    TRY(given_order(s, work, "Add a file"));
    TRY(attempt_by_hand(s, work, STEP_MOVED));
    TRY(run_stop(s, work->app, &local_caller, work->run_id, &canceled));
    CHECK(canceled);
    TRY(run_by_runner(s, work, &run));
    CHECK_EQ(run.status, RUN_CANCELED);
    TRY(given_order(s, work, "Add another"));
    TRY(attempt_by_hand(s, work, STEP_COMMITTED));
    TRY(run_by_runner(s, work, &next));
    CHECK_EQ(next.status, RUN_SUCCEEDED);
    CHECK_EQ(next.files_changed.count, 1);
    return one_end(s, work, next.id);
}
