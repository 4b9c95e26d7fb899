/* The tables of what stands beside tasks and runs. */

#include "model/board.h"

const Name pr_mode_names[] = {{PR_CREATE, "create"}, {PR_LINK, "link"}, {0}};
const Name backlog_status_names[] = {{BACKLOG_DRAFT, "draft"},
                                     {BACKLOG_READY, "ready"},
                                     {BACKLOG_IN_PROGRESS, "in_progress"},
                                     {BACKLOG_DONE, "done"},
                                     {0}};
const Name work_type_names[] = {
    {WORK_FEATURE, "feature"}, {WORK_BUG_FIX, "bug_fix"}, {WORK_REFACTORING, "refactoring"},
    {WORK_DOCS, "docs"},       {WORK_TEST, "test"},       {0}};
const Name work_size_names[] = {
    {WORK_SMALL, "small"}, {WORK_MEDIUM, "medium"}, {WORK_LARGE, "large"}, {0}};
const Name breakdown_status_names[] = {{BREAKDOWN_PENDING, "pending"},
                                       {BREAKDOWN_RUNNING, "running"},
                                       {BREAKDOWN_SUCCEEDED, "succeeded"},
                                       {BREAKDOWN_FAILED, "failed"},
                                       {0}};
const Name severity_names[] = {{SEVERITY_CRITICAL, "critical"},
                               {SEVERITY_HIGH, "high"},
                               {SEVERITY_MEDIUM, "medium"},
                               {SEVERITY_LOW, "low"},
                               {0}};
const Name review_category_names[] = {{REVIEW_SECURITY, "security"},
                                      {REVIEW_BUG, "bug"},
                                      {REVIEW_PERFORMANCE, "performance"},
                                      {REVIEW_MAINTAINABILITY, "maintainability"},
                                      {REVIEW_BEST_PRACTICE, "best_practice"},
                                      {REVIEW_STYLE, "style"},
                                      {REVIEW_DOCUMENTATION, "documentation"},
                                      {REVIEW_TEST, "test"},
                                      {0}};
const Name agentic_phase_names[] = {{AGENTIC_CODING, "coding"},
                                    {AGENTIC_WAITING_CI, "waiting_ci"},
                                    {AGENTIC_REVIEWING, "reviewing"},
                                    {AGENTIC_FIXING_CI, "fixing_ci"},
                                    {AGENTIC_FIXING_REVIEW, "fixing_review"},
                                    {AGENTIC_AWAITING_HUMAN, "awaiting_human"},
                                    {AGENTIC_MERGE_CHECK, "merge_check"},
                                    {AGENTIC_MERGING, "merging"},
                                    {AGENTIC_COMPLETED, "completed"},
                                    {AGENTIC_FAILED, "failed"},
                                    {0}};

bool agentic_ended(AgenticPhase phase)
{
    return phase == AGENTIC_COMPLETED || phase == AGENTIC_FAILED;
}

const Type preferences_type =
    TYPE(Preferences, "What a user prefers.", FIELD(Preferences, default_repo_owner),
         FIELD(Preferences, default_repo_name), FIELD(Preferences, default_branch),
         FIELD(Preferences, default_branch_prefix),
         ENUM(Preferences, default_pr_creation_mode, pr_mode_names),
         ENUM(Preferences, default_coding_mode, coding_mode_names),
         FIELD(Preferences, auto_generate_pr_description),
         FIELD(Preferences, enable_gating_status, 0,
               .about = "Whether the board has a column for tasks whose checks are open."),
         FIELD(Preferences, worktrees_dir));

const Type subtask_type = TYPE(Subtask, "A part of a piece of work.", FIELD(Subtask, id, REQUIRED),
                               FIELD(Subtask, title, REQUIRED), FIELD(Subtask, completed));

const Type backlog_item_type = TYPE(
    BacklogItem, "Work that waits.", FIELD(BacklogItem, id, REQUIRED),
    FIELD(BacklogItem, tenant_id, REQUIRED | NO_JSON), FIELD(BacklogItem, repo_id, REQUIRED),
    FIELD(BacklogItem, breakdown_id, NO_JSON), FIELD(BacklogItem, title, REQUIRED),
    FIELD(BacklogItem, description, REQUIRED), ENUM(BacklogItem, type, work_type_names, REQUIRED),
    ENUM(BacklogItem, estimated_size, work_size_names, REQUIRED), FIELD(BacklogItem, target_files),
    FIELD(BacklogItem, implementation_hint), FIELD(BacklogItem, tags),
    LIST(BacklogItem, subtasks, subtask_type),
    ENUM(BacklogItem, status, backlog_status_names, REQUIRED), FIELD(BacklogItem, task_id),
    FIELD(BacklogItem, created_at, REQUIRED), FIELD(BacklogItem, updated_at, REQUIRED));

const Type work_draft_type =
    TYPE(WorkDraft, "A proposed piece of work.", FIELD(WorkDraft, title, REQUIRED),
         FIELD(WorkDraft, description), ENUM(WorkDraft, type, work_type_names),
         ENUM(WorkDraft, estimated_size, work_size_names), FIELD(WorkDraft, target_files),
         FIELD(WorkDraft, implementation_hint), FIELD(WorkDraft, tags),
         LIST(WorkDraft, subtasks, subtask_type));

const Type breakdown_type = TYPE(
    Breakdown, "A requirement taken apart.", FIELD(Breakdown, id, REQUIRED),
    FIELD(Breakdown, tenant_id, REQUIRED), FIELD(Breakdown, repo_id, REQUIRED),
    ENUM(Breakdown, executor_type, executor_names), ENUM(Breakdown, status, breakdown_status_names),
    FIELD(Breakdown, original_content), LIST(Breakdown, tasks, work_draft_type),
    FIELD(Breakdown, summary), FIELD(Breakdown, codebase_analysis), FIELD(Breakdown, logs),
    FIELD(Breakdown, error), FIELD(Breakdown, created_at), FIELD(Breakdown, completed_at));

const Type failed_job_type =
    TYPE(FailedJob, "A check that failed.", FIELD(FailedJob, job_name, REQUIRED),
         FIELD(FailedJob, result, REQUIRED), FIELD(FailedJob, error_log));

const Type ci_check_type =
    TYPE(CiCheck, "What the checks of a pull request said.", FIELD(CiCheck, id, REQUIRED),
         FIELD(CiCheck, tenant_id, REQUIRED | NO_JSON), FIELD(CiCheck, task_id, REQUIRED),
         FIELD(CiCheck, pr_id, REQUIRED), FIELD(CiCheck, status, REQUIRED),
         FIELD(CiCheck, workflow_run_id), FIELD(CiCheck, sha),
         FIELD(CiCheck, jobs, 0, .about = "The result of each job by its name."),
         LIST(CiCheck, failed_jobs, failed_job_type), FIELD(CiCheck, created_at, REQUIRED),
         FIELD(CiCheck, updated_at, REQUIRED));

const Type feedback_type =
    TYPE(Feedback, "A finding of a review.", FIELD(Feedback, id, REQUIRED),
         FIELD(Feedback, tenant_id, NO_JSON), FIELD(Feedback, review_id, NO_JSON),
         FIELD(Feedback, file_path, REQUIRED), FIELD(Feedback, line_start),
         FIELD(Feedback, line_end), ENUM(Feedback, severity, severity_names, REQUIRED),
         ENUM(Feedback, category, review_category_names, REQUIRED),
         FIELD(Feedback, title, REQUIRED), FIELD(Feedback, description, REQUIRED),
         FIELD(Feedback, suggestion), FIELD(Feedback, code_snippet));

const Type review_type = TYPE(
    Review, "A review of runs.", FIELD(Review, id, REQUIRED),
    FIELD(Review, tenant_id, REQUIRED | NO_JSON), FIELD(Review, task_id, REQUIRED),
    FIELD(Review, target_run_ids), ENUM(Review, executor_type, executor_names, REQUIRED),
    FIELD(Review, model_id), FIELD(Review, model_name),
    ENUM(Review, status, run_status_names, REQUIRED), FIELD(Review, overall_summary),
    FIELD(Review, overall_score), FIELD(Review, logs), FIELD(Review, error),
    FIELD(Review, created_at, REQUIRED), FIELD(Review, started_at), FIELD(Review, completed_at));

const Type agentic_run_type = TYPE(
    AgenticRun, "A task worked on by itself.", FIELD(AgenticRun, id), FIELD(AgenticRun, tenant_id),
    FIELD(AgenticRun, task_id), ENUM(AgenticRun, mode, coding_mode_names),
    ENUM(AgenticRun, phase, agentic_phase_names), FIELD(AgenticRun, iteration),
    FIELD(AgenticRun, ci_iterations), FIELD(AgenticRun, review_iterations),
    FIELD(AgenticRun, pr_number), FIELD(AgenticRun, current_sha),
    FIELD(AgenticRun, last_review_score), FIELD(AgenticRun, human_approved),
    FIELD(AgenticRun, error), FIELD(AgenticRun, started_at), FIELD(AgenticRun, last_activity));
