-- task_insert -> stamp_type
INSERT INTO tasks (id, tenant_id, repo_id, title, kanban_status, coding_mode, created_at, updated_at)
SELECT :id, r.tenant_id, r.id, :title, :kanban_status, :coding_mode, db_now(), db_now()
FROM repos r WHERE r.tenant_id = :tenant_id AND r.id = :repo_id
RETURNING created_at AS at;

-- task_get -> task_type
SELECT id, tenant_id, repo_id, title, kanban_status, coding_mode, created_at, updated_at
FROM tasks WHERE tenant_id = :tenant_id AND id = :id;

-- task_shown -> task_row_type
-- Without what the lists of its runs and pull requests tell.
SELECT id, tenant_id, repo_id, title, kanban_status, coding_mode, run_count, created_at, updated_at
FROM tasks
WHERE tenant_id = :tenant_id AND id = :id;

-- task_row -> task_row_type
SELECT t.*,
       COALESCE((SELECT p.enable_gating_status FROM user_preferences p
                 WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id), false) AS gating
FROM task_rows t
WHERE t.tenant_id = :tenant_id AND t.id = :id;

-- task_list -> task_row_type
SELECT t.*,
       COALESCE((SELECT p.enable_gating_status FROM user_preferences p
                 WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id), false) AS gating
FROM task_rows t
WHERE t.tenant_id = :tenant_id AND (t.updated_at, t.id) < (:at, :id)
ORDER BY t.updated_at DESC, t.id DESC
LIMIT :limit;

-- task_list_of_repo -> task_row_type
SELECT t.*,
       COALESCE((SELECT p.enable_gating_status FROM user_preferences p
                 WHERE p.tenant_id = :tenant_id AND p.user_id = :user_id), false) AS gating
FROM task_rows t
WHERE t.repo_id = :repo_id AND (t.updated_at, t.id) < (:at, :id) AND t.tenant_id = :tenant_id
ORDER BY t.updated_at DESC, t.id DESC
LIMIT :limit;

-- task_touch -> stamp_type
UPDATE tasks SET updated_at = db_now() WHERE tenant_id = :tenant_id AND id = :id
RETURNING updated_at AS at;

-- task_delete
-- Nothing is deleted under a run: not while one may still write.
DELETE FROM tasks
WHERE tenant_id = :tenant_id AND id = :id
  AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.task_id = tasks.id AND r.status IN ('queued', 'running'))
  AND NOT EXISTS (SELECT 1 FROM runs r JOIN jobs j ON j.run_id = r.id WHERE r.task_id = tasks.id AND j.status = 'leased');

-- message_insert -> stamp_type
INSERT INTO messages (id, tenant_id, task_id, role, content, created_at)
SELECT :id, t.tenant_id, t.id, :role, :content, db_now()
FROM tasks t WHERE t.tenant_id = :tenant_id AND t.id = :task_id
RETURNING created_at AS at;

-- message_get -> message_type
SELECT * FROM messages WHERE tenant_id = :tenant_id AND id = :id;

-- message_list -> message_type
SELECT * FROM messages
WHERE task_id = :task_id AND (created_at, id) > (:at, :id) AND tenant_id = :tenant_id
ORDER BY created_at, id
LIMIT :limit;

-- messages_last -> message_type
-- The newest first.
SELECT * FROM messages
WHERE task_id = :id AND tenant_id = :tenant_id
ORDER BY created_at DESC, id DESC
LIMIT :most;
