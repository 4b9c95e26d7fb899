/* Pull requests, intents, the stored App, deliveries and results of checks. */

#include "base/id.h"
#include "store/queries.h"
#include "store/github_config.h"
#include "store/intents.h"
#include "store/pulls.h"
#include "store/webhooks.h"
#include "test/store/world.h"

/* An open one of a new task, numbered 7. */
static fallible given_pull(Scope *s, World *w, Pull *out)
{
    Task task;

    TRY(given_task(s, w, &task));
    *out = (Pull){.task_id = task.id,
                  .number = 7,
                  .url = "https://github.com/octo/app/pull/7",
                  .branch = "dursor/1a2b3c4d",
                  .base = "main",
                  .title = "こんにちは",
                  .body = "🙂",
                  .latest_commit = "c1",
                  .status = PULL_OPEN};
    return TENANT(w, pull_save(s, tx, out));
}

STORE_TEST(a_pull_request_saved_twice_is_one_row_and_keeps_what_is_not_said)
{
    Pull first, second, found;
    GivenRun given;
    Task task;
    PullList all = {0};
    Page page = {0};

    TRY(given_pull(s, w, &first));
    TRY(READ(w, task_get(s, tx, first.task_id, &task)));
    TRY(given_run(s, w, &task, "openai:one", &given));
    second = (Pull){.task_id = first.task_id,
                    .number = 7,
                    .url = first.url,
                    .branch = first.branch,
                    .latest_commit = "c2",
                    .status = PULL_MERGED,
                    .run_id = given.run.id,
                    .run_commit = "c2"};
    TRY(TENANT(w, pull_save(s, tx, &second)));
    TRY(READ(w, pull_get(s, tx, first.task_id, first.id, &found)));
    CHECK_TEXT(found.title, "こんにちは");
    CHECK_TEXT(found.base, "main");
    CHECK_TEXT(found.latest_commit, "c2");
    CHECK_EQ(found.status, PULL_MERGED);
    TRY(READ(w, pull_list(s, tx, first.task_id, &page, &all)));
    CHECK_EQ(all.count, 1);
    return OK;
}

STORE_TEST(a_pull_request_of_another_task_or_tenant_is_not_found)
{
    Pull pull, found;

    TRY(given_pull(s, w, &pull));
    FAILS(MISSING, READ(w, pull_get(s, tx, id_new(s), pull.id, &found)));
    FAILS(MISSING, READ(w, pull_get(s, tx, NULL, "no id", &found)));
    FAILS(MISSING, OTHER(w, pull_get(s, tx, NULL, pull.id, &found)));
    FAILS(MISSING, OTHER(w, pull_save(s, tx, &pull)));
    return OK;
}

STORE_TEST(pull_requests_are_found_by_repository_and_number_and_by_commit)
{
    const PullPlace there = {"https://github.com/octo/app", "https://github.com/octo/app/pull/7",
                             7},
                    elsewhere = {"https://github.com/octo/no", "https://github.com/octo/no/pull/7",
                                 7};
    PullList found = {0}, none = {0}, at_commit = {0};
    Pull pull;

    TRY(given_pull(s, w, &pull));
    TRY(SYSTEM(w, pulls_at(s, tx, &there, &found)));
    TRY(SYSTEM(w, pulls_at(s, tx, &elsewhere, &none)));
    TRY(SYSTEM(w, pulls_at_commit(s, tx, there.repo_url, "c1", &at_commit)));
    TRY(SYSTEM(w, pulls_at_commit(s, tx, elsewhere.repo_url, "c1", &none)));
    CHECK_EQ(found.count, 1);
    CHECK_EQ(at_commit.count, 1);
    CHECK_EQ(none.count, 0);
    CHECK_TEXT(found.items[0].tenant_id, w->caller.tenant_id);
    return OK;
}

STORE_TEST(open_ones_are_due_once_nobody_has_looked_for_a_while)
{
    PullList due = {0}, fresh = {0};
    Pull pull;

    TRY(given_pull(s, w, &pull));
    TRY(SYSTEM(w, pulls_to_check(s, tx, US_PER_MIN, 10, &fresh)));
    CHECK_EQ(fresh.count, 0);
    TRY(SYSTEM(w, pulls_to_check(s, tx, -US_PER_MIN, 10, &due)));
    CHECK_EQ(due.count, 1);
    TRY(SYSTEM(w, pull_checked(s, tx, pull.id)));
    return OK;
}

STORE_TEST(pull_requests_of_all_tasks_are_listed_newest_first)
{
    PullList all = {0}, others = {0};
    Pull first, second;
    Page page = {.limit = 1}, theirs = {0};

    TRY(given_pull(s, w, &first));
    TRY(given_pull(s, w, &second));
    TRY(READ(w, pull_list(s, tx, NULL, &page, &all)));
    CHECK_EQ(all.count, 1);
    CHECK_TEXT(all.items[0].id, second.id);
    page.cursor = page.next;
    TRY(READ(w, pull_list(s, tx, NULL, &page, &all)));
    CHECK_TEXT(all.items[0].id, first.id);
    TRY(OTHER(w, pull_list(s, tx, NULL, &theirs, &others)));
    CHECK_EQ(others.count, 0);
    return OK;
}

STORE_TEST(a_tasks_detail_shows_its_pull_requests_and_a_merged_one_makes_it_done)
{
    TaskDetail detail;
    Pull pull;

    TRY(given_pull(s, w, &pull));
    pull.status = PULL_MERGED;
    TRY(TENANT(w, pull_save(s, tx, &pull)));
    TRY(READ(w, task_detail(s, tx, pull.task_id, &detail)));
    CHECK_EQ(detail.prs.count, 1);
    CHECK_TEXT(detail.prs.items[0].status, "merged");
    CHECK_EQ(detail.task.kanban_status, TASK_DONE);
    return OK;
}

STORE_TEST(an_intent_begins_again_and_counts)
{
    Intent intent = {.key = "pull:t:b:main", .kind = "pull_create", .detail = {"{\"a\":1}"}}, found;

    TRY(TENANT(w, intent_begin(s, tx, &intent)));
    TRY(TENANT(w, intent_end(s, tx, &intent, (Json){"{\"number\":7}"})));
    TRY(READ(w, intent_get(s, tx, intent.key, &found)));
    CHECK_TEXT(found.status, "done");
    CHECK_HAS(found.result.text, "7");
    TRY(TENANT(w, intent_begin(s, tx, &intent)));
    CHECK_TEXT(intent.status, "begun");
    CHECK_EQ(intent.tries, 2);
    FAILS(MISSING, OTHER(w, intent_get(s, tx, intent.key, &found)));
    return OK;
}

STORE_TEST(the_stored_app_is_replaced_and_the_tenants_own)
{
    GithubConfig config = {.app_id = "1",
                           .installation_id = "2",
                           .private_key_sealed = BYTES("\0x")},
                 stored = {0};
    bool found = true;

    TRY(TENANT(w, github_config_put(s, tx, &config)));
    config.app_id = "3";
    TRY(TENANT(w, github_config_put(s, tx, &config)));
    TRY(OTHER(w, github_config_find(s, tx, &stored, &found)));
    CHECK(!found);
    TRY(READ(w, github_config_find(s, tx, &stored, &found)));
    CHECK(found && bytes_equal(stored.private_key_sealed, config.private_key_sealed));
    CHECK_TEXT(stored.app_id, "3");
    return OK;
}

STORE_TEST(a_delivery_is_taken_once)
{
    bool first = false, again = true, known = false;

    TRY(SYSTEM(w, delivery_take(s, tx, "one", "ping", &first)));
    TRY(SYSTEM(w, delivery_take(s, tx, "one", "ping", &again)));
    TRY(SYSTEM(w, delivery_known(s, tx, "one", &known)));
    CHECK(first && !again && known);
    TRY(SYSTEM(w, delivery_known(s, tx, "two", &known)));
    CHECK(!known);
    FAILS(INVALID, SYSTEM(w, delivery_take(s, tx, "", "ping", &first)));
    return OK;
}

/* The one check of the pull request's commit. */
static fallible check_now(Scope *s, World *w, const Pull *pull, CiCheck *out)
{
    const char *pr_id = pull->id, *sha = "c1";

    return READ(w, query_one(s, tx, &q_check_of_commit, ARGS(ARG(pr_id), ARG(sha)), out));
}

STORE_TEST(results_of_a_commit_are_one_check)
{
    CheckResult results[] = {{"build", "success"},
                             {"deploy", "stale"},
                             {"deploy", "skipped"},
                             {"test", "in_progress"},
                             {"test", "timed_out"}};
    const char *const statuses[] = {"success", "pending", "success", "pending", "failure"};
    CiCheck check;
    Pull pull;

    TRY(given_pull(s, w, &pull));
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        CheckNews news = {.sha = "c1",
                          .workflow_run_id = {true, 3},
                          .results = {.items = &results[i], .count = 1}};
        TRY(TENANT(w, check_results_put(s, tx, pull.id, &news)));
        TRY(check_now(s, w, &pull, &check));
        CHECK_TEXT(check.status, statuses[i]);
    }
    CHECK_EQ(check.failed_jobs.count, 1);
    CHECK_TEXT(check.failed_jobs.items[0].job_name, "test");
    CHECK_EQ(check.workflow_run_id.value, 3);
    CheckNews again = {.sha = "c1", .results = {.items = results, .count = 1}};
    FAILS(MISSING, OTHER(w, check_results_put(s, tx, pull.id, &again)));
    TRY(TENANT(w, check_results_put(s, tx, pull.id, &again)));
    TRY(check_now(s, w, &pull, &check));
    CHECK_EQ(check.workflow_run_id.value, 3);
    return OK;
}

STORE_TEST(a_beginning_that_comes_after_the_end_is_dropped_and_a_new_one_is_not)
{
    CheckResult ended = {"build", "failure"}, going_on = {"build", "in_progress"};
    CheckNews end = {.sha = "c1", .results = {.items = &ended, .count = 1}},
              begin = {.sha = "c1", .results = {.items = &going_on, .count = 1}};
    CiCheck check;
    Pull pull;

    TRY(given_pull(s, w, &pull));
    TRY(TENANT(w, check_results_put(s, tx, pull.id, &end)));
    TRY(check_now(s, w, &pull, &check));
    begin.began.us = check.updated_at.us - US_PER_MIN;
    TRY(TENANT(w, check_results_put(s, tx, pull.id, &begin)));
    TRY(check_now(s, w, &pull, &check));
    CHECK_TEXT(check.status, "failure");
    begin.began.us = check.updated_at.us + US_PER_MIN;
    TRY(TENANT(w, check_results_put(s, tx, pull.id, &begin)));
    TRY(check_now(s, w, &pull, &check));
    CHECK_TEXT(check.status, "pending");
    return OK;
}
