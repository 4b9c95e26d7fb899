/* The tables of the entities. */

#include "model/entities.h"

const Name provider_names[] = {{PROVIDER_OPENAI, "openai"},
                               {PROVIDER_ANTHROPIC, "anthropic"},
                               {PROVIDER_GOOGLE, "google"},
                               {0}};
const Name message_role_names[] = {
    {ROLE_OF_USER, "user"}, {ROLE_OF_ASSISTANT, "assistant"}, {ROLE_OF_SYSTEM, "system"}, {0}};
const Name executor_names[] = {{PATCH_AGENT, "patch_agent"},
                               {CLAUDE_CODE, "claude_code"},
                               {CODEX_CLI, "codex_cli"},
                               {GEMINI_CLI, "gemini_cli"},
                               {0}};
const Name run_status_names[] = {{RUN_QUEUED, "queued"},       {RUN_RUNNING, "running"},
                                 {RUN_SUCCEEDED, "succeeded"}, {RUN_FAILED, "failed"},
                                 {RUN_CANCELED, "canceled"},   {0}};
const Name task_status_names[] = {{TASK_BACKLOG, "backlog"},
                                  {TASK_TODO, "todo"},
                                  {TASK_IN_PROGRESS, "in_progress"},
                                  {TASK_IN_REVIEW, "in_review"},
                                  {TASK_DONE, "done"},
                                  {TASK_ARCHIVED, "archived"},
                                  {TASK_GATING, "gating"},
                                  {0}};
const Name coding_mode_names[] = {{CODING_INTERACTIVE, "interactive"},
                                  {CODING_SEMI_AUTO, "semi_auto"},
                                  {CODING_FULL_AUTO, "full_auto"},
                                  {0}};
const Name job_status_names[] = {{JOB_PENDING, "pending"},     {JOB_LEASED, "leased"},
                                 {JOB_SUCCEEDED, "succeeded"}, {JOB_DEAD, "dead"},
                                 {JOB_CANCELED, "canceled"},   {0}};
const Name event_kind_names[] = {{EVENT_LOG, "log"},         {EVENT_PHASE, "phase"},
                                 {EVENT_STATUS, "status"},   {EVENT_TURN, "turn"},
                                 {EVENT_USAGE, "usage"},     {EVENT_WARNING, "warning"},
                                 {EVENT_CONTEXT, "context"}, {0}};
const Name role_names[] = {
    {ROLE_VIEWER, "viewer"}, {ROLE_DEVELOPER, "developer"}, {ROLE_ADMIN, "admin"}, {0}};

const Caller local_caller = {LOCAL_TENANT, LOCAL_TENANT, ROLE_ADMIN};

const Name verdict_names[] = {{VERDICT_PINNED, "pinned"}, {VERDICT_DISCARDED, "discarded"}, {0}};

bool run_finished(RunStatus status)
{
    return status == RUN_SUCCEEDED || status == RUN_FAILED || status == RUN_CANCELED;
}

bool job_finished(JobStatus status)
{
    return status == JOB_SUCCEEDED || status == JOB_DEAD || status == JOB_CANCELED;
}

void usage_add(Usage *sum, const Usage *more)
{
    bool priced = (sum->cost_usd.set || !sum->calls) && (more->cost_usd.set || !more->calls);

    sum->input_tokens += more->input_tokens;
    sum->output_tokens += more->output_tokens;
    sum->cache_read_tokens += more->cache_read_tokens;
    sum->cache_write_tokens += more->cache_write_tokens;
    sum->reasoning_tokens += more->reasoning_tokens;
    sum->calls += more->calls;
    /* One unknown price makes the sum unknown: a part shown as the whole would be a lie. */
    sum->cost_usd =
        (OptReal){priced && sum->calls, priced ? sum->cost_usd.value + more->cost_usd.value : 0};
}

const Type model_profile_type =
    TYPE(ModelProfile, "A model with a sealed key.", FIELD(ModelProfile, id, REQUIRED),
         FIELD(ModelProfile, tenant_id, REQUIRED | NO_JSON),
         ENUM(ModelProfile, provider, provider_names, REQUIRED),
         FIELD(ModelProfile, model_name, REQUIRED), FIELD(ModelProfile, display_name),
         FIELD(ModelProfile, base_url), FIELD(ModelProfile, api_key_sealed, SECRET),
         FIELD(ModelProfile, created_at, REQUIRED));

const Type repo_type =
    TYPE(Repo, "A git repository.", FIELD(Repo, id, REQUIRED),
         FIELD(Repo, tenant_id, REQUIRED | NO_JSON), FIELD(Repo, repo_url, REQUIRED),
         FIELD(Repo, default_branch, REQUIRED), FIELD(Repo, selected_branch),
         FIELD(Repo, latest_commit, REQUIRED), FIELD(Repo, workspace_path, REQUIRED),
         FIELD(Repo, created_at, REQUIRED));

const Type task_type =
    TYPE(Task, "A conversation about one repository.", FIELD(Task, id, REQUIRED),
         FIELD(Task, tenant_id, REQUIRED | NO_JSON), FIELD(Task, repo_id, REQUIRED),
         FIELD(Task, title), ENUM(Task, kanban_status, task_status_names, REQUIRED),
         ENUM(Task, coding_mode, coding_mode_names, REQUIRED), FIELD(Task, created_at, REQUIRED),
         FIELD(Task, updated_at, REQUIRED));

const Type message_type =
    TYPE(Message, "A message of a task.", FIELD(Message, id, REQUIRED),
         FIELD(Message, tenant_id, REQUIRED | NO_JSON), FIELD(Message, task_id, REQUIRED),
         ENUM(Message, role, message_role_names, REQUIRED), FIELD(Message, content, REQUIRED),
         FIELD(Message, created_at, REQUIRED));

const Type line_type =
    TYPE(Line, "A line of work with a branch of its own.", FIELD(Line, id, REQUIRED),
         FIELD(Line, tenant_id, REQUIRED | NO_JSON), FIELD(Line, task_id, REQUIRED),
         FIELD(Line, repo_id, REQUIRED), ENUM(Line, executor_type, executor_names, REQUIRED),
         FIELD(Line, model_key, REQUIRED), FIELD(Line, branch), FIELD(Line, base_ref),
         FIELD(Line, base_commit), FIELD(Line, head_commit), FIELD(Line, created_at, REQUIRED));

const Type file_change_type =
    TYPE(FileChange, "What a run did to one file.", FIELD(FileChange, path, REQUIRED),
         FIELD(FileChange, old_path), FIELD(FileChange, status), FIELD(FileChange, added_lines),
         FIELD(FileChange, removed_lines), FIELD(FileChange, binary), FIELD(FileChange, patch),
         FIELD(FileChange, lossy));

const Type note_type =
    TYPE(Note, "A sentence that pages translate by its code.",
         FIELD(Note, code, 0, .about = "of docs/errors.md"),
         FIELD(Note, params, 0, .about = "an object of texts that the translation names"),
         FIELD(Note, text, REQUIRED));

const Type usage_type =
    TYPE(Usage, "Tokens and money.", FIELD(Usage, input_tokens), FIELD(Usage, output_tokens),
         FIELD(Usage, cache_read_tokens), FIELD(Usage, cache_write_tokens),
         FIELD(Usage, reasoning_tokens), FIELD(Usage, calls), FIELD(Usage, cost_usd));

const Type run_type = TYPE(
    Run, "One attempt at a message by one model or agent.", FIELD(Run, id, REQUIRED),
    FIELD(Run, tenant_id, REQUIRED | NO_JSON), FIELD(Run, task_id, REQUIRED), FIELD(Run, number),
    FIELD(Run, message_id), FIELD(Run, line_id), FIELD(Run, model_id), FIELD(Run, model_name),
    ENUM(Run, provider, provider_names), ENUM(Run, executor_type, executor_names, REQUIRED),
    FIELD(Run, working_branch), FIELD(Run, worktree_path), FIELD(Run, session_id),
    FIELD(Run, instruction, REQUIRED), FIELD(Run, base_ref), FIELD(Run, base_commit),
    FIELD(Run, commit_sha), ENUM(Run, status, run_status_names, REQUIRED), FIELD(Run, phase),
    FIELD(Run, summary), LIST(Run, files_changed, file_change_type), FIELD(Run, files_count),
    FIELD(Run, added_lines), FIELD(Run, removed_lines), FIELD(Run, warnings),
    LIST(Run, warning_notes, note_type), FIELD(Run, error), FIELD(Run, error_kind),
    FIELD(Run, error_code), FIELD(Run, error_params), FIELD(Run, retry_of),
    FIELD(Run, max_cost_usd), FIELD(Run, input_tokens), FIELD(Run, output_tokens),
    FIELD(Run, cache_read_tokens), FIELD(Run, cache_write_tokens), FIELD(Run, reasoning_tokens),
    FIELD(Run, calls), FIELD(Run, cost_usd), FIELD(Run, event_seq), FIELD(Run, log_lines),
    FIELD(Run, fence), ENUM(Run, verdict, verdict_names), FIELD(Run, created_at, REQUIRED),
    FIELD(Run, started_at), FIELD(Run, completed_at));

const Type job_type =
    TYPE(Job, "A unit of background work.", FIELD(Job, id, REQUIRED),
         FIELD(Job, tenant_id, REQUIRED | NO_JSON), FIELD(Job, queue, REQUIRED),
         FIELD(Job, kind, REQUIRED), FIELD(Job, run_id), FIELD(Job, line_id), FIELD(Job, pool),
         FIELD(Job, args), FIELD(Job, checkpoint), ENUM(Job, status, job_status_names, REQUIRED),
         FIELD(Job, priority), FIELD(Job, not_before), FIELD(Job, fence), FIELD(Job, owner),
         FIELD(Job, lease_until), FIELD(Job, tries), FIELD(Job, returns), FIELD(Job, losses),
         FIELD(Job, max_tries), FIELD(Job, cancel_asked), FIELD(Job, error), FIELD(Job, error_kind),
         FIELD(Job, error_code), FIELD(Job, error_params), FIELD(Job, unique_key),
         FIELD(Job, created_at, REQUIRED), FIELD(Job, finished_at));

const Type run_event_type =
    TYPE(RunEvent, "One event of a run.", FIELD(RunEvent, tenant_id, REQUIRED | NO_JSON),
         FIELD(RunEvent, run_id, REQUIRED), FIELD(RunEvent, seq, REQUIRED),
         FIELD(RunEvent, fence, NO_JSON), ENUM(RunEvent, kind, event_kind_names, REQUIRED),
         FIELD(RunEvent, line_number), FIELD(RunEvent, line_count), FIELD(RunEvent, data, REQUIRED),
         FIELD(RunEvent, created_at, REQUIRED));
