-- The board, the backlog and what is kept beside runs: preferences, pull requests, reviews, checks.
-- Its twin is 0002_board.sqlite.sql.

CREATE TABLE user_preferences (
    tenant_id text NOT NULL REFERENCES tenants,
    user_id text NOT NULL,
    default_repo_owner text,
    default_repo_name text,
    default_branch text,
    default_branch_prefix text,
    default_pr_creation_mode text,
    default_coding_mode text,
    auto_generate_pr_description boolean NOT NULL DEFAULT false,
    enable_gating_status boolean NOT NULL DEFAULT false,
    worktrees_dir text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE prs (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    number bigint NOT NULL,
    url text NOT NULL,
    branch text NOT NULL,
    base text,
    title text NOT NULL,
    body text,
    latest_commit text NOT NULL,
    run_id uuid REFERENCES runs ON DELETE SET NULL, -- whose result went into it last
    run_commit text,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'merged', 'closed')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX prs_of_task ON prs (task_id, created_at, id);
CREATE INDEX prs_of_run ON prs (run_id);

CREATE TABLE ci_checks (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    pr_id uuid NOT NULL REFERENCES prs ON DELETE CASCADE,
    status text NOT NULL,
    workflow_run_id bigint,
    sha text,
    jobs jsonb,
    failed_jobs jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ci_checks_of_task ON ci_checks (task_id, created_at, id);
CREATE INDEX ci_checks_of_pr ON ci_checks (pr_id, created_at, id);

CREATE TABLE breakdowns (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    repo_id uuid NOT NULL REFERENCES repos ON DELETE CASCADE,
    executor_type text NOT NULL,
    status text NOT NULL,
    original_content text NOT NULL,
    context jsonb,
    tasks jsonb,
    summary text,
    codebase_analysis jsonb,
    logs jsonb,
    error text,
    created_at timestamptz NOT NULL,
    completed_at timestamptz
);
CREATE INDEX breakdowns_of_repo ON breakdowns (repo_id);

CREATE TABLE backlog_items (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    repo_id uuid NOT NULL REFERENCES repos,
    breakdown_id uuid REFERENCES breakdowns ON DELETE SET NULL,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    type text NOT NULL DEFAULT 'feature',
    estimated_size text NOT NULL DEFAULT 'medium',
    target_files jsonb,
    implementation_hint text,
    tags jsonb,
    subtasks jsonb,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'ready', 'in_progress', 'done')),
    task_id uuid REFERENCES tasks ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX backlog_items_newest ON backlog_items (tenant_id, created_at, id);
CREATE INDEX backlog_items_of_repo ON backlog_items (repo_id, created_at, id);
CREATE INDEX backlog_items_of_task ON backlog_items (task_id);
CREATE INDEX backlog_items_of_breakdown ON backlog_items (breakdown_id);

CREATE TABLE reviews (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    target_run_ids jsonb,
    executor_type text NOT NULL,
    model_id text,
    model_name text,
    status text NOT NULL DEFAULT 'queued',
    overall_summary text,
    overall_score double precision,
    logs jsonb,
    error text,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    completed_at timestamptz
);
CREATE INDEX reviews_of_task ON reviews (task_id, created_at, id);

CREATE TABLE review_feedbacks (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    review_id uuid NOT NULL REFERENCES reviews ON DELETE CASCADE,
    position bigint NOT NULL DEFAULT 0, -- as the reviewer gave them
    file_path text NOT NULL,
    line_start bigint,
    line_end bigint,
    severity text NOT NULL,
    category text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    suggestion text,
    code_snippet text
);
CREATE INDEX review_feedbacks_of_review ON review_feedbacks (review_id, severity);

CREATE TABLE agentic_runs (
    id text PRIMARY KEY, -- 8 hex digits in rows taken over
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    mode text NOT NULL,
    phase text NOT NULL,
    iteration bigint NOT NULL DEFAULT 0,
    ci_iterations bigint NOT NULL DEFAULT 0,
    review_iterations bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    last_activity timestamptz NOT NULL,
    pr_number bigint,
    current_sha text,
    last_ci_result jsonb,
    last_review_score double precision,
    error text,
    human_approved boolean NOT NULL DEFAULT false
);
CREATE INDEX agentic_runs_of_task ON agentic_runs (task_id, started_at, id);

CREATE TABLE agentic_audit_log (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    agentic_run_id text NOT NULL REFERENCES agentic_runs ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    phase text NOT NULL,
    action text NOT NULL,
    agent text,
    input_summary text,
    output_summary text,
    duration_ms bigint,
    success boolean,
    error text
);
CREATE INDEX agentic_audit_log_of_task ON agentic_audit_log (task_id);
CREATE INDEX agentic_audit_log_of_run ON agentic_audit_log (agentic_run_id, timestamp);

-- The newest run of an executor in a task.
CREATE INDEX runs_of_executor ON runs (task_id, executor_type, number);

-- A task with what places it on the board (model/kanban.h).
CREATE VIEW task_rows WITH (security_invoker = true) AS
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

DO $$
DECLARE
    owned text;
BEGIN
    FOREACH owned IN ARRAY ARRAY['user_preferences', 'prs', 'ci_checks', 'breakdowns', 'backlog_items', 'reviews',
                                 'review_feedbacks', 'agentic_runs', 'agentic_audit_log'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO dursor_app USING (tenant_id = nullif(current_setting(%L, true), %L))',
                       owned, 'dursor.tenant', '');
        EXECUTE format('CREATE POLICY of_system ON %I TO dursor_system USING (true)', owned);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO dursor_app, dursor_system', owned);
    END LOOP;
END
$$;
GRANT SELECT ON task_rows TO dursor_app, dursor_system;
