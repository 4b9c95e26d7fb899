-- run_number -> stamp_type
-- Locks the task, so that numbers are in the order of commits.
UPDATE tasks SET run_count = run_count + 1 WHERE tenant_id = :tenant_id AND id = :task_id
RETURNING run_count AS number, db_now() AS at;

-- run_insert -> stamp_type
INSERT INTO runs (id, tenant_id, task_id, number, message_id, line_id, model_id, model_name, provider, executor_type,
                  working_branch, worktree_path, session_id, instruction, base_ref, base_commit, status, retry_of,
                  max_cost_usd, created_at)
VALUES (:id, :tenant_id, :task_id, :number, :message_id, :line_id, :model_id, :model_name, :provider, :executor_type,
        :working_branch, :worktree_path, :session_id, :instruction, :base_ref, :base_commit, 'queued', :retry_of,
        :max_cost_usd, db_now())
RETURNING created_at AS at;

-- run_get -> run_type
SELECT * FROM runs WHERE tenant_id = :tenant_id AND id = :id;

-- run_of_lease -> run_type
SELECT * FROM runs WHERE id = :run_id;

-- run_state -> run_state_type
SELECT id, task_id, number, status, phase, event_seq, log_lines, fence, commit_sha
FROM runs WHERE tenant_id = :tenant_id AND id = :id;

-- run_state_of_lease -> run_state_type
SELECT id, task_id, number, status, phase, event_seq, log_lines, fence, commit_sha
FROM runs WHERE id = :run_id;

-- run_states_of_task -> run_state_type
SELECT id, task_id, number, status, phase, event_seq, log_lines, fence, commit_sha
FROM runs WHERE task_id = :task_id AND tenant_id = :tenant_id ORDER BY number;

-- runs_of_task -> run_type
SELECT * FROM runs
WHERE task_id = :task_id AND number < :number AND tenant_id = :tenant_id
ORDER BY number DESC
LIMIT :limit;

-- run_summaries -> run_summary_type
SELECT id, message_id, model_id, model_name, provider, executor_type, working_branch, status, created_at, phase, commit_sha,
       summary, error, error_code, error_params, added_lines, removed_lines, files_count, input_tokens, output_tokens, cost_usd,
       started_at, completed_at, event_seq, verdict
FROM runs
WHERE task_id = :id AND tenant_id = :tenant_id
ORDER BY number DESC
LIMIT :most;

-- runs_of_message -> run_type
SELECT * FROM runs
WHERE task_id = :task_id AND message_id = :message_id AND tenant_id = :tenant_id
ORDER BY number
LIMIT :limit;

-- run_judge
UPDATE runs SET verdict = :verdict WHERE tenant_id = :tenant_id AND id = :id;

-- run_fence
UPDATE runs SET fence = :fence WHERE id = :run_id;

-- run_hold -> run_counter_type
-- Changes nothing: checks the fence and locks the row until the commit.
UPDATE runs SET fence = fence
WHERE id = :run_id AND fence = :fence AND status IN ('queued', 'running')
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- run_start -> run_counter_type
UPDATE runs SET status = 'running', started_at = coalesce(started_at, db_now()), event_seq = event_seq + 1
WHERE id = :run_id AND fence = :fence AND status = 'queued'
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- run_requeue -> run_counter_type
UPDATE runs SET status = 'queued', phase = NULL, event_seq = event_seq + 1
WHERE id = :run_id AND fence = :fence AND status = 'running'
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- run_finish -> run_counter_type
UPDATE runs
SET status = :status, summary = :summary, files_changed = :files_changed, files_count = :files_count,
    added_lines = :added_lines, removed_lines = :removed_lines, warnings = :warnings,
    warning_notes = :warning_notes, commit_sha = :commit_sha, error = :error, error_kind = :error_kind, error_code = :error_code,
    error_params = :error_params, phase = NULL, completed_at = db_now(), event_seq = event_seq + 1
WHERE id = :id AND fence = :fence AND status = 'running'
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- run_give_up -> run_counter_type
UPDATE runs
SET status = 'failed', error = :error, error_kind = :error_kind, error_code = :error_code,
    error_params = :error_params, phase = NULL, completed_at = db_now(), event_seq = event_seq + 1
WHERE id = :run_id AND fence = :fence AND status IN ('queued', 'running')
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- run_cancel -> run_counter_type
UPDATE runs
SET status = 'canceled', error = :reason, error_kind = 'cancelled', error_code = 'cancelled', phase = NULL,
    completed_at = db_now(), event_seq = event_seq + 1
WHERE tenant_id = :tenant_id AND id = :id AND status IN ('queued', 'running')
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- run_patch_put
INSERT INTO run_patches (run_id, tenant_id, patch)
SELECT r.id, r.tenant_id, :patch FROM runs r WHERE r.id = :run_id AND r.fence = :fence
ON CONFLICT (run_id) DO UPDATE SET patch = excluded.patch;

-- run_patch_get -> run_patch_type
SELECT run_id, patch FROM run_patches WHERE tenant_id = :tenant_id AND run_id = :run_id;
