/* The tables of what clients send and see of breakdowns, checks, reviews and agentic runs. */

#include "model/board_views.h"

const Type breakdown_create_type =
    TYPE(BreakdownCreate, "A requirement to take apart.",
         FIELD(BreakdownCreate, content, REQUIRED, .least = 1, .most = INSTRUCTION_MAX),
         FIELD(BreakdownCreate, repo_id, REQUIRED),
         ENUM(BreakdownCreate, executor_type, executor_names, 0, .preset = "claude_code"),
         FIELD(BreakdownCreate, context));

const Type breakdown_view_type =
    TYPE(BreakdownView, "A requirement taken apart.", FIELD(BreakdownView, breakdown_id, REQUIRED),
         ENUM(BreakdownView, status, breakdown_status_names, REQUIRED),
         LIST(BreakdownView, tasks, work_draft_type, REQUIRED),
         LIST(BreakdownView, backlog_items, backlog_item_type, REQUIRED),
         FIELD(BreakdownView, summary), FIELD(BreakdownView, original_content, REQUIRED),
         FIELD(BreakdownView, codebase_analysis), FIELD(BreakdownView, error));

const Type breakdown_log_page_type = TYPE(BreakdownLogPage, "Lines of a breakdown's log.",
                                          LIST(BreakdownLogPage, logs, log_line_type, REQUIRED),
                                          FIELD(BreakdownLogPage, is_complete, REQUIRED),
                                          FIELD(BreakdownLogPage, total_lines, REQUIRED));

const Type ci_checked_type =
    TYPE(CiChecked, "What a look at the checks found.", OBJECT(CiChecked, ci_check, ci_check_type),
         FIELD(CiChecked, is_complete, REQUIRED));

const Type review_create_type =
    TYPE(ReviewCreate, "Runs to review.",
         FIELD(ReviewCreate, target_run_ids, REQUIRED, .most = REVIEW_TARGETS_MAX),
         ENUM(ReviewCreate, executor_type, executor_names, 0, .preset = "claude_code"),
         FIELD(ReviewCreate, model_id, 0, .most = NAME_MAX_BYTES),
         ENUMS(ReviewCreate, focus_areas, review_category_names, 0, .most = NAME_MAX_BYTES));

const Type review_created_type =
    TYPE(ReviewCreated, "A review that was begun.", FIELD(ReviewCreated, review_id, REQUIRED));

const Type review_view_type =
    TYPE(ReviewView, "A review with its findings.", OBJECT(ReviewView, review, review_type, FLAT),
         LIST(ReviewView, feedbacks, feedback_type, REQUIRED));

const Type review_summary_type = TYPE(
    ReviewSummary, "A review, short.", FIELD(ReviewSummary, id, REQUIRED),
    FIELD(ReviewSummary, task_id, REQUIRED),
    ENUM(ReviewSummary, status, run_status_names, REQUIRED),
    ENUM(ReviewSummary, executor_type, executor_names, REQUIRED),
    FIELD(ReviewSummary, feedback_count, REQUIRED), FIELD(ReviewSummary, critical_count, REQUIRED),
    FIELD(ReviewSummary, high_count, REQUIRED), FIELD(ReviewSummary, medium_count, REQUIRED),
    FIELD(ReviewSummary, low_count, REQUIRED), FIELD(ReviewSummary, created_at, REQUIRED));

const Type review_log_page_type = TYPE(
    ReviewLogPage, "Lines of a review's log.", LIST(ReviewLogPage, logs, log_line_type, REQUIRED),
    FIELD(ReviewLogPage, is_complete, REQUIRED), FIELD(ReviewLogPage, total_lines, REQUIRED),
    ENUM(ReviewLogPage, review_status, run_status_names, REQUIRED));

const Type fix_create_type =
    TYPE(FixCreate, "Which findings to fix; without a choice all.",
         FIELD(FixCreate, feedback_ids, 0, .most = FEEDBACK_CHOICE_MAX),
         ENUMS(FixCreate, severity_filter, severity_names, 0, .most = NAME_MAX_BYTES),
         FIELD(FixCreate, additional_instruction, 0, .most = DESCRIPTION_MAX));

const Type fix_instruction_type =
    TYPE(FixInstruction, "An instruction that fixes findings.",
         FIELD(FixInstruction, instruction, REQUIRED),
         LIST(FixInstruction, target_feedbacks, feedback_type, REQUIRED),
         FIELD(FixInstruction, estimated_changes, REQUIRED));

/* ---- Agentic runs ---- */

enum { ITERATIONS_MAX = 1000, MINUTES_MAX = 7 * 24 * 60 };

#define TIMES(m, preset_)                                                                          \
    FIELD(AgenticLimits, m, 0, .least = 0, .most = ITERATIONS_MAX, .preset = preset_)
#define MINUTES(m, preset_)                                                                        \
    FIELD(AgenticLimits, m, 0, .least = 1, .most = MINUTES_MAX, .preset = preset_)

static const Type agentic_limits_type =
    TYPE(AgenticLimits, "How far an agentic run may go.", TIMES(max_ci_iterations, "5"),
         TIMES(max_review_iterations, "3"), TIMES(max_total_iterations, "10"),
         FIELD(AgenticLimits, min_review_score, 0, .preset = "0.75"),
         MINUTES(timeout_minutes, "60"), MINUTES(ci_wait_timeout_minutes, "15"),
         MINUTES(coding_timeout_minutes, "30"), TIMES(escalate_after_iterations, "7"));

static const Type agentic_config_type = TYPE(
    AgenticConfig, "How an agentic run works.", OBJECT(AgenticConfig, limits, agentic_limits_type),
    FIELD(AgenticConfig, auto_merge_enabled, 0, .preset = "true"),
    FIELD(AgenticConfig, merge_method, 0, .most = 20, .preset = "squash"),
    FIELD(AgenticConfig, delete_branch_after_merge, 0, .preset = "true"));

const Type agentic_create_type =
    TYPE(AgenticCreate, "Work for a task to do by itself.",
         FIELD(AgenticCreate, instruction, REQUIRED, .least = 1, .most = INSTRUCTION_MAX),
         ENUM(AgenticCreate, mode, coding_mode_names, 0, .preset = "full_auto"),
         OBJECT(AgenticCreate, config, agentic_config_type));

const Type agentic_started_type =
    TYPE(AgenticStarted, "An agentic run that was begun.",
         FIELD(AgenticStarted, agentic_run_id, REQUIRED), FIELD(AgenticStarted, status, REQUIRED),
         ENUM(AgenticStarted, mode, coding_mode_names, REQUIRED));

const Type agentic_status_type =
    TYPE(AgenticStatus, "How far a task has come by itself.",
         FIELD(AgenticStatus, agentic_run_id, REQUIRED), FIELD(AgenticStatus, task_id, REQUIRED),
         ENUM(AgenticStatus, mode, coding_mode_names, REQUIRED),
         ENUM(AgenticStatus, phase, agentic_phase_names, REQUIRED),
         FIELD(AgenticStatus, iteration, REQUIRED), FIELD(AgenticStatus, ci_iterations, REQUIRED),
         FIELD(AgenticStatus, review_iterations, REQUIRED), FIELD(AgenticStatus, pr_number),
         FIELD(AgenticStatus, last_review_score), FIELD(AgenticStatus, human_approved, REQUIRED),
         FIELD(AgenticStatus, error), FIELD(AgenticStatus, started_at, REQUIRED),
         FIELD(AgenticStatus, last_activity, REQUIRED));

const Type agentic_cancelled_type = TYPE(AgenticCancelled, "Whether something was cancelled.",
                                         FIELD(AgenticCancelled, cancelled, REQUIRED));

const Type merge_reject_type =
    TYPE(MergeReject, "Why a result is not merged; without a word the work ends.",
         FIELD(MergeReject, feedback, 0, .most = DESCRIPTION_MAX));

const Type merge_decision_type =
    TYPE(MergeDecision, "What became of a decision.", FIELD(MergeDecision, status, REQUIRED),
         ENUM(MergeDecision, phase, agentic_phase_names, REQUIRED));
