-- backlog_insert -> backlog_item_type
INSERT INTO backlog_items (id, tenant_id, repo_id, breakdown_id, title, description, type, estimated_size, target_files,
                           implementation_hint, tags, subtasks, status, task_id, created_at, updated_at)
SELECT :id, r.tenant_id, r.id, :breakdown_id, :title, :description, :type, :estimated_size, :target_files,
       :implementation_hint, :tags, :subtasks, :status, :task_id, db_now(), db_now()
FROM repos r WHERE r.tenant_id = :tenant_id AND r.id = :repo_id
RETURNING *;

-- backlog_get -> backlog_item_type
SELECT * FROM backlog_items WHERE tenant_id = :tenant_id AND id = :id;

-- backlog_lock -> backlog_item_type
-- The same, for a change: whoever comes next waits and reads it changed.
UPDATE backlog_items SET updated_at = db_now() WHERE tenant_id = :tenant_id AND id = :id
RETURNING *;

-- backlog_list -> backlog_item_type
SELECT * FROM backlog_items b
WHERE b.tenant_id = :tenant_id AND (b.created_at, b.id) < (:at, :id) AND b.status = COALESCE(:status, b.status)
ORDER BY b.created_at DESC, b.id DESC
LIMIT :limit;

-- backlog_list_of_repo -> backlog_item_type
SELECT * FROM backlog_items b
WHERE b.repo_id = :repo_id AND (b.created_at, b.id) < (:at, :id) AND b.tenant_id = :tenant_id
  AND b.status = COALESCE(:status, b.status)
ORDER BY b.created_at DESC, b.id DESC
LIMIT :limit;

-- backlog_save
UPDATE backlog_items
SET title = :title, description = :description, type = :type, estimated_size = :estimated_size,
    target_files = :target_files, implementation_hint = :implementation_hint, tags = :tags, subtasks = :subtasks,
    status = :status, task_id = :task_id
WHERE tenant_id = :tenant_id AND id = :id;

-- backlog_delete
DELETE FROM backlog_items WHERE tenant_id = :tenant_id AND id = :id;

-- backlog_of_breakdown -> backlog_item_type
SELECT * FROM backlog_items WHERE breakdown_id = :id AND tenant_id = :tenant_id ORDER BY created_at, id;

-- breakdown_get -> breakdown_type
SELECT id, tenant_id, repo_id, executor_type, status, original_content, tasks, summary, codebase_analysis, logs, error,
       created_at, completed_at
FROM breakdowns WHERE tenant_id = :tenant_id AND id = :id;

-- breakdown_insert
INSERT INTO breakdowns (id, tenant_id, repo_id, executor_type, status, original_content, tasks, summary, codebase_analysis,
                        logs, error, created_at, completed_at)
VALUES (:id, :tenant_id, :repo_id, :executor_type, :status, :original_content, :tasks, :summary, :codebase_analysis, :logs,
        :error, db_now(), :completed_at);
