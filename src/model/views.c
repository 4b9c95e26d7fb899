/* The tables of the shapes clients send and see. */

#include "model/views.h"

const Type model_view_type =
    TYPE(ModelView, "A model that may be chosen. Its key is never shown.",
         FIELD(ModelView, id, REQUIRED), ENUM(ModelView, provider, provider_names, REQUIRED),
         FIELD(ModelView, model_name, REQUIRED), FIELD(ModelView, display_name),
         FIELD(ModelView, created_at, REQUIRED), FIELD(ModelView, base_url),
         FIELD(ModelView, demo, REQUIRED));

const Type model_create_type =
    TYPE(ModelCreate, "A model to add, with its key.",
         ENUM(ModelCreate, provider, provider_names, REQUIRED),
         FIELD(ModelCreate, model_name, REQUIRED, .least = 1, .most = NAME_MAX_BYTES),
         FIELD(ModelCreate, api_key, REQUIRED, .least = 1, .most = 4096),
         FIELD(ModelCreate, display_name, 0, .most = NAME_MAX_BYTES),
         FIELD(ModelCreate, base_url, 0, .most = 2048));

const Type repo_clone_type = TYPE(RepoClone, "A repository to work on.",
                                  FIELD(RepoClone, repo_url, REQUIRED, .least = 1, .most = 4096),
                                  FIELD(RepoClone, ref, 0, .most = NAME_MAX_BYTES));

const Type branch_names_type =
    TYPE(BranchNames, "The branches of a repository, by name.",
         FIELD(BranchNames, branches, REQUIRED), FIELD(BranchNames, default_branch, REQUIRED));

const Type task_create_type =
    TYPE(TaskCreate, "A task to begin.", FIELD(TaskCreate, repo_id, REQUIRED),
         FIELD(TaskCreate, title, 0, .most = TITLE_MAX),
         ENUM(TaskCreate, coding_mode, coding_mode_names, 0, .preset = "interactive"));

const Type message_create_type = TYPE(
    MessageCreate, "A message to add.", ENUM(MessageCreate, role, message_role_names, REQUIRED),
    FIELD(MessageCreate, content, REQUIRED, .least = 1, .most = INSTRUCTION_MAX));

const Type run_summary_type = TYPE(
    RunSummary, "A run, short.", FIELD(RunSummary, id, REQUIRED), FIELD(RunSummary, message_id),
    FIELD(RunSummary, model_id), FIELD(RunSummary, model_name),
    ENUM(RunSummary, provider, provider_names),
    ENUM(RunSummary, executor_type, executor_names, REQUIRED), FIELD(RunSummary, working_branch),
    ENUM(RunSummary, status, run_status_names, REQUIRED), FIELD(RunSummary, created_at, REQUIRED),
    FIELD(RunSummary, phase), FIELD(RunSummary, commit_sha), FIELD(RunSummary, summary),
    FIELD(RunSummary, error), FIELD(RunSummary, error_code), FIELD(RunSummary, error_params),
    FIELD(RunSummary, added_lines, REQUIRED), FIELD(RunSummary, removed_lines, REQUIRED),
    FIELD(RunSummary, files_count, REQUIRED), FIELD(RunSummary, input_tokens, REQUIRED),
    FIELD(RunSummary, output_tokens, REQUIRED), FIELD(RunSummary, cost_usd),
    FIELD(RunSummary, started_at), FIELD(RunSummary, completed_at),
    FIELD(RunSummary, event_seq, REQUIRED), ENUM(RunSummary, verdict, verdict_names));

const Type pull_summary_type =
    TYPE(PullSummary, "A pull request, short.", FIELD(PullSummary, id, REQUIRED),
         FIELD(PullSummary, number, REQUIRED), FIELD(PullSummary, url, REQUIRED),
         FIELD(PullSummary, branch, REQUIRED), FIELD(PullSummary, status, REQUIRED),
         FIELD(PullSummary, ci_status, NO_JSON));

const Type task_detail_type = TYPE(
    TaskDetail, "A task with its messages (oldest first), runs and pull requests (newest first).",
    OBJECT(TaskDetail, task, task_type, FLAT), LIST(TaskDetail, messages, message_type, REQUIRED),
    LIST(TaskDetail, runs, run_summary_type, REQUIRED),
    LIST(TaskDetail, prs, pull_summary_type, REQUIRED));

const Type run_create_type =
    TYPE(RunCreate, "Runs to start: one for each model or executor.",
         FIELD(RunCreate, instruction, REQUIRED, .least = 1, .most = INSTRUCTION_MAX),
         FIELD(RunCreate, model_ids, 0, .most = RUNS_AT_ONCE_MAX),
         FIELD(RunCreate, base_ref, 0, .most = NAME_MAX_BYTES),
         ENUM(RunCreate, executor_type, executor_names, 0, .preset = "patch_agent"),
         ENUMS(RunCreate, executor_types, executor_names, 0, .most = RUNS_AT_ONCE_MAX),
         FIELD(RunCreate, message_id), FIELD(RunCreate, continue_run_id),
         FIELD(RunCreate, max_cost_usd));

const Type runs_created_type =
    TYPE(RunsCreated, "The runs that were started.", FIELD(RunsCreated, run_ids, REQUIRED));

const Type run_view_type =
    TYPE(RunView, "A run, whole.", OBJECT(RunView, run, run_type, FLAT), FIELD(RunView, patch),
         FIELD(RunView, patch_lossy), FIELD(RunView, logs, REQUIRED));

const Type log_line_type =
    TYPE(LogLine, "A line of a run's log.", FIELD(LogLine, line_number, REQUIRED),
         FIELD(LogLine, content, REQUIRED), FIELD(LogLine, timestamp, REQUIRED));

const Type log_page_type =
    TYPE(LogPage, "Lines of a run's log.", LIST(LogPage, logs, log_line_type, REQUIRED),
         FIELD(LogPage, is_complete, REQUIRED), FIELD(LogPage, total_lines, REQUIRED),
         ENUM(LogPage, run_status, run_status_names, REQUIRED));

EventView event_view(const RunEvent *event)
{
    bool log = event->kind == EVENT_LOG;

    return (EventView){
        .run_id = event->run_id,
        .seq = event->seq,
        .kind = event->kind,
        .line_number = {log, event->line_number},
        .line_count = {log, event->line_count},
        .text = log ? event->data : NULL,
        .detail = {log ? NULL : event->data},
        .created_at = event->created_at,
    };
}

const Type event_view_type =
    TYPE(EventView, "An event of a run.", FIELD(EventView, run_id, REQUIRED),
         FIELD(EventView, seq, REQUIRED), ENUM(EventView, kind, event_kind_names, REQUIRED),
         FIELD(EventView, line_number), FIELD(EventView, line_count), FIELD(EventView, text),
         FIELD(EventView, detail), FIELD(EventView, created_at, REQUIRED));

const Type event_page_type =
    TYPE(EventPage, "Events after a cursor.", LIST(EventPage, events, event_view_type, REQUIRED),
         FIELD(EventPage, cursor, REQUIRED), FIELD(EventPage, is_complete, REQUIRED),
         FIELD(EventPage, is_reset, REQUIRED));
