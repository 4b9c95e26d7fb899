/* What stands beside tasks and runs: preferences, the backlog, pull requests, checks, reviews,
 * breakdowns, agentic runs. One struct and one table a row, as in entities.h. */
#pragma once

#include "model/entities.h"

typedef enum PrMode { PR_CREATE = 1, PR_LINK } PrMode;
typedef enum BacklogStatus {
    BACKLOG_DRAFT = 1,
    BACKLOG_READY,
    BACKLOG_IN_PROGRESS,
    BACKLOG_DONE
} BacklogStatus;
typedef enum WorkType {
    WORK_FEATURE = 1,
    WORK_BUG_FIX,
    WORK_REFACTORING,
    WORK_DOCS,
    WORK_TEST
} WorkType;
typedef enum WorkSize { WORK_SMALL = 1, WORK_MEDIUM, WORK_LARGE } WorkSize;
typedef enum BreakdownStatus {
    BREAKDOWN_PENDING = 1,
    BREAKDOWN_RUNNING,
    BREAKDOWN_SUCCEEDED,
    BREAKDOWN_FAILED
} BreakdownStatus;
typedef enum Severity {
    SEVERITY_CRITICAL = 1,
    SEVERITY_HIGH,
    SEVERITY_MEDIUM,
    SEVERITY_LOW
} Severity;
typedef enum ReviewCategory {
    REVIEW_SECURITY = 1,
    REVIEW_BUG,
    REVIEW_PERFORMANCE,
    REVIEW_MAINTAINABILITY,
    REVIEW_BEST_PRACTICE,
    REVIEW_STYLE,
    REVIEW_DOCUMENTATION,
    REVIEW_TEST
} ReviewCategory;
typedef enum AgenticPhase {
    AGENTIC_CODING = 1,
    AGENTIC_WAITING_CI,
    AGENTIC_REVIEWING,
    AGENTIC_FIXING_CI,
    AGENTIC_FIXING_REVIEW,
    AGENTIC_AWAITING_HUMAN,
    AGENTIC_MERGE_CHECK,
    AGENTIC_MERGING,
    AGENTIC_COMPLETED,
    AGENTIC_FAILED
} AgenticPhase;

extern const Name pr_mode_names[], backlog_status_names[], work_type_names[], work_size_names[],
    breakdown_status_names[], severity_names[], review_category_names[], agentic_phase_names[];

/* Of one user; a member that was never set is absent. */
typedef struct Preferences {
    const char *default_repo_owner;
    const char *default_repo_name;
    const char *default_branch;
    const char *default_branch_prefix;
    PrMode default_pr_creation_mode;
    CodingMode default_coding_mode;
    bool auto_generate_pr_description;
    bool enable_gating_status;
    const char *worktrees_dir; /* of agents that need a working tree */
} Preferences;

/* A part of a backlog item, for ticking off. */
typedef struct Subtask {
    const char *id;
    const char *title;
    bool completed;
} Subtask;

typedef LIST_OF(Subtask) SubtaskList;

/* Work that waits. It is linked to the task it became; its own status is kept for clients that show
 * one, others go by task_id. */
typedef struct BacklogItem {
    const char *id;
    const char *tenant_id;
    const char *repo_id;
    const char *breakdown_id; /* where it came from; NULL: written by hand */
    const char *title;
    const char *description;
    WorkType type;
    WorkSize estimated_size;
    TextList target_files;
    const char *implementation_hint;
    TextList tags;
    SubtaskList subtasks;
    BacklogStatus status;
    const char *task_id;
    Time created_at;
    Time updated_at;
} BacklogItem;

/* A proposed piece of work, before it is in the backlog. */
typedef struct WorkDraft {
    const char *title;
    const char *description;
    WorkType type;
    WorkSize estimated_size;
    TextList target_files;
    const char *implementation_hint;
    TextList tags;
    SubtaskList subtasks;
} WorkDraft;

typedef LIST_OF(WorkDraft) WorkDraftList;

/* A requirement taken apart by an agent. */
typedef struct Breakdown {
    const char *id;
    const char *tenant_id;
    const char *repo_id;
    Executor executor_type;
    BreakdownStatus status;
    const char *original_content;
    WorkDraftList tasks;
    const char *summary;
    Json codebase_analysis;
    TextList logs;
    const char *error;
    Time created_at;
    Time completed_at;
} Breakdown;

typedef struct FailedJob {
    const char *job_name;
    const char *result;
    const char *error_log;
} FailedJob;

typedef LIST_OF(FailedJob) FailedJobList;

/* What the checks of a pull request said at one moment. */
typedef struct CiCheck {
    const char *id;
    const char *tenant_id;
    const char *task_id;
    const char *pr_id;
    const char *status; /* pending, success, failure, error */
    OptInt workflow_run_id;
    const char *sha;
    Json jobs; /* name to result */
    FailedJobList failed_jobs;
    Time created_at;
    Time updated_at;
} CiCheck;

/* A finding of a review. */
typedef struct Feedback {
    const char *id;
    const char *tenant_id;
    const char *review_id;
    const char *file_path;
    OptInt line_start;
    OptInt line_end;
    Severity severity;
    ReviewCategory category;
    const char *title;
    const char *description;
    const char *suggestion;
    const char *code_snippet;
} Feedback;

typedef LIST_OF(Feedback) FeedbackList;

typedef struct Review {
    const char *id;
    const char *tenant_id;
    const char *task_id;
    TextList target_run_ids;
    Executor executor_type;
    const char *model_id;
    const char *model_name;
    RunStatus status;
    const char *overall_summary;
    OptReal overall_score; /* 0 to 1 */
    TextList logs;
    const char *error;
    Time created_at;
    Time started_at;
    Time completed_at;
} Review;

/* A task worked on by itself: coding, checks, review, merge. */
typedef struct AgenticRun {
    const char *id; /* any text in rows taken over */
    const char *tenant_id;
    const char *task_id;
    CodingMode mode;
    AgenticPhase phase;
    int64_t iteration, ci_iterations, review_iterations;
    OptInt pr_number;
    const char *current_sha;
    OptReal last_review_score;
    bool human_approved;
    const char *error;
    Time started_at;
    Time last_activity;
} AgenticRun;

bool agentic_ended(AgenticPhase phase);

typedef LIST_OF(BacklogItem) BacklogItemList;
typedef LIST_OF(CiCheck) CiCheckList;
typedef LIST_OF(Review) ReviewList;
typedef LIST_OF(AgenticRun) AgenticRunList;

extern const Type preferences_type, subtask_type, backlog_item_type, work_draft_type,
    breakdown_type, failed_job_type, ci_check_type, feedback_type, review_type, agentic_run_type;
