/* Tasks, messages and what a page shows of them. */

#include "base/id.h"
#include "test/store/world.h"

STORE_TEST(a_new_task_is_in_the_backlog)
{
    Task task, found;

    TRY(given_task(s, w, &task));
    TRY(READ(w, task_get(s, tx, task.id, &found)));
    CHECK_TEXT(found.title, "A task");
    CHECK_TEXT(found.tenant_id, w->caller.tenant_id);
    CHECK_EQ(found.kanban_status, TASK_BACKLOG);
    CHECK_EQ(found.coding_mode, CODING_INTERACTIVE);
    CHECK(time_set(found.created_at) && found.created_at.us == task.created_at.us);
    CHECK_EQ(found.updated_at.us, found.created_at.us);
    return OK;
}

STORE_TEST(a_task_needs_a_repository_of_its_tenant)
{
    Task lost = {.repo_id = id_new(s)}, odd = {.repo_id = "r1"}, theirs = {0};
    Repo repo;

    TRY(given_repo(s, w, &repo));
    theirs.repo_id = repo.id;
    FAILS(MISSING, TENANT(w, task_insert(s, tx, &lost)));
    FAILS(MISSING, TENANT(w, task_insert(s, tx, &odd)));
    FAILS(MISSING, OTHER(w, task_insert(s, tx, &theirs)));
    return OK;
}

STORE_TEST(a_title_that_is_no_text_is_refused)
{
    Repo repo;

    TRY(given_repo(s, w, &repo));
    Task task = {.repo_id = repo.id, .title = "caf\xe9"};
    FAILS(INVALID, TENANT(w, task_insert(s, tx, &task)));
    return OK;
}

STORE_TEST(another_tenant_sees_nothing_of_a_task)
{
    Task task, found;
    TaskList tasks = {0};
    TaskDetail detail;
    Page page = {0};
    Message message = {.role = ROLE_OF_USER, .content = "hello"};

    TRY(given_task(s, w, &task));
    message.task_id = task.id;
    FAILS(MISSING, OTHER(w, task_get(s, tx, task.id, &found)));
    FAILS(MISSING, OTHER(w, task_detail(s, tx, task.id, &detail)));
    FAILS(MISSING, OTHER(w, task_touch(s, tx, task.id)));
    FAILS(MISSING, OTHER(w, task_delete(s, tx, task.id)));
    FAILS(MISSING, OTHER(w, message_insert(s, tx, &message)));
    TRY(OTHER(w, task_list(s, tx, NULL, &page, &tasks)));
    CHECK_EQ(tasks.count, 0);
    TRY(OTHER(w, task_list(s, tx, task.repo_id, &page, &tasks)));
    CHECK_EQ(tasks.count, 0);
    return OK;
}

STORE_TEST(an_unknown_task_is_not_found)
{
    Task task;
    Error *e = READ(w, task_get(s, tx, "t1", &task));

    CHECK(failed_as(e, MISSING));
    CHECK_TEXT(e->message, "Task not found");
    FAILS(MISSING, READ(w, task_get(s, tx, id_new(s), &task)));
    FAILS(MISSING, READ(w, task_get(s, tx, NULL, &task)));
    return OK;
}

/* Three tasks; the first is touched by a message. */
static fallible given_tasks(Scope *s, World *w, Task tasks[3])
{
    Repo repo;

    TRY(given_repo(s, w, &repo));
    for (int i = 0; i < 3; i++) {
        tasks[i] = (Task){.repo_id = repo.id, .title = text(s, "task %d", i)};
        TRY(TENANT(w, task_insert(s, tx, &tasks[i])));
    }
    Message message = {.task_id = tasks[0].id, .role = ROLE_OF_USER, .content = "hello"};
    return TENANT(w, message_insert(s, tx, &message));
}

STORE_TEST(tasks_come_last_updated_first)
{
    Task tasks[3];
    TaskList found = {0};
    Page page = {0};

    TRY(given_tasks(s, w, tasks));
    TRY(READ(w, task_list(s, tx, "", &page, &found)));
    CHECK_EQ(found.count, 3);
    CHECK_TEXT(found.items[0].title, "task 0");
    CHECK_TEXT(found.items[1].title, "task 2");
    CHECK_TEXT(found.items[2].title, "task 1");
    CHECK(!page.next);
    TRY(READ(w, task_list(s, tx, "nowhere", &page, &found)));
    CHECK_EQ(found.count, 0);
    return OK;
}

STORE_TEST(pages_join_without_gap_or_overlap)
{
    Task tasks[3];
    TaskList found = {0};
    Page page = {.limit = 1};
    Buffer all = buffer_in(s);

    TRY(given_tasks(s, w, tasks));
    do {
        TRY(READ(w, task_list(s, tx, tasks[0].repo_id, &page, &found)));
        CHECK_EQ(found.count, 1);
        buffer_text(&all, found.items[0].title);
        page.cursor = page.next;
    } while (page.cursor);
    CHECK_TEXT(buffer_string(&all), "task 0task 2task 1");
    return OK;
}

STORE_TEST(a_bad_cursor_is_refused)
{
    static const char *const bad[] = {"x",     "1", "1.x", "0.00000000-0000-0000-0000-000000000000",
                                      "1.2.3", "."};
    TaskList tasks;
    Page page = {0};

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        page.cursor = bad[i];
        FAILS(INVALID, READ(w, task_list(s, tx, NULL, &page, &tasks)));
    }
    return OK;
}

STORE_TEST(messages_come_oldest_first_and_move_the_task_on)
{
    Task task, after;
    MessageList found = {0};
    Page page = {.limit = 2};

    TRY(given_task(s, w, &task));
    for (int i = 0; i < 3; i++) {
        Message message = {
            .task_id = task.id, .role = ROLE_OF_USER, .content = text(s, "message %d", i)};
        TRY(TENANT(w, message_insert(s, tx, &message)));
    }
    TRY(READ(w, message_list(s, tx, task.id, &page, &found)));
    CHECK_EQ(found.count, 2);
    CHECK_TEXT(found.items[0].content, "message 0");
    page.cursor = page.next;
    TRY(READ(w, message_list(s, tx, task.id, &page, &found)));
    CHECK_EQ(found.count, 1);
    CHECK_TEXT(found.items[0].content, "message 2");
    CHECK(!page.next);
    TRY(READ(w, task_get(s, tx, task.id, &after)));
    CHECK(after.updated_at.us > task.updated_at.us);
    return OK;
}

STORE_TEST(a_message_keeps_every_letter_and_refuses_what_is_none)
{
    Message message = {.role = ROLE_OF_USER,
                       .content =
                           "日本語 \xf0\x9f\x98\x80 \"quoted\" \\ line\r\n'; DROP TABLE tasks"};
    Message found, broken = {.role = ROLE_OF_USER, .content = "\xff"};
    Task task;

    TRY(given_task(s, w, &task));
    message.task_id = broken.task_id = task.id;
    TRY(TENANT(w, message_insert(s, tx, &message)));
    TRY(READ(w, message_get(s, tx, message.id, &found)));
    CHECK_TEXT(found.content, message.content);
    CHECK_EQ(found.role, ROLE_OF_USER);
    FAILS(INVALID, TENANT(w, message_insert(s, tx, &broken)));
    FAILS(MISSING, OTHER(w, message_get(s, tx, message.id, &found)));
    return OK;
}

STORE_TEST(a_task_shows_messages_runs_and_where_it_stands)
{
    GivenRun given, second;
    Lease lease;
    TaskDetail detail;

    TRY(given_running(s, w, &given, &lease));
    TRY(given_run(s, w, &given.task, "google:gemini", &second));
    for (int i = 1; i <= 3; i++) {
        Message message = {
            .task_id = given.task.id, .role = ROLE_OF_USER, .content = text(s, "%d", i)};
        TRY(TENANT(w, message_insert(s, tx, &message)));
    }
    TRY(READ(w, task_detail(s, tx, given.task.id, &detail)));
    CHECK_EQ(detail.task.kanban_status, TASK_IN_PROGRESS);
    CHECK_EQ(detail.messages.count, 3);
    for (int i = 1; i <= 3; i++)
        CHECK_TEXT(detail.messages.items[i - 1].content, text(s, "%d", i));
    CHECK_EQ(detail.runs.count, 2);
    CHECK_TEXT(detail.runs.items[0].id, second.run.id);
    CHECK_EQ(detail.runs.items[1].status, RUN_RUNNING);
    CHECK_TEXT(detail.runs.items[1].working_branch, given.run.working_branch);
    return OK;
}

STORE_TEST(a_task_whose_runs_have_ended_is_in_review)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    TaskDetail detail;
    TaskList tasks;
    Page page = {0};

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(READ(w, task_detail(s, tx, given.task.id, &detail)));
    CHECK_EQ(detail.task.kanban_status, TASK_IN_REVIEW);
    TRY(READ(w, task_list(s, tx, NULL, &page, &tasks)));
    CHECK_EQ(tasks.items[0].kanban_status, TASK_IN_REVIEW);
    return OK;
}

STORE_TEST(a_task_goes_with_all_that_hangs_on_it_but_not_under_a_run)
{
    RunEnd end = good_end();
    GivenRun given;
    Lease lease;
    Run run;
    Job job;

    TRY(given_running(s, w, &given, &lease));
    FAILS(CONFLICT, TENANT(w, task_delete(s, tx, given.task.id)));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    FAILS(CONFLICT, TENANT(w, task_delete(s, tx, given.task.id))); /* its job still has a holder */
    TRY(TENANT(w, job_succeed(s, tx, &lease, NULL)));
    TRY(TENANT(w, task_delete(s, tx, given.task.id)));
    FAILS(MISSING, run_now(s, w, given.run.id, &run));
    FAILS(MISSING, job_now(s, w, given.job.id, &job));
    FAILS(MISSING, TENANT(w, task_delete(s, tx, given.task.id)));
    return OK;
}
