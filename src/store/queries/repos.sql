-- repo_insert -> repo_type
INSERT INTO repos (id, tenant_id, repo_url, default_branch, selected_branch, latest_commit, workspace_path, created_at)
VALUES (:id, :tenant_id, :repo_url, :default_branch, :selected_branch, :latest_commit, :workspace_path, db_now())
ON CONFLICT (tenant_id, repo_url) DO NOTHING
RETURNING *;

-- repo_get -> repo_type
SELECT * FROM repos WHERE tenant_id = :tenant_id AND id = :id;

-- repo_by_url -> repo_type
SELECT * FROM repos WHERE tenant_id = :tenant_id AND repo_url = :repo_url;

-- repo_list -> repo_type
SELECT * FROM repos
WHERE tenant_id = :tenant_id AND (created_at, id) < (:at, :id)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- repo_fetched
UPDATE repos SET default_branch = :default_branch, latest_commit = :latest_commit
WHERE tenant_id = :tenant_id AND id = :id;

-- repo_select_branch
UPDATE repos SET selected_branch = :branch WHERE tenant_id = :tenant_id AND id = :id;
