-- board_tasks -> task_row_type
SELECT t.*,
       COALESCE((SELECT p.enable_gating_status FROM user_preferences p
                 WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id), false) AS gating
FROM task_rows t
WHERE t.tenant_id = :tenant_id AND (t.updated_at, t.id) < (:at, :id)
ORDER BY t.updated_at DESC, t.id DESC
LIMIT :limit;

-- board_tasks_of_repo -> task_row_type
SELECT t.*,
       COALESCE((SELECT p.enable_gating_status FROM user_preferences p
                 WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id), false) AS gating
FROM task_rows t
WHERE t.repo_id = :repo_id AND (t.updated_at, t.id) < (:at, :id) AND t.tenant_id = :tenant_id
ORDER BY t.updated_at DESC, t.id DESC
LIMIT :limit;

-- board_count -> count_type
SELECT count(*) AS count FROM tasks WHERE tenant_id = :tenant_id;

-- board_count_of_repo -> count_type
SELECT count(*) AS count FROM tasks WHERE tenant_id = :tenant_id AND repo_id = :repo_id;

-- board_executors -> executor_status_type
-- The newest run of each agent program in the tasks of one page.
SELECT r.task_id, r.executor_type, r.id AS run_id, r.status,
       EXISTS (SELECT 1 FROM reviews v
               WHERE v.task_id = r.task_id AND v.status = 'succeeded'
                 AND CAST(v.target_run_ids AS TEXT) LIKE '%' || CAST(r.id AS TEXT) || '%') AS has_review
FROM (SELECT t.id FROM tasks t
      WHERE t.tenant_id = :tenant_id AND (t.updated_at, t.id) < (:at, :id)
      ORDER BY t.updated_at DESC, t.id DESC
      LIMIT :limit) AS page
JOIN runs r ON r.task_id = page.id
WHERE r.executor_type IN ('claude_code', 'codex_cli', 'gemini_cli')
  AND NOT EXISTS (SELECT 1 FROM runs n
                  WHERE n.task_id = r.task_id AND n.executor_type = r.executor_type AND n.number > r.number);

-- board_executors_of_repo -> executor_status_type
SELECT r.task_id, r.executor_type, r.id AS run_id, r.status,
       EXISTS (SELECT 1 FROM reviews v
               WHERE v.task_id = r.task_id AND v.status = 'succeeded'
                 AND CAST(v.target_run_ids AS TEXT) LIKE '%' || CAST(r.id AS TEXT) || '%') AS has_review
FROM (SELECT t.id FROM tasks t
      WHERE t.repo_id = :repo_id AND (t.updated_at, t.id) < (:at, :id) AND t.tenant_id = :tenant_id
      ORDER BY t.updated_at DESC, t.id DESC
      LIMIT :limit) AS page
JOIN runs r ON r.task_id = page.id
WHERE r.executor_type IN ('claude_code', 'codex_cli', 'gemini_cli')
  AND NOT EXISTS (SELECT 1 FROM runs n
                  WHERE n.task_id = r.task_id AND n.executor_type = r.executor_type AND n.number > r.number);

-- task_move -> task_type
-- Only from where it was seen to stand.
UPDATE tasks SET kanban_status = :wanted, updated_at = db_now()
WHERE tenant_id = :tenant_id AND id = :id AND kanban_status = :seen
RETURNING id, tenant_id, repo_id, title, kanban_status, coding_mode, created_at, updated_at;

-- task_change -> task_type
UPDATE tasks SET title = :title, coding_mode = :coding_mode, updated_at = db_now()
WHERE tenant_id = :tenant_id AND id = :id
RETURNING id, tenant_id, repo_id, title, kanban_status, coding_mode, created_at, updated_at;

-- preferences_get -> preferences_type
SELECT default_repo_owner, default_repo_name, default_branch, default_branch_prefix, default_pr_creation_mode,
       default_coding_mode, auto_generate_pr_description, enable_gating_status, worktrees_dir
FROM user_preferences WHERE tenant_id = :tenant_id AND user_id = :user_id;

-- preferences_save
INSERT INTO user_preferences (tenant_id, user_id, default_repo_owner, default_repo_name, default_branch,
                              default_branch_prefix, default_pr_creation_mode, default_coding_mode,
                              auto_generate_pr_description, enable_gating_status, worktrees_dir, created_at, updated_at)
VALUES (:tenant_id, :user_id, :default_repo_owner, :default_repo_name, :default_branch, :default_branch_prefix,
        :default_pr_creation_mode, :default_coding_mode, :auto_generate_pr_description, :enable_gating_status,
        :worktrees_dir, db_now(), db_now())
ON CONFLICT (tenant_id, user_id) DO UPDATE SET
    default_repo_owner = excluded.default_repo_owner, default_repo_name = excluded.default_repo_name,
    default_branch = excluded.default_branch, default_branch_prefix = excluded.default_branch_prefix,
    default_pr_creation_mode = excluded.default_pr_creation_mode, default_coding_mode = excluded.default_coding_mode,
    auto_generate_pr_description = excluded.auto_generate_pr_description,
    enable_gating_status = excluded.enable_gating_status, worktrees_dir = excluded.worktrees_dir,
    updated_at = excluded.updated_at;

-- preferences_open
-- Locks the row, so that two changes of different members keep both.
INSERT INTO user_preferences (tenant_id, user_id, created_at, updated_at)
VALUES (:tenant_id, :user_id, db_now(), db_now())
ON CONFLICT (tenant_id, user_id) DO UPDATE SET updated_at = excluded.updated_at;

-- repo_delete
-- Nothing is deleted under what still names it.
DELETE FROM repos
WHERE tenant_id = :tenant_id AND id = :id
  AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.repo_id = repos.id)
  AND NOT EXISTS (SELECT 1 FROM backlog_items b WHERE b.repo_id = repos.id);
