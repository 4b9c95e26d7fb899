/* The tables of what clients send and see of the board, the backlog and what stands beside runs. */

#include "model/board_views.h"

/* ---- Tasks and repositories ---- */

static const Type bulk_task_type =
    TYPE(BulkTask, "A task to begin with others.", FIELD(BulkTask, title, 0, .most = TITLE_MAX),
         ENUM(BulkTask, coding_mode, coding_mode_names, 0, .preset = "interactive"));

const Type bulk_create_type =
    TYPE(BulkCreate, "Tasks to begin together.", FIELD(BulkCreate, repo_id, REQUIRED),
         LIST(BulkCreate, tasks, bulk_task_type, REQUIRED, .most = BULK_MAX));

const Type bulk_created_type = TYPE(BulkCreated, "Tasks begun together.",
                                    LIST(BulkCreated, created_tasks, task_type, REQUIRED),
                                    FIELD(BulkCreated, count, REQUIRED));

const Type task_change_type = TYPE(TaskChange, "What to change of a task; null clears the title.",
                                   FIELD(TaskChange, title, 0, .most = TITLE_MAX),
                                   ENUM(TaskChange, coding_mode, coding_mode_names));

const Type repo_select_type =
    TYPE(RepoSelect, "A repository of GitHub to work on.",
         FIELD(RepoSelect, owner, REQUIRED, .least = 1, .most = NAME_MAX_BYTES),
         FIELD(RepoSelect, repo, REQUIRED, .least = 1, .most = NAME_MAX_BYTES),
         FIELD(RepoSelect, branch, 0, .most = NAME_MAX_BYTES));

const Type repo_change_type =
    TYPE(RepoChange, "What to change of a repository; null takes the chosen branch back.",
         FIELD(RepoChange, selected_branch, 0, .most = NAME_MAX_BYTES));

/* ---- Preferences ---- */

#define PREFERENCES_FIELDS(T)                                                                      \
    FIELD(T, default_repo_owner, 0, .most = NAME_MAX_BYTES),                                       \
        FIELD(T, default_repo_name, 0, .most = NAME_MAX_BYTES),                                    \
        FIELD(T, default_branch, 0, .most = NAME_MAX_BYTES),                                       \
        FIELD(T, default_branch_prefix, 0, .most = NAME_MAX_BYTES)

const Type preferences_change_type =
    TYPE(PreferencesChange, "Preferences to change: what is not given stays, null clears.",
         PREFERENCES_FIELDS(PreferencesChange),
         ENUM(PreferencesChange, default_pr_creation_mode, pr_mode_names),
         ENUM(PreferencesChange, default_coding_mode, coding_mode_names),
         FIELD(PreferencesChange, auto_generate_pr_description),
         FIELD(PreferencesChange, enable_gating_status),
         FIELD(PreferencesChange, worktrees_dir, 0, .most = 4096));

const Type preferences_view_type =
    TYPE(PreferencesView, "What a user prefers.", PREFERENCES_FIELDS(PreferencesView),
         ENUM(PreferencesView, default_pr_creation_mode, pr_mode_names, REQUIRED),
         ENUM(PreferencesView, default_coding_mode, coding_mode_names, REQUIRED),
         FIELD(PreferencesView, auto_generate_pr_description, REQUIRED),
         FIELD(PreferencesView, enable_gating_status, REQUIRED),
         FIELD(PreferencesView, worktrees_dir, 0, .most = 4096));

PreferencesView preferences_view(const Preferences *stored)
{
    PreferencesView view = *stored;

    if (!view.default_pr_creation_mode)
        view.default_pr_creation_mode = PR_CREATE;
    if (!view.default_coding_mode)
        view.default_coding_mode = CODING_INTERACTIVE;
    return view;
}

/* ---- Board ---- */

const Type executor_status_type = TYPE(
    ExecutorStatus, "The newest run of an agent program in a task.",
    FIELD(ExecutorStatus, task_id, NO_JSON),
    ENUM(ExecutorStatus, executor_type, executor_names, REQUIRED), FIELD(ExecutorStatus, run_id),
    ENUM(ExecutorStatus, status, run_status_names), FIELD(ExecutorStatus, has_review, REQUIRED));

static const Type board_task_type =
    TYPE(BoardTask, "A task on the board.", OBJECT(BoardTask, task, task_type, FLAT),
         ENUM(BoardTask, computed_status, task_status_names, REQUIRED),
         FIELD(BoardTask, run_count, REQUIRED), FIELD(BoardTask, running_count, REQUIRED),
         FIELD(BoardTask, completed_count, REQUIRED), FIELD(BoardTask, pr_count, REQUIRED),
         FIELD(BoardTask, latest_pr_status),
         LIST(BoardTask, executor_statuses, executor_status_type, REQUIRED));

static const Type board_column_type = TYPE(
    BoardColumn, "A column of the board.", ENUM(BoardColumn, status, task_status_names, REQUIRED),
    LIST(BoardColumn, tasks, board_task_type, REQUIRED),
    FIELD(BoardColumn, count, REQUIRED, .about = "Of all that stand there, on other pages too."));

const Type board_type =
    TYPE(Board, "The board: tasks by where they stand, last updated first.",
         LIST(Board, columns, board_column_type, REQUIRED), FIELD(Board, total_tasks, REQUIRED));

/* ---- Backlog ---- */

static const Type subtask_create_type =
    TYPE(SubtaskCreate, "A part of a piece of work.",
         FIELD(SubtaskCreate, title, REQUIRED, .least = 1, .most = TITLE_MAX));

const Type backlog_create_type = {
    .name = "BacklogCreate",
    .about = "Work to put into the backlog.",
    .size = sizeof(BacklogCreate),
    .fields =
        (const Field[]){
            FIELD(BacklogCreate, repo_id, REQUIRED),
            FIELD(BacklogCreate, title, REQUIRED, .least = 1, .most = TITLE_MAX),
            FIELD(BacklogCreate, description, 0, .most = DESCRIPTION_MAX, .preset = ""),
            ENUM(BacklogCreate, type, work_type_names, 0, .preset = "feature"),
            ENUM(BacklogCreate, estimated_size, work_size_names, 0, .preset = "medium"),
            FIELD(BacklogCreate, target_files, 0, .most = WORK_LIST_MAX),
            FIELD(BacklogCreate, implementation_hint, 0, .most = DESCRIPTION_MAX),
            FIELD(BacklogCreate, tags, 0, .most = WORK_LIST_MAX),
            LIST(BacklogCreate, subtasks, subtask_create_type, 0, .most = WORK_LIST_MAX),
            {0},
        },
};

static const Type subtask_change_type =
    TYPE(SubtaskChange, "A part of a piece of work; one without an id is new.",
         FIELD(SubtaskChange, id, 0, .most = NAME_MAX_BYTES),
         FIELD(SubtaskChange, title, REQUIRED, .least = 1, .most = TITLE_MAX),
         FIELD(SubtaskChange, completed, 0, .preset = "false"));

const Type backlog_change_type =
    TYPE(BacklogChange, "What to change of a backlog item: what is not given, or null, stays.",
         FIELD(BacklogChange, title, 0, .least = 1, .most = TITLE_MAX),
         FIELD(BacklogChange, description, 0, .most = DESCRIPTION_MAX),
         ENUM(BacklogChange, type, work_type_names),
         ENUM(BacklogChange, estimated_size, work_size_names),
         FIELD(BacklogChange, target_files, 0, .most = WORK_LIST_MAX),
         FIELD(BacklogChange, implementation_hint, 0, .most = DESCRIPTION_MAX),
         FIELD(BacklogChange, tags, 0, .most = WORK_LIST_MAX),
         LIST(BacklogChange, subtasks, subtask_change_type, 0, .most = WORK_LIST_MAX),
         ENUM(BacklogChange, status, backlog_status_names));
