/* What clients send and see of the board, the backlog and what stands beside runs. */
#pragma once

#include "model/board.h"
#include "model/views.h"

enum {
    WORK_LIST_MAX = 200,        /* files, tags or subtasks of one piece of work */
    DESCRIPTION_MAX = 64 << 10, /* bytes */
    REVIEW_TARGETS_MAX = 100,
    FEEDBACK_CHOICE_MAX = 1000,
};

/* ---- Tasks ---- */

typedef struct BulkTask {
    const char *title;
    CodingMode coding_mode;
} BulkTask;

typedef LIST_OF(BulkTask) BulkTaskList;

typedef struct BulkCreate {
    const char *repo_id;
    BulkTaskList tasks;
} BulkCreate;

typedef struct BulkCreated {
    TaskList created_tasks;
    int64_t count;
} BulkCreated;

typedef struct TaskChange {
    const char *title;
    CodingMode coding_mode;
} TaskChange;

/* ---- Repositories ---- */

typedef struct RepoSelect {
    const char *owner;
    const char *repo;
    const char *branch;
} RepoSelect;

typedef struct RepoChange {
    const char *selected_branch;
} RepoChange;

/* ---- Preferences ---- */

typedef Preferences PreferencesChange;
typedef Preferences PreferencesView;

/* As clients see them: what was never set has its preset. */
PreferencesView preferences_view(const Preferences *stored);

/* ---- Board ---- */

/* The newest run of an agent program in a task. */
typedef struct ExecutorStatus {
    const char *task_id; /* only between database and board */
    Executor executor_type;
    const char *run_id;
    RunStatus status;
    bool has_review;
} ExecutorStatus;

typedef LIST_OF(ExecutorStatus) ExecutorStatusList;

typedef struct BoardTask {
    Task task; /* kanban_status as stored */
    TaskStatus computed_status;
    int64_t run_count, running_count, completed_count, pr_count;
    const char *latest_pr_status;         /* open, merged or closed; NULL: it has none */
    ExecutorStatusList executor_statuses; /* claude_code, codex_cli, gemini_cli */
} BoardTask;

typedef LIST_OF(BoardTask) BoardTaskList;

typedef struct BoardColumn {
    TaskStatus status;
    BoardTaskList tasks; /* of the page */
    int64_t count;       /* of all pages */
} BoardColumn;

typedef LIST_OF(BoardColumn) BoardColumnList;

typedef struct Board {
    BoardColumnList columns;
    int64_t total_tasks;
} Board;

/* ---- Backlog ---- */

/* Of a new item only the title is taken. */
typedef Subtask SubtaskCreate;
typedef Subtask SubtaskChange;

typedef struct BacklogCreate {
    const char *repo_id;
    const char *title;
    const char *description;
    WorkType type;
    WorkSize estimated_size;
    TextList target_files;
    const char *implementation_hint;
    TextList tags;
    SubtaskList subtasks; /* of each only the title is taken */
} BacklogCreate;

typedef BacklogItem BacklogChange;

/* ---- Breakdown ---- */

typedef struct BreakdownCreate {
    const char *content;
    const char *repo_id;
    Executor executor_type;
    Json context;
} BreakdownCreate;

typedef struct BreakdownView {
    const char *breakdown_id;
    BreakdownStatus status;
    WorkDraftList tasks;
    BacklogItemList backlog_items;
    const char *summary;
    const char *original_content;
    Json codebase_analysis;
    const char *error;
} BreakdownView;

typedef struct BreakdownLogPage {
    LogLineList logs;
    bool is_complete;
    int64_t total_lines;
} BreakdownLogPage;

/* ---- Checks ---- */

typedef struct CiChecked {
    CiCheck ci_check;
    bool is_complete;
} CiChecked;

/* ---- Reviews ---- */

typedef struct ReviewCreate {
    TextList target_run_ids;
    Executor executor_type;
    const char *model_id;
    IntList focus_areas;
} ReviewCreate;

typedef struct ReviewCreated {
    const char *review_id;
} ReviewCreated;

typedef struct ReviewView {
    Review review;
    FeedbackList feedbacks; /* critical first */
} ReviewView;

typedef struct ReviewSummary {
    const char *id;
    const char *task_id;
    RunStatus status;
    Executor executor_type;
    int64_t feedback_count, critical_count, high_count, medium_count, low_count;
    Time created_at;
} ReviewSummary;

typedef LIST_OF(ReviewSummary) ReviewSummaryList;

typedef struct ReviewLogPage {
    LogLineList logs;
    bool is_complete;
    int64_t total_lines;
    RunStatus review_status;
} ReviewLogPage;

typedef struct FixCreate {
    TextList feedback_ids;
    IntList severity_filter;
    const char *additional_instruction;
} FixCreate;

typedef struct FixInstruction {
    const char *instruction;
    FeedbackList target_feedbacks;
    int64_t estimated_changes; /* files */
} FixInstruction;

/* ---- Agentic runs ---- */

typedef struct AgenticLimits {
    int64_t max_ci_iterations, max_review_iterations, max_total_iterations;
    double min_review_score;
    int64_t timeout_minutes, ci_wait_timeout_minutes, coding_timeout_minutes;
    int64_t escalate_after_iterations;
} AgenticLimits;

typedef struct AgenticConfig {
    AgenticLimits limits;
    bool auto_merge_enabled;
    const char *merge_method;
    bool delete_branch_after_merge;
} AgenticConfig;

typedef struct AgenticCreate {
    const char *instruction;
    CodingMode mode;
    AgenticConfig config;
} AgenticCreate;

typedef struct AgenticStarted {
    const char *agentic_run_id;
    const char *status;
    CodingMode mode;
} AgenticStarted;

typedef struct AgenticStatus {
    const char *agentic_run_id;
    const char *task_id;
    CodingMode mode;
    AgenticPhase phase;
    int64_t iteration, ci_iterations, review_iterations;
    OptInt pr_number;
    OptReal last_review_score;
    bool human_approved;
    const char *error;
    Time started_at, last_activity;
} AgenticStatus;

typedef struct AgenticCancelled {
    bool cancelled;
} AgenticCancelled;

typedef struct MergeReject {
    const char *feedback;
} MergeReject;

typedef struct MergeDecision {
    const char *status;
    AgenticPhase phase;
} MergeDecision;

extern const Type bulk_create_type, bulk_created_type, task_change_type, repo_select_type,
    repo_change_type, preferences_change_type, preferences_view_type, executor_status_type,
    board_type, backlog_create_type, backlog_change_type, breakdown_create_type,
    breakdown_view_type, breakdown_log_page_type, ci_checked_type, review_create_type,
    review_created_type, review_view_type, review_summary_type, review_log_page_type,
    fix_create_type, fix_instruction_type, agentic_create_type, agentic_started_type,
    agentic_status_type, agentic_cancelled_type, merge_reject_type, merge_decision_type;
