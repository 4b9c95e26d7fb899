/* The board, the backlog, preferences, reports. */

#include "store/board.h"
#include "base/id.h"
#include "store/backlog.h"
#include "store/preferences.h"
#include "store/reports.h"
#include "sys/thread.h"
#include "test/store/world.h"

static const char *column_of(const Board *board, const char *task_id)
{
    EACH (const BoardColumn, column, &board->columns)
        EACH (const BoardTask, card, &column->tasks)
            if (text_equal(card->task.id, task_id))
                return name_of(task_status_names, (int)column->status);
    return NULL;
}

/* The whole board; what it counts is what it shows. */
static fallible board_now(Scope *s, World *w, Board *out)
{
    size_t shown = 0;
    Page page = {0};

    TRY(READ(w, board_read(s, tx, NULL, &page, out)));
    EACH (const BoardColumn, column, &out->columns) {
        CHECK_EQ(column->count, column->tasks.count);
        shown += column->tasks.count;
    }
    CHECK_EQ(out->total_tasks, shown);
    return OK;
}

#define COUNTS_TOO_MANY                                                                            \
    "SELECT (SELECT count(*) FROM task_counts) - (SELECT count(*) FROM (SELECT DISTINCT "          \
    "tenant_id, "                                                                                  \
    "repo_id, kanban_status, COALESCE(latest_pr_status, ''), run_count > 0 FROM tasks) AS "        \
    "places) AS count"

static const Statement q_pull = {
    .name = "given_pull",
    .sqlite = "INSERT INTO prs (id, tenant_id, task_id, number, url, branch, title, latest_commit, "
              "status, "
              "created_at, updated_at) VALUES (?1, ?2, ?3, 1, 'u', 'b', 't', 'c', ?4, db_now(), "
              "db_now())",
    .postgres = "INSERT INTO prs (id, tenant_id, task_id, number, url, branch, title, "
                "latest_commit, status, "
                "created_at, updated_at) VALUES ($1, $2, $3, 1, 'u', 'b', 't', 'c', $4, db_now(), "
                "db_now())",
    .params = (const char *const[]){"id", "tenant_id", "task_id", "status"},
    .param_count = 4,
};

static fallible given_pull(Scope *s, World *w, const char *task_id, const char *status,
                           const char **out)
{
    const char *id = id_new(s);

    *out = id;
    return TENANT(w, query_run(s, tx, &q_pull, ARGS(ARG(id), ARG(task_id), ARG(status)), NULL));
}

STORE_TEST(a_task_stands_where_its_runs_and_pull_request_put_it)
{
    const char *pull;
    GivenRun given;
    Lease lease;
    Board board;

    TRY(given_running(s, w, &given, &lease));
    TRY(board_now(s, w, &board));
    CHECK_EQ(board.columns.count, 6);
    CHECK_TEXT(column_of(&board, given.task.id), "in_progress");
    RunEnd end = good_end();
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(board_now(s, w, &board));
    CHECK_TEXT(column_of(&board, given.task.id), "in_review");
    TRY(given_pull(s, w, given.task.id, "merged", &pull));
    TRY(board_now(s, w, &board));
    CHECK_TEXT(column_of(&board, given.task.id), "done");
    CHECK_EQ(board.total_tasks, 1);
    return OK;
}

static fallible wish_for_gating(Scope *s, World *w)
{
    Preferences wish = {.enable_gating_status = true};

    return TENANT(w, preferences_save(s, tx, &wish));
}

STORE_TEST(a_task_with_open_checks_is_apart_only_for_who_asks)
{
    CiCheck done = {.status = "success"};
    TaskDetail detail;
    TaskList tasks;
    Page page = {0};
    GivenRun given;
    Lease lease;
    Board board;
    RunEnd end = good_end();

    TRY(given_running(s, w, &given, &lease));
    TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
    TRY(given_pull(s, w, given.task.id, "open", &done.pr_id));
    TRY(board_now(s, w, &board));
    CHECK_TEXT(column_of(&board, given.task.id), "in_review");
    TRY(wish_for_gating(s, w));
    TRY(board_now(s, w, &board));
    CHECK_EQ(board.columns.count, 7);
    CHECK_TEXT(column_of(&board, given.task.id), "gating");
    TRY(READ(w, task_list(s, tx, NULL, &page, &tasks)));
    CHECK_EQ(tasks.items[0].kanban_status, TASK_GATING);
    TRY(READ(w, task_detail(s, tx, given.task.id, &detail)));
    CHECK_EQ(detail.task.kanban_status, TASK_GATING);
    done.task_id = given.task.id;
    TRY(TENANT(w, ci_check_insert(s, tx, &done)));
    TRY(board_now(s, w, &board));
    CHECK_TEXT(column_of(&board, given.task.id), "in_review");
    return OK;
}

STORE_TEST(tasks_are_moved_only_from_where_the_move_begins)
{
    Task task, moved;

    TRY(given_task(s, w, &task));
    FAILS(INVALID, TENANT(w, board_move(s, tx, task.id, &move_from_archive, &moved)));
    TRY(TENANT(w, board_move(s, tx, task.id, &move_to_todo, &moved)));
    CHECK_EQ(moved.kanban_status, TASK_TODO);
    FAILS(INVALID, TENANT(w, board_move(s, tx, task.id, &move_to_todo, &moved)));
    TRY(TENANT(w, board_move(s, tx, task.id, &move_to_archive, &moved)));
    TRY(TENANT(w, board_move(s, tx, task.id, &move_from_archive, &moved)));
    CHECK_EQ(moved.kanban_status, TASK_BACKLOG);
    FAILS(MISSING, OTHER(w, board_move(s, tx, task.id, &move_to_todo, &moved)));
    return OK;
}

static fallible given_item(Scope *s, World *w, BacklogItem *out)
{
    Repo repo;

    TRY(given_repo(s, w, &repo));
    *out = (BacklogItem){.repo_id = repo.id,
                         .title = "Log in",
                         .description = "With a code.",
                         .implementation_hint = "See auth.c"};
    texts_add(s, &out->target_files, "src/auth.c");
    *list_add(s, &out->subtasks) = (Subtask){.title = "Form"};
    return TENANT(w, backlog_insert(s, tx, out));
}

STORE_TEST(a_started_item_becomes_a_task_that_says_all_the_item_says)
{
    MessageList messages;
    BacklogItem item, found;
    Page page = {0};
    Task task;

    TRY(given_item(s, w, &item));
    TRY(TENANT(w, backlog_start(s, tx, item.id, &task)));
    CHECK_EQ(task.kanban_status, TASK_TODO);
    TRY(READ(w, message_list(s, tx, task.id, &page, &messages)));
    CHECK_TEXT(messages.items[0].content,
               "Log in\n\nWith a code.\n\nHint: See auth.c\n\nSubtasks:\n- [ ] Form\n\nFiles:\n- "
               "src/auth.c");
    TRY(READ(w, backlog_get(s, tx, item.id, &found)));
    CHECK_TEXT(found.task_id, task.id);
    CHECK_EQ(found.status, BACKLOG_IN_PROGRESS);
    TRY(TENANT(w, task_delete(s, tx, task.id)));
    TRY(READ(w, backlog_get(s, tx, item.id, &found)));
    CHECK(!found.task_id);
    return OK;
}

typedef struct Starter {
    World *world;
    const char *item_id;
    bool started;
} Starter;

static Error *start_item(Scope *s, void *arg)
{
    Starter *starter = arg;
    World *w = starter->world;
    Task task;
    Error *e = TENANT(w, backlog_start(s, tx, starter->item_id, &task));

    starter->started = !e;
    return failed_as(e, INVALID) ? OK : e;
}

STORE_TEST(of_many_who_start_an_item_one_begins_a_task)
{
    Starter starters[4];
    Thread *threads[COUNT_OF(starters)];
    TaskList tasks;
    Page page = {0};
    BacklogItem item;
    int started = 0;

    TRY(given_item(s, w, &item));
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        starters[i] = (Starter){w, item.id, false};
        TRY(thread_start(s, "starter", start_item, &starters[i], &threads[i]));
    }
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        TRY(thread_wait(s, threads[i]));
        started += starters[i].started;
    }
    CHECK_EQ(started, 1);
    TRY(READ(w, task_list(s, tx, NULL, &page, &tasks)));
    CHECK_EQ(tasks.count, 1);
    return OK;
}

STORE_TEST(a_board_in_pages_counts_all_tasks)
{
    Task first, second;
    Page page = {.limit = 1};
    Board board, of_first;

    TRY(given_task(s, w, &first));
    TRY(given_task(s, w, &second));
    TRY(READ(w, board_read(s, tx, NULL, &page, &board)));
    CHECK(!column_of(&board, first.id));
    CHECK_EQ(board.total_tasks, 2);
    page.cursor = page.next;
    TRY(READ(w, board_read(s, tx, NULL, &page, &board)));
    CHECK_TEXT(column_of(&board, first.id), "backlog");
    CHECK_EQ(board.total_tasks, 2);
    page.cursor = NULL;
    TRY(READ(w, board_read(s, tx, first.repo_id, &page, &of_first)));
    CHECK_EQ(of_first.total_tasks, text_equal(first.repo_id, second.repo_id) ? 2 : 1);
    return OK;
}

/* Tasks in each column: one goes on running, the last has a further run that waits. */
static fallible given_columns(Scope *s, World *w)
{
    RunEnd end = good_end();
    GivenRun given, queued;
    const char *pull;
    Lease lease;
    Task task;

    TRY(given_task(s, w, &task));
    for (int i = 0; i < 6; i++) {
        TRY(given_running(s, w, &given, &lease));
        if (i > 0)
            TRY(TENANT(w, run_finish(s, tx, &lease, &end)));
        if (i == 2)
            TRY(given_pull(s, w, given.task.id, "open", &pull));
        if (i == 3)
            TRY(given_pull(s, w, given.task.id, "merged", &pull));
        if (i == 4)
            TRY(TENANT(w, board_move(s, tx, given.task.id, &move_to_archive, &task)));
    }
    return given_run(s, w, &given.task, "openai:more", &queued);
}

/* "backlog=2 todo=0" */
static const char *counts_of(Scope *s, const Board *board)
{
    TextList parts = {0};

    EACH (const BoardColumn, column, &board->columns)
        texts_add(s, &parts,
                  text(s, "%s=%lld", name_of(task_status_names, (int)column->status),
                       (long long)column->count));
    return text_join(s, &parts, " ");
}

/* A page with one task counts what the whole board shows. */
static fallible check_counts(Scope *s, World *w, const char *repo_id)
{
    Page all = {0}, one = {.limit = 1};
    Board whole, part;

    TRY(READ(w, board_read(s, tx, repo_id, &all, &whole)));
    TRY(READ(w, board_read(s, tx, repo_id, &one, &part)));
    CHECK_EQ(part.total_tasks, whole.total_tasks);
    CHECK_EQ(part.columns.count, whole.columns.count);
    for (size_t i = 0; i < whole.columns.count; i++) {
        CHECK_EQ(part.columns.items[i].count, whole.columns.items[i].tasks.count);
        CHECK_EQ(whole.columns.items[i].count, whole.columns.items[i].tasks.count);
    }
    return OK;
}

STORE_TEST(columns_count_what_stands_in_them_on_all_pages)
{
    Page all = {0};
    TaskList tasks;
    Board board;

    TRY(given_columns(s, w));
    TRY(READ(w, task_list(s, tx, NULL, &all, &tasks)));
    for (int wished = 0; wished < 2; wished++) {
        TRY(check_counts(s, w, NULL));
        EACH (const Task, task, &tasks)
            TRY(check_counts(s, w, task->repo_id));
        TRY(board_now(s, w, &board));
        CHECK_TEXT(counts_of(s, &board),
                   wished ? "backlog=2 todo=0 in_progress=1 gating=1 in_review=1 done=1 archived=1"
                          : "backlog=2 todo=0 in_progress=1 in_review=2 done=1 archived=1");
        TRY(wish_for_gating(s, w));
    }
    TRY(OTHER(w, board_read(s, tx, NULL, &all, &board)));
    CHECK_EQ(board.total_tasks, 0);
    return OK;
}

/* How many rows the counts take, less those that their places need. */
static const Statement q_counts_too_many = {
    .name = "counts_too_many",
    .sqlite = COUNTS_TOO_MANY,
    .postgres = COUNTS_TOO_MANY,
    .type = &count_type,
};

static fallible counts_too_many(Scope *s, World *w, int64_t *out)
{
    Count count = {0};

    TRY(SYSTEM(w, query_one(s, tx, &q_counts_too_many, NO_ARGS, &count)));
    *out = count.count;
    return OK;
}

STORE_TEST(counts_stay_right_and_few_while_cards_move)
{
    int64_t count = -1, too_many = -1;
    Task task, moved;

    TRY(given_columns(s, w));
    TRY(given_task(s, w, &task));
    for (int i = 0; i < 3; i++) {
        TRY(TENANT(w, board_move(s, tx, task.id, &move_to_todo, &moved)));
        TRY(check_counts(s, w, task.repo_id));
        TRY(TENANT(w, board_move(s, tx, task.id, &move_to_backlog, &moved)));
    }
    TRY(check_counts(s, w, NULL));
    TRY(SYSTEM(w, board_counts_fold(s, tx, &count)));
    CHECK_EQ(count, 0);
    TRY(counts_too_many(s, w, &too_many));
    CHECK_EQ(too_many, 0);
    TRY(check_counts(s, w, task.repo_id));
    return check_counts(s, w, NULL);
}

STORE_TEST(the_backlog_is_listed_newest_first_by_repository_and_status)
{
    BacklogItem first, second;
    BacklogItemList items;
    Page page = {.limit = 1};
    BacklogFilter all = {0}, ready = {.status = BACKLOG_READY};

    TRY(given_item(s, w, &first));
    TRY(given_item(s, w, &second));
    first.status = BACKLOG_READY;
    TRY(TENANT(w, backlog_save(s, tx, &first)));
    TRY(READ(w, backlog_list(s, tx, &all, &page, &items)));
    CHECK_TEXT(items.items[0].id, second.id);
    page.cursor = page.next;
    TRY(READ(w, backlog_list(s, tx, &all, &page, &items)));
    CHECK_TEXT(items.items[0].id, first.id);
    CHECK(!page.next);
    page = (Page){0};
    TRY(READ(w, backlog_list(s, tx, &ready, &page, &items)));
    CHECK_EQ(items.count, 1);
    BacklogFilter of_second = {.repo_id = second.repo_id, .status = BACKLOG_READY};
    TRY(READ(w, backlog_list(s, tx, &of_second, &page, &items)));
    CHECK_EQ(items.count, 0);
    FAILS(MISSING, OTHER(w, backlog_delete(s, tx, first.id)));
    return OK;
}

STORE_TEST(preferences_are_the_users_own)
{
    Preferences saved = {.default_repo_owner = "octo", .default_pr_creation_mode = PR_LINK}, found;

    TRY(TENANT(w, preferences_save(s, tx, &saved)));
    TRY(READ(w, preferences_get(s, tx, &found)));
    CHECK_TEXT(found.default_repo_owner, "octo");
    CHECK_EQ(found.default_pr_creation_mode, PR_LINK);
    w->caller.user_id = "somebody-else";
    TRY(READ(w, preferences_get(s, tx, &found)));
    CHECK(!found.default_repo_owner && !found.default_pr_creation_mode);
    return OK;
}

STORE_TEST(the_gravest_findings_of_a_review_come_first)
{
    Task task;
    Review review = {
        .executor_type = CODEX_CLI, .status = RUN_SUCCEEDED, .overall_score = {true, 0.5}};
    ReviewSummaryList reviews;
    FeedbackList found = {0};
    Page page = {0};

    TRY(given_task(s, w, &task));
    review.task_id = task.id;
    TRY(TENANT(w, review_insert(s, tx, &review)));
    for (Severity severity = SEVERITY_LOW; severity >= SEVERITY_CRITICAL; severity--) {
        Feedback one = {.review_id = review.id,
                        .file_path = "a.c",
                        .severity = severity,
                        .category = REVIEW_BUG,
                        .title = "T",
                        .description = "D"};
        TRY(TENANT(w, feedback_insert(s, tx, &one)));
    }
    TRY(READ(w, feedbacks_of_review(s, tx, review.id, &found)));
    CHECK_EQ(found.count, 4);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(found.items[i].severity, i + 1);
    TRY(READ(w, review_list(s, tx, task.id, &page, &reviews)));
    CHECK_EQ(reviews.items[0].feedback_count, 4);
    CHECK_EQ(reviews.items[0].low_count, 1);
    return OK;
}

STORE_TEST(a_repository_goes_only_when_nothing_names_it)
{
    BacklogItem item;

    TRY(given_item(s, w, &item));
    FAILS(CONFLICT, TENANT(w, repo_delete(s, tx, item.repo_id)));
    TRY(TENANT(w, backlog_delete(s, tx, item.id)));
    FAILS(MISSING, OTHER(w, repo_delete(s, tx, item.repo_id)));
    TRY(TENANT(w, repo_delete(s, tx, item.repo_id)));
    FAILS(MISSING, TENANT(w, repo_delete(s, tx, item.repo_id)));
    return OK;
}
