-- line_by_key -> line_type
-- The update changes nothing: it locks the row until the commit.
UPDATE lines SET model_key = model_key
WHERE tenant_id = :tenant_id AND task_id = :task_id AND executor_type = :executor_type AND model_key = :model_key
RETURNING *;

-- line_insert -> line_type
-- No row comes back when somebody else has opened the line, or another line has the branch.
INSERT INTO lines (id, tenant_id, task_id, repo_id, executor_type, model_key, branch, base_ref, base_commit, created_at)
SELECT :id, t.tenant_id, t.id, t.repo_id, :executor_type, :model_key, :branch, :base_ref, :base_commit, db_now()
FROM tasks t WHERE t.tenant_id = :tenant_id AND t.id = :task_id
ON CONFLICT DO NOTHING
RETURNING *;

-- line_get -> line_type
SELECT * FROM lines WHERE tenant_id = :tenant_id AND id = :id;

-- lines_of_task -> line_type
SELECT * FROM lines WHERE task_id = :task_id AND tenant_id = :tenant_id ORDER BY created_at, id;

-- line_head -> line_type
SELECT * FROM lines WHERE id = :line_id;

-- line_advance
UPDATE lines SET head_commit = :head_to, base_commit = coalesce(:base_commit, base_commit)
WHERE id = :line_id AND coalesce(head_commit, '') = coalesce(:head_from, '');
