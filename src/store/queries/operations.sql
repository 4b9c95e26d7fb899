-- jobs_list -> job_view_type
-- By id, which begins with the time: the newest first. The system sees all tenants.
SELECT j.id, j.queue, j.kind, j.status AS state, j.run_id, r.task_id, j.owner, j.lease_until, j.fence, j.priority, j.not_before,
       j.tries, j.max_tries, j.returns, j.losses, j.cancel_asked, j.error, j.error_kind, j.error_code,
       j.error_params, j.created_at, j.finished_at
FROM jobs j LEFT JOIN runs r ON r.id = j.run_id
WHERE (j.tenant_id = :tenant_id OR :tenant_id = 'system') AND j.id < :id AND j.status = coalesce(:state, j.status)
  AND j.queue = coalesce(:queue, j.queue) AND j.kind = coalesce(:kind, j.kind)
ORDER BY j.id DESC
LIMIT :limit;

-- job_view -> job_view_type
SELECT j.id, j.queue, j.kind, j.status AS state, j.run_id, r.task_id, j.owner, j.lease_until, j.fence, j.priority, j.not_before,
       j.tries, j.max_tries, j.returns, j.losses, j.cancel_asked, j.error, j.error_kind, j.error_code,
       j.error_params, j.created_at, j.finished_at
FROM jobs j LEFT JOIN runs r ON r.id = j.run_id
WHERE (j.tenant_id = :tenant_id OR :tenant_id = 'system') AND j.id = :id;

-- job_tenant -> tenant_type
SELECT j.tenant_id AS id, '' AS name FROM jobs j
WHERE (j.tenant_id = :tenant_id OR :tenant_id = 'system') AND j.id = :id AND j.status = 'dead';

-- storage_sizes [sqlite] -> storage_sizes_type
SELECT (SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s) AS database_bytes,
       (SELECT coalesce(sum(length(data)), 0) FROM run_events) AS log_bytes;

-- storage_sizes [postgres] -> storage_sizes_type
SELECT pg_database_size(current_database()) AS database_bytes,
       (SELECT coalesce(CAST(sum(pg_total_relation_size(relid)) AS bigint), 0) FROM pg_partition_tree('run_events')) AS log_bytes;

-- usage_of_model -> usage_type
-- What the newest runs of a model on a repository used: the whole prompt as input, without the money.
SELECT r.input_tokens + r.cache_read_tokens + r.cache_write_tokens AS input_tokens, r.output_tokens, r.calls
FROM tasks t JOIN runs r ON r.task_id = t.id
WHERE t.repo_id = :repo_id AND t.tenant_id = :tenant_id AND r.tenant_id = :tenant_id AND r.provider = :provider
  AND r.model_name = :model_name AND r.status = 'succeeded' AND r.calls > 0
ORDER BY r.id DESC
LIMIT :limit;
