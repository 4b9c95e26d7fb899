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

-- board_standing -> standing_type
-- Tasks by where they stand: the rule of model/kanban.h for all at once, from the counts that triggers keep. All that
-- have runs are taken to be in review, the few with unfinished runs or open checks are then moved. The states of runs are said twice: once for the index, once for the planner's estimate.
WITH unfinished AS (
    SELECT t.id, t.kanban_status, max(CASE WHEN r.status = 'running' THEN 1 ELSE 0 END) AS running
    FROM runs r JOIN tasks t ON t.id = r.task_id
    WHERE r.tenant_id = :tenant_id AND CASE r.status WHEN 'queued' THEN true WHEN 'running' THEN true ELSE false END
      AND r.status IN ('queued', 'running') AND t.kanban_status <> 'archived' AND COALESCE(t.latest_pr_status, '') <> 'merged'
    GROUP BY t.id, t.kanban_status),
gated AS (
    SELECT t.id FROM tasks t
    WHERE :gating AND t.tenant_id = :tenant_id AND t.kanban_status <> 'archived' AND t.latest_pr_status = 'open'
      AND t.run_count > 0 AND t.id NOT IN (SELECT u.id FROM unfinished u)
      AND COALESCE((SELECT c.status FROM ci_checks c
                    WHERE c.pr_id = (SELECT p.id FROM prs p WHERE p.task_id = t.id
                                     ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
                    ORDER BY c.created_at DESC, c.id DESC LIMIT 1), 'pending') = 'pending')
SELECT n.status, CAST(sum(n.count) AS bigint) AS count
FROM (SELECT CASE WHEN k.kanban_status = 'archived' THEN 'archived'
                  WHEN k.latest_pr_status = 'merged' THEN 'done'
                  WHEN k.started THEN 'in_review'
                  ELSE k.kanban_status END AS status, k.count
      FROM task_counts k
      WHERE k.tenant_id = :tenant_id
      UNION ALL
      SELECT CASE WHEN u.running = 1 THEN 'in_progress' ELSE u.kanban_status END, 1 FROM unfinished u
      UNION ALL SELECT 'in_review', -1 FROM unfinished
      UNION ALL SELECT 'gating', 1 FROM gated
      UNION ALL SELECT 'in_review', -1 FROM gated) AS n
GROUP BY n.status;

-- board_standing_of_repo -> standing_type
WITH unfinished AS (
    SELECT t.id, t.kanban_status, max(CASE WHEN r.status = 'running' THEN 1 ELSE 0 END) AS running
    FROM runs r JOIN tasks t ON t.id = r.task_id
    WHERE r.tenant_id = :tenant_id AND CASE r.status WHEN 'queued' THEN true WHEN 'running' THEN true ELSE false END
      AND r.status IN ('queued', 'running') AND t.kanban_status <> 'archived' AND COALESCE(t.latest_pr_status, '') <> 'merged'
      AND t.repo_id = :repo_id
    GROUP BY t.id, t.kanban_status),
gated AS (
    SELECT t.id FROM tasks t
    WHERE :gating AND t.tenant_id = :tenant_id AND t.kanban_status <> 'archived' AND t.latest_pr_status = 'open'
      AND t.run_count > 0 AND t.id NOT IN (SELECT u.id FROM unfinished u) AND t.repo_id = :repo_id
      AND COALESCE((SELECT c.status FROM ci_checks c
                    WHERE c.pr_id = (SELECT p.id FROM prs p WHERE p.task_id = t.id
                                     ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
                    ORDER BY c.created_at DESC, c.id DESC LIMIT 1), 'pending') = 'pending')
SELECT n.status, CAST(sum(n.count) AS bigint) AS count
FROM (SELECT CASE WHEN k.kanban_status = 'archived' THEN 'archived'
                  WHEN k.latest_pr_status = 'merged' THEN 'done'
                  WHEN k.started THEN 'in_review'
                  ELSE k.kanban_status END AS status, k.count
      FROM task_counts k
      WHERE k.tenant_id = :tenant_id AND k.repo_id = :repo_id
      UNION ALL
      SELECT CASE WHEN u.running = 1 THEN 'in_progress' ELSE u.kanban_status END, 1 FROM unfinished u
      UNION ALL SELECT 'in_review', -1 FROM unfinished
      UNION ALL SELECT 'gating', 1 FROM gated
      UNION ALL SELECT 'in_review', -1 FROM gated) AS n
GROUP BY n.status;

-- task_counts_fold [postgres]
-- Rows of one place become one, and none where nothing stands any more.
WITH split AS (
    SELECT tenant_id, repo_id, kanban_status, latest_pr_status, started FROM task_counts
    GROUP BY tenant_id, repo_id, kanban_status, latest_pr_status, started
    HAVING count(*) > 1 OR sum(count) = 0),
gone AS (
    DELETE FROM task_counts k USING split p
    WHERE k.tenant_id = p.tenant_id AND k.repo_id = p.repo_id AND k.kanban_status = p.kanban_status
      AND k.latest_pr_status = p.latest_pr_status AND k.started = p.started
    RETURNING k.*)
INSERT INTO task_counts (tenant_id, repo_id, kanban_status, latest_pr_status, started, count)
SELECT tenant_id, repo_id, kanban_status, latest_pr_status, started, sum(count) FROM gone
GROUP BY tenant_id, repo_id, kanban_status, latest_pr_status, started
HAVING sum(count) <> 0;

-- task_counts_fold [sqlite]
-- There is one row of each place already.
DELETE FROM task_counts WHERE count = 0;

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
