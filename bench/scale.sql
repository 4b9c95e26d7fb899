-- A service as it stands after half a year, for psql: -v runs=N -v events=N (a run). Tasks have four runs, one tenant has
-- most of them, and what is kept for a week or a day is as much of it. As a superuser, into an empty schema.
\set ON_ERROR_STOP on
SET session_replication_role = replica; -- what triggers keep is filled in below
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';
SELECT run_events_since(now() - interval '181 days', 3);

CREATE FUNCTION pg_temp.at(n bigint, of bigint) RETURNS timestamptz LANGUAGE sql
AS $$ SELECT now() - interval '180 days' * (1 - n::double precision / of) $$;
CREATE FUNCTION pg_temp.v7(at timestamptz, n bigint) RETURNS uuid LANGUAGE sql
AS $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
              || '8' || lpad(to_hex(n), 15, '0'))::uuid $$;
CREATE FUNCTION pg_temp.tenant(n bigint) RETURNS text LANGUAGE sql
AS $$ SELECT 'tenant-' || floor(20 * power((n * 7919 % 1000) / 1000.0, 3))::integer $$;

INSERT INTO tenants (id, name, created_at) SELECT 'tenant-' || n, 'Tenant', now() FROM generate_series(0, 19) n;

INSERT INTO repos (id, tenant_id, repo_url, default_branch, latest_commit, workspace_path, created_at)
SELECT pg_temp.v7(pg_temp.at(n, :runs / 20 + 40), n), 'tenant-' || n % 20, 'https://example.org/' || n || '.git', 'main',
       repeat('1', 40), '/none', pg_temp.at(n, :runs / 20 + 40)
FROM generate_series(1, :runs / 20 + 40) n;
CREATE TEMP TABLE repo_numbers AS
SELECT id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS n, count(*) OVER (PARTITION BY tenant_id) AS of FROM repos;
CREATE UNIQUE INDEX ON repo_numbers (tenant_id, n);
ANALYZE repo_numbers;

CREATE TEMP TABLE task_numbers AS
SELECT n, pg_temp.v7(pg_temp.at(n, :runs / 4), n) AS id, pg_temp.tenant(n) AS tenant_id, pg_temp.at(n, :runs / 4) AS at
FROM generate_series(1, :runs / 4) n;
CREATE UNIQUE INDEX ON task_numbers (n);
ANALYZE task_numbers;
INSERT INTO tasks (id, tenant_id, repo_id, title, kanban_status, run_count, latest_pr_status, created_at, updated_at)
SELECT t.id, t.tenant_id, r.id, 'Give the parser a limit ' || t.n,
       CASE WHEN t.n % 3 = 0 THEN 'archived' WHEN t.n % 3 = 1 THEN 'todo' ELSE 'backlog' END, 4,
       CASE WHEN t.n % 3 <> 0 THEN NULL WHEN t.n % 30 = 0 THEN 'open' ELSE 'merged' END, t.at, t.at + interval '1 hour'
FROM task_numbers t
JOIN (SELECT tenant_id, max(of) AS of FROM repo_numbers GROUP BY tenant_id) c ON c.tenant_id = t.tenant_id
JOIN repo_numbers r ON r.tenant_id = t.tenant_id AND r.n = 1 + t.n % c.of;

INSERT INTO messages (id, tenant_id, task_id, role, content, created_at)
SELECT pg_temp.v7(t.at, t.n * 2 + m), t.tenant_id, t.id, 'user', repeat('Please give it a limit, with a test. ', 8), t.at + m * interval '1 minute'
FROM task_numbers t, generate_series(0, 1) m;

-- The last fifty tasks wait, the fifty before them are worked on.
CREATE TEMP TABLE run_numbers AS
SELECT (t.n - 1) * 4 + k AS n, pg_temp.v7(t.at + k * interval '1 minute', t.n * 4 + k) AS id, t.id AS task_id, t.tenant_id, k AS number,
       t.at + k * interval '1 minute' AS at, t.n AS task,
       CASE WHEN :runs / 4 - t.n < 50 THEN 'queued' WHEN :runs / 4 - t.n < 100 THEN 'running'
            WHEN (t.n + k) % 10 = 0 THEN 'failed' ELSE 'succeeded' END AS status
FROM task_numbers t, generate_series(1, 4) k;
CREATE UNIQUE INDEX ON run_numbers (n);
ANALYZE run_numbers;

INSERT INTO lines (id, tenant_id, task_id, repo_id, executor_type, model_key, branch, created_at)
SELECT r.id, r.tenant_id, r.task_id, t.repo_id, 'patch_agent', 'model-' || r.number, 'dursor/' || r.n, r.at
FROM run_numbers r JOIN tasks t ON t.id = r.task_id;

INSERT INTO runs (id, tenant_id, task_id, number, message_id, line_id, model_id, model_name, provider, working_branch, instruction,
                  base_commit, commit_sha, status, summary, files_count, added_lines, removed_lines, input_tokens, output_tokens, calls,
                  cost_usd, event_seq, log_lines, fence, created_at, started_at, completed_at)
SELECT r.id, r.tenant_id, r.task_id, r.number, pg_temp.v7(t.at, r.task * 2), r.id, 'model-' || r.number, 'model-' || r.number, 'openai',
       'dursor/' || r.n, repeat('Please give it a limit, with a test. ', 8), repeat('1', 40), repeat('2', 40), r.status,
       repeat('It has a limit now. ', 8), 3, 30, 4, 9000, 700, 2, 0.04, CASE r.status WHEN 'queued' THEN 0 ELSE :events END,
       CASE r.status WHEN 'queued' THEN 0 ELSE :events * 7 END, 1, r.at, CASE WHEN r.status <> 'queued' THEN r.at END,
       CASE WHEN r.status IN ('succeeded', 'failed') THEN r.at + interval '9 minutes' END
FROM run_numbers r JOIN task_numbers t ON t.n = r.task;
INSERT INTO run_patches (run_id, tenant_id, patch)
SELECT id, tenant_id, convert_to(repeat('+    a line of a change' || n, 20), 'UTF8') FROM run_numbers WHERE status = 'succeeded' AND n % 10 = 0;
INSERT INTO usage (run_id, fence, call, tenant_id, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
                   calls, cost_usd, created_at)
SELECT id, 1, c, tenant_id, 4500, 350, 0, 0, 0, 1, 0.02, at FROM run_numbers, generate_series(1, 2) c;

-- Run by run, as they come: seven lines of log in most.
INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, line_number, line_count, data, created_at)
SELECT r.id, e, r.tenant_id, 1, CASE WHEN e = 2 THEN 'context' WHEN e % 5 = 0 THEN 'turn' ELSE 'log' END, (e - 1) * 7,
       CASE WHEN e = 2 OR e % 5 = 0 THEN 0 ELSE 7 END,
       CASE WHEN e = 2 OR e % 5 = 0 THEN '{"turn": 1, "what": "' || md5(r.n::text) || '"}'
            ELSE repeat(md5((r.n + e)::text) || ' read the parser and its tests' || E'\n', 6) || 'done' END, r.at + e * interval '1 second'
FROM run_numbers r, generate_series(1, :events) e WHERE r.status <> 'queued';

-- Jobs are kept for two months; some died.
INSERT INTO jobs (id, tenant_id, queue, kind, run_id, line_id, status, priority, not_before, fence, owner, lease_until, max_tries, created_at,
                  finished_at)
SELECT id, tenant_id, 'agent', 'run', id, id,
       CASE status WHEN 'queued' THEN 'pending' WHEN 'running' THEN 'leased' WHEN 'failed' THEN 'dead' ELSE 'succeeded' END, n % 3, at,
       CASE status WHEN 'queued' THEN 0 ELSE 1 END, CASE status WHEN 'running' THEN 'worker-' || n % 8 END,
       CASE status WHEN 'running' THEN now() + interval '1 day' END, 3, at,
       CASE WHEN status IN ('succeeded', 'failed') THEN at + interval '9 minutes' END
FROM run_numbers WHERE at > now() - interval '60 days' OR (status = 'failed' AND n % 50 = 0) OR status IN ('queued', 'running');
INSERT INTO workers (id, host, pid, concurrency, started_at, seen_at) SELECT 'worker-' || n, 'host-' || n, n, 8, now(), now() FROM generate_series(0, 7) n;

INSERT INTO prs (id, tenant_id, task_id, number, url, branch, title, latest_commit, run_id, status, created_at, updated_at, checked_at)
SELECT t.id, t.tenant_id, t.id, t.n % 10000, 'https://example.org/pull/' || t.n, 'dursor/' || t.n, 'A limit', md5(t.n::text),
       pg_temp.v7(t.at + interval '1 minute', t.n * 4 + 1), CASE WHEN t.n % 30 = 0 THEN 'open' ELSE 'merged' END, t.at, t.at, t.at
FROM task_numbers t WHERE t.n % 3 = 0;
INSERT INTO ci_checks (id, tenant_id, task_id, pr_id, status, sha, created_at, updated_at)
SELECT id, tenant_id, task_id, id, 'success', latest_commit, created_at, created_at FROM prs;
INSERT INTO intents (tenant_id, key, kind, status, created_at, updated_at)
SELECT tenant_id, 'pull:' || id, 'pull', 'done', created_at, created_at FROM prs;
INSERT INTO reviews (id, tenant_id, task_id, target_run_ids, executor_type, status, created_at)
SELECT id, tenant_id, id, jsonb_build_array(id), 'codex_cli', 'succeeded', at FROM task_numbers WHERE n % 5 = 0;
INSERT INTO review_feedbacks (id, tenant_id, review_id, position, file_path, severity, category, title, description)
SELECT gen_random_uuid(), tenant_id, id, p, 'src/a.c', 'low', 'bug', 'A title', 'A description' FROM reviews, generate_series(1, 3) p;
INSERT INTO backlog_items (id, tenant_id, repo_id, title, task_id, created_at, updated_at)
SELECT t.id, t.tenant_id, k.repo_id, 'Later', t.id, t.at, t.at FROM task_numbers t JOIN tasks k ON k.id = t.id WHERE t.n % 4 = 0;
INSERT INTO agentic_runs (id, tenant_id, task_id, mode, phase, started_at, last_activity)
SELECT left(md5(n::text), 8) || n, tenant_id, id, 'auto', 'done', at, at FROM task_numbers WHERE n % 10 = 0;
INSERT INTO breakdowns (id, tenant_id, repo_id, executor_type, status, original_content, created_at)
SELECT t.id, t.tenant_id, k.repo_id, 'codex_cli', 'succeeded', 'Split it', t.at FROM task_numbers t JOIN tasks k ON k.id = t.id WHERE t.n % 20 = 0;
INSERT INTO shares (id, tenant_id, run_id, token_hash, expires_at, created_at)
SELECT id, tenant_id, id, md5(id::text) || md5(n::text), at + interval '30 days', at FROM run_numbers WHERE n % 4 = 0;
INSERT INTO webhook_deliveries (id, event, received_at)
SELECT gen_random_uuid(), 'check_run', now() - n * interval '40 days' / (:runs / 4) FROM generate_series(1, :runs / 4) n;
INSERT INTO idempotency_keys (tenant_id, user_id, key, request_hash, status, body, expires_at)
SELECT tenant_id, 'u1', id, md5(id::text), 201, '{}', now() + interval '1 day' FROM run_numbers WHERE n > :runs - :runs / 50;
INSERT INTO users (tenant_id, id, name, role, created_at) SELECT 'tenant-' || n % 20, 'u' || n, 'User', 'developer', now() FROM generate_series(1, 2000) n;
INSERT INTO user_preferences (tenant_id, user_id, created_at, updated_at) SELECT tenant_id, id, now(), now() FROM users WHERE id <> 'local';
INSERT INTO model_profiles (id, tenant_id, provider, model_name, created_at) SELECT gen_random_uuid(), 'tenant-' || n % 20, 'openai', 'm', now() FROM generate_series(1, 4000) n;
-- Changes are kept for two hours.
INSERT INTO changes (tenant_id, kind, id, task_id, run_id, at)
SELECT tenant_id, 'run', id, task_id, id, now() - random() * interval '2 hours' FROM run_numbers WHERE n > :runs - :runs / 50;
INSERT INTO task_counts (tenant_id, repo_id, kanban_status, latest_pr_status, started, count)
SELECT tenant_id, repo_id, kanban_status, coalesce(latest_pr_status, ''), run_count > 0, count(*) FROM tasks GROUP BY 1, 2, 3, 4, 5;
SET session_replication_role = origin;
VACUUM (ANALYZE);
