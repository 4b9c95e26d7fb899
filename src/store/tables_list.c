/* The tables of a tenant. */

#include "model/board.h"
#include "store/tables.h"

static const Name stored_status_names[] = {{1, "backlog"}, {2, "todo"}, {3, "archived"}, {0}};
static const Name pull_states[] = {{1, "open"}, {2, "merged"}, {3, "closed"}, {0}};
static const Name intent_states[] = {{1, "begun"}, {2, "done"}, {0}};

#define KEY    STORED_KEY
#define NEEDED STORED_NEEDED
#define UUID   STORED_ID

static const StoredColumn model_profiles_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"provider", FIELD_TEXT, .flags = NEEDED, .names = provider_names},
    {"model_name", FIELD_TEXT, .flags = NEEDED},
    {"display_name", FIELD_TEXT},
    {"base_url", FIELD_TEXT},
    {"api_key_sealed", FIELD_BYTES},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn repos_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"repo_url", FIELD_TEXT, .flags = NEEDED},
    {"default_branch", FIELD_TEXT, .flags = NEEDED},
    {"selected_branch", FIELD_TEXT},
    {"latest_commit", FIELD_TEXT, .flags = NEEDED},
    {"workspace_path", FIELD_TEXT, .flags = NEEDED},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn tasks_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"repo_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"title", FIELD_TEXT},
    {"kanban_status", FIELD_TEXT, .preset = "backlog", .names = stored_status_names},
    {"coding_mode", FIELD_TEXT, .preset = "interactive", .names = coding_mode_names},
    {"run_count", FIELD_OPT_INT, .preset = "0"},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn messages_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"role", FIELD_TEXT, .flags = NEEDED, .names = message_role_names},
    {"content", FIELD_TEXT, .flags = NEEDED},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn lines_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"repo_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"executor_type", FIELD_TEXT, .flags = NEEDED, .names = executor_names},
    {"model_key", FIELD_TEXT, .flags = NEEDED},
    {"branch", FIELD_TEXT, .flags = NEEDED},
    {"base_ref", FIELD_TEXT},
    {"base_commit", FIELD_TEXT},
    {"head_commit", FIELD_TEXT},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn runs_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"number", FIELD_OPT_INT, .flags = NEEDED},
    {"message_id", FIELD_TEXT, .flags = UUID},
    {"line_id", FIELD_TEXT, .flags = UUID},
    {"model_id", FIELD_TEXT},
    {"model_name", FIELD_TEXT},
    {"provider", FIELD_TEXT, .names = provider_names},
    {"executor_type", FIELD_TEXT, .preset = "patch_agent", .names = executor_names},
    {"working_branch", FIELD_TEXT},
    {"worktree_path", FIELD_TEXT},
    {"session_id", FIELD_TEXT},
    {"instruction", FIELD_TEXT, .flags = NEEDED},
    {"base_ref", FIELD_TEXT},
    {"base_commit", FIELD_TEXT},
    {"commit_sha", FIELD_TEXT},
    {"status", FIELD_TEXT, .preset = "queued", .names = run_status_names},
    {"phase", FIELD_TEXT},
    {"summary", FIELD_TEXT},
    {"files_changed", FIELD_JSON, .json_of = &run_type},
    {"files_count", FIELD_OPT_INT, .preset = "0"},
    {"added_lines", FIELD_OPT_INT, .preset = "0"},
    {"removed_lines", FIELD_OPT_INT, .preset = "0"},
    {"warnings", FIELD_JSON, .json_of = &run_type},
    {"warning_notes", FIELD_JSON, .json_of = &run_type},
    {"error", FIELD_TEXT},
    {"error_kind", FIELD_TEXT},
    {"error_code", FIELD_TEXT},
    {"error_params", FIELD_JSON, .json_of = &run_type},
    {"retry_of", FIELD_TEXT},
    {"max_cost_usd", FIELD_OPT_REAL},
    {"input_tokens", FIELD_OPT_INT, .preset = "0"},
    {"output_tokens", FIELD_OPT_INT, .preset = "0"},
    {"cache_read_tokens", FIELD_OPT_INT, .preset = "0"},
    {"cache_write_tokens", FIELD_OPT_INT, .preset = "0"},
    {"reasoning_tokens", FIELD_OPT_INT, .preset = "0"},
    {"calls", FIELD_OPT_INT, .preset = "0"},
    {"cost_usd", FIELD_OPT_REAL},
    {"event_seq", FIELD_OPT_INT, .preset = "0"},
    {"log_lines", FIELD_OPT_INT, .preset = "0"},
    {"fence", FIELD_OPT_INT, .preset = "0"},
    {"verdict", FIELD_TEXT, .names = verdict_names},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"started_at", FIELD_TIME},
    {"completed_at", FIELD_TIME},
    {0},
};

static const StoredColumn run_patches_columns[] = {
    {"run_id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"patch", FIELD_BYTES, .flags = NEEDED},
    {0},
};

static const StoredColumn shares_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"run_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"token_hash", FIELD_TEXT, .flags = NEEDED},
    {"expires_at", FIELD_TIME, .flags = NEEDED},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"revoked_at", FIELD_TIME},
    {0},
};

static const StoredColumn run_events_columns[] = {
    {"run_id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"seq", FIELD_OPT_INT, .flags = KEY | NEEDED},
    {"fence", FIELD_OPT_INT, .preset = "0"},
    {"kind", FIELD_TEXT, .flags = NEEDED, .names = event_kind_names},
    {"line_number", FIELD_OPT_INT, .preset = "0"},
    {"line_count", FIELD_OPT_INT, .preset = "0"},
    {"data", FIELD_TEXT, .flags = NEEDED},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn usage_columns[] = {
    {"run_id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"fence", FIELD_OPT_INT, .flags = KEY | NEEDED},
    {"call", FIELD_OPT_INT, .flags = KEY | NEEDED},
    {"input_tokens", FIELD_OPT_INT, .preset = "0"},
    {"output_tokens", FIELD_OPT_INT, .preset = "0"},
    {"cache_read_tokens", FIELD_OPT_INT, .preset = "0"},
    {"cache_write_tokens", FIELD_OPT_INT, .preset = "0"},
    {"reasoning_tokens", FIELD_OPT_INT, .preset = "0"},
    {"calls", FIELD_OPT_INT, .preset = "0"},
    {"cost_usd", FIELD_OPT_REAL},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn user_preferences_columns[] = {
    {"user_id", FIELD_TEXT, .flags = KEY | NEEDED},
    {"default_repo_owner", FIELD_TEXT},
    {"default_repo_name", FIELD_TEXT},
    {"default_branch", FIELD_TEXT},
    {"default_branch_prefix", FIELD_TEXT},
    {"default_pr_creation_mode", FIELD_TEXT, .names = pr_mode_names},
    {"default_coding_mode", FIELD_TEXT, .names = coding_mode_names},
    {"auto_generate_pr_description", FIELD_BOOL},
    {"enable_gating_status", FIELD_BOOL},
    {"worktrees_dir", FIELD_TEXT},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn github_config_columns[] = {
    {"app_id", FIELD_TEXT, .flags = NEEDED},
    {"installation_id", FIELD_TEXT, .flags = NEEDED},
    {"private_key_sealed", FIELD_BYTES, .flags = NEEDED},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn prs_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"number", FIELD_OPT_INT, .flags = NEEDED},
    {"url", FIELD_TEXT, .flags = NEEDED},
    {"branch", FIELD_TEXT, .flags = NEEDED},
    {"base", FIELD_TEXT},
    {"title", FIELD_TEXT, .flags = NEEDED},
    {"body", FIELD_TEXT},
    {"latest_commit", FIELD_TEXT, .flags = NEEDED},
    {"run_id", FIELD_TEXT, .flags = UUID},
    {"run_commit", FIELD_TEXT},
    {"status", FIELD_TEXT, .preset = "open", .names = pull_states},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {"checked_at", FIELD_TIME},
    {0},
};

static const StoredColumn ci_checks_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"pr_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"status", FIELD_TEXT, .flags = NEEDED},
    {"workflow_run_id", FIELD_OPT_INT},
    {"sha", FIELD_TEXT},
    {"jobs", FIELD_JSON},
    {"failed_jobs", FIELD_JSON, .json_of = &ci_check_type},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn breakdowns_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"repo_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"executor_type", FIELD_TEXT, .flags = NEEDED, .names = executor_names},
    {"status", FIELD_TEXT, .flags = NEEDED, .names = breakdown_status_names},
    {"original_content", FIELD_TEXT, .flags = NEEDED},
    {"context", FIELD_JSON},
    {"tasks", FIELD_JSON, .json_of = &breakdown_type},
    {"summary", FIELD_TEXT},
    {"codebase_analysis", FIELD_JSON},
    {"logs", FIELD_JSON, .json_of = &breakdown_type},
    {"error", FIELD_TEXT},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"completed_at", FIELD_TIME},
    {0},
};

static const StoredColumn backlog_items_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"repo_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"breakdown_id", FIELD_TEXT, .flags = UUID},
    {"title", FIELD_TEXT, .flags = NEEDED},
    {"description", FIELD_TEXT, .preset = ""},
    {"type", FIELD_TEXT, .preset = "feature", .names = work_type_names},
    {"estimated_size", FIELD_TEXT, .preset = "medium", .names = work_size_names},
    {"target_files", FIELD_JSON, .json_of = &backlog_item_type},
    {"implementation_hint", FIELD_TEXT},
    {"tags", FIELD_JSON, .json_of = &backlog_item_type},
    {"subtasks", FIELD_JSON, .json_of = &backlog_item_type},
    {"status", FIELD_TEXT, .preset = "draft", .names = backlog_status_names},
    {"task_id", FIELD_TEXT, .flags = UUID},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn reviews_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"target_run_ids", FIELD_JSON, .json_of = &review_type},
    {"executor_type", FIELD_TEXT, .flags = NEEDED, .names = executor_names},
    {"model_id", FIELD_TEXT},
    {"model_name", FIELD_TEXT},
    {"status", FIELD_TEXT, .preset = "queued", .names = run_status_names},
    {"overall_summary", FIELD_TEXT},
    {"overall_score", FIELD_OPT_REAL},
    {"logs", FIELD_JSON, .json_of = &review_type},
    {"error", FIELD_TEXT},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"started_at", FIELD_TIME},
    {"completed_at", FIELD_TIME},
    {0},
};

static const StoredColumn review_feedbacks_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"review_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"position", FIELD_OPT_INT, .preset = "0"},
    {"file_path", FIELD_TEXT, .flags = NEEDED},
    {"line_start", FIELD_OPT_INT},
    {"line_end", FIELD_OPT_INT},
    {"severity", FIELD_TEXT, .flags = NEEDED, .names = severity_names},
    {"category", FIELD_TEXT, .flags = NEEDED, .names = review_category_names},
    {"title", FIELD_TEXT, .flags = NEEDED},
    {"description", FIELD_TEXT, .flags = NEEDED},
    {"suggestion", FIELD_TEXT},
    {"code_snippet", FIELD_TEXT},
    {0},
};

static const StoredColumn agentic_runs_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"mode", FIELD_TEXT, .flags = NEEDED, .names = coding_mode_names},
    {"phase", FIELD_TEXT, .flags = NEEDED, .names = agentic_phase_names},
    {"iteration", FIELD_OPT_INT, .preset = "0"},
    {"ci_iterations", FIELD_OPT_INT, .preset = "0"},
    {"review_iterations", FIELD_OPT_INT, .preset = "0"},
    {"started_at", FIELD_TIME, .flags = NEEDED},
    {"last_activity", FIELD_TIME, .flags = NEEDED},
    {"pr_number", FIELD_OPT_INT},
    {"current_sha", FIELD_TEXT},
    {"last_ci_result", FIELD_JSON},
    {"last_review_score", FIELD_OPT_REAL},
    {"error", FIELD_TEXT},
    {"human_approved", FIELD_BOOL},
    {0},
};

static const StoredColumn agentic_audit_log_columns[] = {
    {"id", FIELD_TEXT, .flags = KEY | NEEDED | UUID},
    {"task_id", FIELD_TEXT, .flags = NEEDED | UUID},
    {"agentic_run_id", FIELD_TEXT, .flags = NEEDED},
    {"timestamp", FIELD_TIME, .flags = NEEDED},
    {"phase", FIELD_TEXT, .flags = NEEDED},
    {"action", FIELD_TEXT, .flags = NEEDED},
    {"agent", FIELD_TEXT},
    {"input_summary", FIELD_TEXT},
    {"output_summary", FIELD_TEXT},
    {"duration_ms", FIELD_OPT_INT},
    {"success", FIELD_BOOL},
    {"error", FIELD_TEXT},
    {0},
};

static const StoredColumn intents_columns[] = {
    {"key", FIELD_TEXT, .flags = KEY | NEEDED},
    {"kind", FIELD_TEXT, .flags = NEEDED},
    {"detail", FIELD_JSON},
    {"result", FIELD_JSON},
    {"status", FIELD_TEXT, .preset = "begun", .names = intent_states},
    {"tries", FIELD_OPT_INT, .preset = "1"},
    {"created_at", FIELD_TIME, .flags = NEEDED},
    {"updated_at", FIELD_TIME, .flags = NEEDED},
    {0},
};

static const StoredColumn imported_rows_columns[] = {
    {"source_table", FIELD_TEXT, .flags = KEY | NEEDED},
    {"id", FIELD_TEXT, .flags = KEY | NEEDED},
    {"row_data", FIELD_JSON, .flags = NEEDED},
    {0},
};

const StoredTable stored_tables[] = {
    {"model_profiles", model_profiles_columns, 200},
    {"repos", repos_columns, 200},
    {"tasks", tasks_columns, 200},
    {"messages", messages_columns, 100},
    {"lines", lines_columns, 200},
    {"runs", runs_columns, 32},
    {"run_patches", run_patches_columns, 4},
    {"shares", shares_columns, 200},
    {"run_events", run_events_columns, 32, "runs", "run_id"},
    {"usage", usage_columns, 200},
    {"user_preferences", user_preferences_columns, 200},
    {"github_config", github_config_columns, 1},
    {"prs", prs_columns, 100},
    {"ci_checks", ci_checks_columns, 100},
    {"breakdowns", breakdowns_columns, 32},
    {"backlog_items", backlog_items_columns, 100},
    {"reviews", reviews_columns, 32},
    {"review_feedbacks", review_feedbacks_columns, 100},
    {"agentic_runs", agentic_runs_columns, 100},
    {"agentic_audit_log", agentic_audit_log_columns, 100},
    {"intents", intents_columns, 100},
    {"imported_rows", imported_rows_columns, 16},
    {0},
};
