/* Lines of work and their branches. */

#include "base/id.h"
#include "test/store/world.h"

static LineWant line_want(const Task *task, const char *model_key, const char *run_id)
{
    return (LineWant){
        .task_id = task->id,
        .executor_type = PATCH_AGENT,
        .model_key = model_key,
        .base_ref = "main",
        .base_commit = "base0",
        .branch_prefix = "dursor",
        .run_id = run_id,
    };
}

STORE_TEST(a_line_is_opened_once_and_continued)
{
    const char *run_id = id_new(s);
    Task task;
    Line first, again;

    TRY(given_task(s, w, &task));
    LineWant want = line_want(&task, "openai:gpt", run_id),
             later = line_want(&task, "openai:gpt", id_new(s));
    TRY(TENANT(w, line_find_or_insert(s, tx, &want, &first)));
    TRY(TENANT(w, line_find_or_insert(s, tx, &later, &again)));
    CHECK_TEXT(again.id, first.id);
    CHECK_TEXT(again.branch, text(s, "dursor/%s", id_tail(s, run_id, 8)));
    CHECK_TEXT(first.repo_id, task.repo_id);
    CHECK_TEXT(first.base_commit, "base0");
    CHECK(!first.head_commit);
    return OK;
}

STORE_TEST(models_and_executors_have_lines_of_their_own)
{
    Task task;
    Line line;
    LineList lines = {0};
    LineWant want;

    TRY(given_task(s, w, &task));
    want = line_want(&task, "openai:gpt", id_new(s));
    TRY(TENANT(w, line_find_or_insert(s, tx, &want, &line)));
    want = line_want(&task, "google:gemini", id_new(s));
    TRY(TENANT(w, line_find_or_insert(s, tx, &want, &line)));
    want = line_want(&task, "openai:gpt", id_new(s));
    want.executor_type = CODEX_CLI;
    TRY(TENANT(w, line_find_or_insert(s, tx, &want, &line)));
    TRY(READ(w, lines_of_task(s, tx, task.id, &lines)));
    CHECK_EQ(lines.count, 3);
    CHECK_TEXT(lines.items[1].model_key, "google:gemini");
    CHECK_EQ(lines.items[2].executor_type, CODEX_CLI);
    return OK;
}

STORE_TEST(a_branch_that_is_taken_gets_more_digits)
{
    Task task;
    Line one, two, three;

    TRY(given_task(s, w, &task));
    LineWant first = line_want(&task, "a", "0197a3c0-1111-7222-8333-000011112222");
    LineWant second = line_want(&task, "b", "0197a3c0-1111-7222-8333-aaaa11112222");
    LineWant third = line_want(&task, "c", "0197a3c0-1111-7222-8444-aaaa11112222");
    TRY(TENANT(w, line_find_or_insert(s, tx, &first, &one)));
    TRY(TENANT(w, line_find_or_insert(s, tx, &second, &two)));
    TRY(TENANT(w, line_find_or_insert(s, tx, &third, &three)));
    CHECK_TEXT(one.branch, "dursor/11112222");
    CHECK_TEXT(two.branch, "dursor/aaaa11112222");
    CHECK_TEXT(three.branch, "dursor/8444aaaa11112222");
    return OK;
}

STORE_TEST(another_repository_may_have_the_same_branch)
{
    const char *run_id = id_new(s);
    Task one, two;
    Line first, second;

    TRY(given_task(s, w, &one));
    TRY(given_task(s, w, &two));
    LineWant a = line_want(&one, "a", run_id), b = line_want(&two, "a", run_id);
    TRY(TENANT(w, line_find_or_insert(s, tx, &a, &first)));
    TRY(TENANT(w, line_find_or_insert(s, tx, &b, &second)));
    CHECK_TEXT(second.branch, first.branch);
    return OK;
}

STORE_TEST(a_line_needs_a_task_of_its_tenant)
{
    Task task;
    Line line;

    TRY(given_task(s, w, &task));
    LineWant want = line_want(&task, "a", id_new(s));
    FAILS(MISSING, OTHER(w, line_find_or_insert(s, tx, &want, &line)));
    TRY(TENANT(w, line_find_or_insert(s, tx, &want, &line)));
    FAILS(MISSING, OTHER(w, line_get(s, tx, line.id, &line)));
    return OK;
}

/* The head moves once, from what it was. */
STORE_TEST(the_head_moves_by_compare_and_swap)
{
    GivenRun given;
    Lease lease;
    Line line;

    TRY(given_running(s, w, &given, &lease));
    LineStep first = {given.run.line_id, NULL, "c1", "base1"},
             second = {given.run.line_id, "c1", "c2", NULL};
    LineStep wrong = {given.run.line_id, "c1", "c3", NULL};
    TRY(TENANT(w, line_advance(s, tx, &lease, &first)));
    TRY(TENANT(w, line_advance(s, tx, &lease, &first))); /* the answer was lost */
    TRY(TENANT(w, line_advance(s, tx, &lease, &second)));
    Error *e = TENANT(w, line_advance(s, tx, &lease, &wrong));
    CHECK_TEXT(e->code, "head_moved");
    CHECK_HAS(e->message, "is at c2, not at c1");
    TRY(READ(w, line_get(s, tx, given.run.line_id, &line)));
    CHECK_TEXT(line.head_commit, "c2");
    CHECK_TEXT(line.base_commit, "base1");
    return OK;
}

STORE_TEST(who_lost_the_lease_moves_no_head)
{
    GivenRun given;
    Lease lease;
    Line line;

    TRY(given_running(s, w, &given, &lease));
    LineStep step = {given.run.line_id, NULL, "c1", NULL};
    TRY(TENANT(w, job_return(s, tx, &lease, (Json){NULL}, NULL)));
    Error *e = TENANT(w, line_advance(s, tx, &lease, &step));
    CHECK_TEXT(e->code, "lease_lost");
    TRY(READ(w, line_get(s, tx, given.run.line_id, &line)));
    CHECK(!line.head_commit);
    return OK;
}

STORE_TEST(a_canceled_run_moves_no_head)
{
    GivenRun given;
    Lease lease;
    bool canceled;

    TRY(given_running(s, w, &given, &lease));
    LineStep step = {given.run.line_id, NULL, "c1", NULL};
    TRY(TENANT(w, run_cancel(s, tx, given.run.id, "by you", &canceled)));
    Error *e = TENANT(w, line_advance(s, tx, &lease, &step));
    CHECK_TEXT(e->code, "run_finished");
    return OK;
}
