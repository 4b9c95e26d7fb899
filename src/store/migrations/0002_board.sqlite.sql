-- The board, the backlog and what is kept beside runs: preferences, pull requests, reviews, checks.
-- Its twin is 0002_board.postgres.sql.

CREATE TABLE user_preferences (
    tenant_id TEXT NOT NULL REFERENCES tenants,
    user_id TEXT NOT NULL,
    default_repo_owner TEXT,
    default_repo_name TEXT,
    default_branch TEXT,
    default_branch_prefix TEXT,
    default_pr_creation_mode TEXT,
    default_coding_mode TEXT,
    auto_generate_pr_description INTEGER NOT NULL DEFAULT 0,
    enable_gating_status INTEGER NOT NULL DEFAULT 0,
    worktrees_dir TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) STRICT;

CREATE TABLE prs (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    branch TEXT NOT NULL,
    base TEXT,
    title TEXT NOT NULL,
    body TEXT,
    latest_commit TEXT NOT NULL,
    run_id TEXT REFERENCES runs ON DELETE SET NULL, -- whose result went into it last
    run_commit TEXT,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'merged', 'closed')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX prs_of_task ON prs (task_id, created_at, id);
CREATE INDEX prs_of_run ON prs (run_id);

CREATE TABLE ci_checks (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    pr_id TEXT NOT NULL REFERENCES prs ON DELETE CASCADE,
    status TEXT NOT NULL,
    workflow_run_id INTEGER,
    sha TEXT,
    jobs TEXT, -- JSON
    failed_jobs TEXT, -- JSON
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ci_checks_of_task ON ci_checks (task_id, created_at, id);
CREATE INDEX ci_checks_of_pr ON ci_checks (pr_id, created_at, id);

CREATE TABLE breakdowns (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    repo_id TEXT NOT NULL REFERENCES repos ON DELETE CASCADE,
    executor_type TEXT NOT NULL,
    status TEXT NOT NULL,
    original_content TEXT NOT NULL,
    context TEXT, -- JSON
    tasks TEXT, -- JSON
    summary TEXT,
    codebase_analysis TEXT, -- JSON
    logs TEXT, -- JSON
    error TEXT,
    created_at INTEGER NOT NULL,
    completed_at INTEGER
) STRICT;
CREATE INDEX breakdowns_of_repo ON breakdowns (repo_id);

CREATE TABLE backlog_items (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    repo_id TEXT NOT NULL REFERENCES repos,
    breakdown_id TEXT REFERENCES breakdowns ON DELETE SET NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    type TEXT NOT NULL DEFAULT 'feature',
    estimated_size TEXT NOT NULL DEFAULT 'medium',
    target_files TEXT, -- JSON
    implementation_hint TEXT,
    tags TEXT, -- JSON
    subtasks TEXT, -- JSON
    status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'ready', 'in_progress', 'done')),
    task_id TEXT REFERENCES tasks ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX backlog_items_newest ON backlog_items (tenant_id, created_at, id);
CREATE INDEX backlog_items_of_repo ON backlog_items (repo_id, created_at, id);
CREATE INDEX backlog_items_of_task ON backlog_items (task_id);
CREATE INDEX backlog_items_of_breakdown ON backlog_items (breakdown_id);

CREATE TABLE reviews (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    target_run_ids TEXT, -- JSON
    executor_type TEXT NOT NULL,
    model_id TEXT,
    model_name TEXT,
    status TEXT NOT NULL DEFAULT 'queued',
    overall_summary TEXT,
    overall_score REAL,
    logs TEXT, -- JSON
    error TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER
) STRICT;
CREATE INDEX reviews_of_task ON reviews (task_id, created_at, id);

CREATE TABLE review_feedbacks (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    review_id TEXT NOT NULL REFERENCES reviews ON DELETE CASCADE,
    position INTEGER NOT NULL DEFAULT 0, -- as the reviewer gave them
    file_path TEXT NOT NULL,
    line_start INTEGER,
    line_end INTEGER,
    severity TEXT NOT NULL,
    category TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    suggestion TEXT,
    code_snippet TEXT
) STRICT;
CREATE INDEX review_feedbacks_of_review ON review_feedbacks (review_id, severity);

CREATE TABLE agentic_runs (
    id TEXT PRIMARY KEY NOT NULL, -- 8 hex digits in rows taken over
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    mode TEXT NOT NULL,
    phase TEXT NOT NULL,
    iteration INTEGER NOT NULL DEFAULT 0,
    ci_iterations INTEGER NOT NULL DEFAULT 0,
    review_iterations INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    last_activity INTEGER NOT NULL,
    pr_number INTEGER,
    current_sha TEXT,
    last_ci_result TEXT, -- JSON
    last_review_score REAL,
    error TEXT,
    human_approved INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX agentic_runs_of_task ON agentic_runs (task_id, started_at, id);

CREATE TABLE agentic_audit_log (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    agentic_run_id TEXT NOT NULL REFERENCES agentic_runs ON DELETE CASCADE,
    timestamp INTEGER NOT NULL,
    phase TEXT NOT NULL,
    action TEXT NOT NULL,
    agent TEXT,
    input_summary TEXT,
    output_summary TEXT,
    duration_ms INTEGER,
    success INTEGER,
    error TEXT
) STRICT;
CREATE INDEX agentic_audit_log_of_task ON agentic_audit_log (task_id);
CREATE INDEX agentic_audit_log_of_run ON agentic_audit_log (agentic_run_id, timestamp);

-- The newest run of an executor in a task.
CREATE INDEX runs_of_executor ON runs (task_id, executor_type, number);

-- A task with what places it on the board (model/kanban.h).
CREATE VIEW task_rows AS
SELECT t.id, t.tenant_id, t.repo_id, t.title, t.kanban_status, t.coding_mode, t.run_count, t.created_at, t.updated_at,
       (SELECT count(*) FROM runs r WHERE r.task_id = t.id AND r.status = 'running') AS running_count,
       (SELECT count(*) FROM runs r WHERE r.task_id = t.id AND r.status IN ('succeeded', 'failed', 'canceled'))
           AS finished_count,
       (SELECT count(*) FROM prs p WHERE p.task_id = t.id) AS pr_count,
       (SELECT p.status FROM prs p WHERE p.task_id = t.id ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
           AS latest_pr_status,
       (SELECT c.status FROM ci_checks c
        WHERE c.pr_id = (SELECT p.id FROM prs p WHERE p.task_id = t.id ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
        ORDER BY c.created_at DESC, c.id DESC LIMIT 1) AS latest_ci_status
FROM tasks t;
