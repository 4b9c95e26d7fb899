-- The first schema. Times are microseconds since 1970 UTC, booleans 0 and 1, JSON and ids text.
-- Its twin is 0001_first.postgres.sql: same tables, columns, indexes and names.

CREATE TABLE tenants (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    tenant_id TEXT NOT NULL REFERENCES tenants,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;

INSERT INTO tenants (id, name, created_at)
VALUES ('local', 'This machine', db_now()), ('system', 'The service itself', db_now());
INSERT INTO users (tenant_id, id, name, role, created_at) VALUES ('local', 'local', 'You', 'admin', db_now());

CREATE TABLE model_profiles (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants,
    provider TEXT NOT NULL,
    model_name TEXT NOT NULL,
    display_name TEXT,
    base_url TEXT,
    api_key_sealed BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX model_profiles_newest ON model_profiles (tenant_id, created_at, id);

CREATE TABLE repos (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants,
    repo_url TEXT NOT NULL,
    default_branch TEXT NOT NULL,
    selected_branch TEXT,
    latest_commit TEXT NOT NULL,
    workspace_path TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX repos_url ON repos (tenant_id, repo_url);
CREATE INDEX repos_newest ON repos (tenant_id, created_at, id);

CREATE TABLE tasks (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    repo_id TEXT NOT NULL REFERENCES repos,
    title TEXT,
    kanban_status TEXT NOT NULL DEFAULT 'backlog' CHECK (kanban_status IN ('backlog', 'todo', 'archived')),
    coding_mode TEXT NOT NULL DEFAULT 'interactive',
    run_count INTEGER NOT NULL DEFAULT 0, -- numbers its runs
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tasks_updated ON tasks (tenant_id, updated_at, id);
CREATE INDEX tasks_of_repo ON tasks (repo_id, updated_at, id);

CREATE TABLE messages (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_of_task ON messages (task_id, created_at, id);

CREATE TABLE lines (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    repo_id TEXT NOT NULL REFERENCES repos,
    executor_type TEXT NOT NULL,
    model_key TEXT NOT NULL,
    branch TEXT NOT NULL,
    base_ref TEXT,
    base_commit TEXT,
    head_commit TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lines_key ON lines (task_id, executor_type, model_key);
CREATE UNIQUE INDEX lines_branch ON lines (repo_id, branch);

CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    number INTEGER NOT NULL, -- within the task, in the order of commits
    message_id TEXT REFERENCES messages ON DELETE CASCADE,
    line_id TEXT REFERENCES lines ON DELETE CASCADE,
    model_id TEXT,
    model_name TEXT,
    provider TEXT,
    executor_type TEXT NOT NULL DEFAULT 'patch_agent',
    working_branch TEXT,
    worktree_path TEXT,
    session_id TEXT,
    instruction TEXT NOT NULL,
    base_ref TEXT,
    base_commit TEXT,
    commit_sha TEXT,
    status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
    phase TEXT,
    summary TEXT,
    files_changed TEXT, -- JSON
    files_count INTEGER NOT NULL DEFAULT 0,
    added_lines INTEGER NOT NULL DEFAULT 0,
    removed_lines INTEGER NOT NULL DEFAULT 0,
    warnings TEXT, -- JSON
    error TEXT,
    error_kind TEXT,
    error_code TEXT,
    retry_of TEXT,
    max_cost_usd REAL,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL,
    event_seq INTEGER NOT NULL DEFAULT 0,
    log_lines INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0, -- of its job: who may write
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX runs_of_task ON runs (task_id, number);
CREATE INDEX runs_status ON runs (task_id, status);
CREATE INDEX runs_of_message ON runs (message_id);
CREATE INDEX runs_of_line ON runs (line_id);

-- Apart from the runs, so that lists of them stay small.
CREATE TABLE run_patches (
    run_id TEXT PRIMARY KEY NOT NULL REFERENCES runs ON DELETE CASCADE,
    tenant_id TEXT NOT NULL,
    patch BLOB NOT NULL
) STRICT;

CREATE TABLE run_events (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    fence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    line_number INTEGER NOT NULL DEFAULT 0,
    line_count INTEGER NOT NULL DEFAULT 0,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT;
CREATE INDEX run_events_log ON run_events (run_id, line_number) WHERE kind = 'log';

CREATE TABLE usage (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    fence INTEGER NOT NULL,
    call INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    cost_usd REAL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, fence, call)
) STRICT;

CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    queue TEXT NOT NULL,
    kind TEXT NOT NULL,
    run_id TEXT REFERENCES runs ON DELETE CASCADE,
    line_id TEXT,
    pool TEXT NOT NULL DEFAULT '', -- '': any worker's
    args TEXT, -- JSON
    checkpoint TEXT, -- JSON
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'leased', 'succeeded', 'dead', 'canceled')),
    priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9),
    not_before INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    returns INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0,
    max_tries INTEGER NOT NULL,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    error_kind TEXT,
    unique_key TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    CHECK ((status = 'leased') = (owner IS NOT NULL AND lease_until IS NOT NULL))
) STRICT;
CREATE INDEX jobs_claim ON jobs (queue, pool, priority, not_before, id) WHERE status = 'pending';
CREATE INDEX jobs_lease ON jobs (lease_until) WHERE status = 'leased';
CREATE INDEX jobs_owner ON jobs (owner) WHERE status = 'leased';
CREATE INDEX jobs_line ON jobs (line_id, created_at, id) WHERE status IN ('pending', 'leased');
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE status IN ('succeeded', 'canceled');
CREATE INDEX jobs_pool ON jobs (pool) WHERE status IN ('pending', 'leased') AND pool <> '';
CREATE INDEX jobs_dead ON jobs (tenant_id, finished_at, id) WHERE status = 'dead';
-- One job a run; one unfinished job a key; never two leases of one line.
CREATE UNIQUE INDEX jobs_run ON jobs (run_id);
CREATE UNIQUE INDEX jobs_unique ON jobs (tenant_id, unique_key) WHERE status IN ('pending', 'leased');
CREATE UNIQUE INDEX jobs_line_lease ON jobs (line_id) WHERE status = 'leased';

CREATE TABLE idempotency_keys (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL, -- 0 while the first request is under way
    body TEXT,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id, key)
) STRICT;
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);

-- Of the system, not of a tenant.
CREATE TABLE workers (
    id TEXT PRIMARY KEY NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    lock_path TEXT,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cluster (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO cluster (id, epoch) VALUES (1, 1);

-- The scale signal: what waits for a worker or has one, per queue.
CREATE VIEW queue_depth AS
SELECT queue,
       count(*) FILTER (WHERE status = 'pending') AS due,
       count(*) FILTER (WHERE status = 'leased') AS leased,
       count(*) AS depth
FROM jobs
WHERE status = 'leased' OR (status = 'pending' AND not_before <= db_now())
GROUP BY queue;
