-- The first schema. Its twin is 0001_first.sqlite.sql: same tables, columns, indexes and names.

-- Who does what. The owner of the tables migrates them; row-level security binds it like everybody.
-- dursor_app serves requests of one tenant, dursor_system has jobs, leases and schedules of all,
-- dursor_scale reads how long the queues are. The user that the service connects as is a member of the
-- first two and takes one of them in each transaction.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['dursor_app', 'dursor_system', 'dursor_scale'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this server is being migrated as well
        END;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), wanted);
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['dursor_app', 'dursor_system'] LOOP
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user);
        END IF;
    END LOOP;
END
$$;

-- The three functions that statements use on both databases.
CREATE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT statement_timestamp() $$;

CREATE FUNCTION db_later(at timestamptz, us bigint) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT at + us * interval '1 microsecond' $$;

CREATE FUNCTION db_us(later timestamptz, earlier timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM later - earlier) * 1000000)::bigint $$;

CREATE TABLE tenants (
    id text PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE users (
    tenant_id text NOT NULL REFERENCES tenants,
    id text NOT NULL,
    name text NOT NULL,
    email text,
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

INSERT INTO tenants (id, name, created_at)
VALUES ('local', 'This machine', db_now()), ('system', 'The service itself', db_now());
INSERT INTO users (tenant_id, id, name, role, created_at) VALUES ('local', 'local', 'You', 'admin', db_now());

CREATE TABLE model_profiles (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants,
    provider text NOT NULL,
    model_name text NOT NULL,
    display_name text,
    base_url text,
    api_key_sealed bytea,
    created_at timestamptz NOT NULL
);
CREATE INDEX model_profiles_newest ON model_profiles (tenant_id, created_at, id);

CREATE TABLE repos (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants,
    repo_url text NOT NULL,
    default_branch text NOT NULL,
    selected_branch text,
    latest_commit text NOT NULL,
    workspace_path text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX repos_url ON repos (tenant_id, repo_url);
CREATE INDEX repos_newest ON repos (tenant_id, created_at, id);

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    repo_id uuid NOT NULL REFERENCES repos,
    title text,
    kanban_status text NOT NULL DEFAULT 'backlog' CHECK (kanban_status IN ('backlog', 'todo', 'archived')),
    coding_mode text NOT NULL DEFAULT 'interactive',
    run_count bigint NOT NULL DEFAULT 0, -- numbers its runs
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX tasks_updated ON tasks (tenant_id, updated_at, id);
CREATE INDEX tasks_of_repo ON tasks (repo_id, updated_at, id);

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    role text NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX messages_of_task ON messages (task_id, created_at, id);

CREATE TABLE lines (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    repo_id uuid NOT NULL REFERENCES repos,
    executor_type text NOT NULL,
    model_key text NOT NULL,
    branch text NOT NULL,
    base_ref text,
    base_commit text,
    head_commit text,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX lines_key ON lines (task_id, executor_type, model_key);
CREATE UNIQUE INDEX lines_branch ON lines (repo_id, branch);

CREATE TABLE runs (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks ON DELETE CASCADE,
    number bigint NOT NULL, -- within the task, in the order of commits
    message_id uuid REFERENCES messages ON DELETE CASCADE,
    line_id uuid REFERENCES lines ON DELETE CASCADE,
    model_id text,
    model_name text,
    provider text,
    executor_type text NOT NULL DEFAULT 'patch_agent',
    working_branch text,
    worktree_path text,
    session_id text,
    instruction text NOT NULL,
    base_ref text,
    base_commit text,
    commit_sha text,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
    phase text,
    summary text,
    files_changed jsonb,
    files_count bigint NOT NULL DEFAULT 0,
    added_lines bigint NOT NULL DEFAULT 0,
    removed_lines bigint NOT NULL DEFAULT 0,
    warnings jsonb,
    error text,
    error_kind text,
    error_code text,
    retry_of uuid,
    max_cost_usd double precision,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cache_read_tokens bigint NOT NULL DEFAULT 0,
    cache_write_tokens bigint NOT NULL DEFAULT 0,
    reasoning_tokens bigint NOT NULL DEFAULT 0,
    calls bigint NOT NULL DEFAULT 0,
    cost_usd double precision,
    event_seq bigint NOT NULL DEFAULT 0,
    log_lines bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0, -- of its job: who may write
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    completed_at timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX runs_of_task ON runs (task_id, number);
CREATE INDEX runs_status ON runs (task_id, status);
CREATE INDEX runs_of_message ON runs (message_id);
CREATE INDEX runs_of_line ON runs (line_id);

-- Apart from the runs, so that lists of them stay small.
CREATE TABLE run_patches (
    run_id uuid PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    tenant_id text NOT NULL,
    patch bytea NOT NULL
);

CREATE TABLE run_events (
    run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
    seq bigint NOT NULL,
    tenant_id text NOT NULL,
    fence bigint NOT NULL,
    kind text NOT NULL,
    line_number bigint NOT NULL DEFAULT 0,
    line_count bigint NOT NULL DEFAULT 0,
    data text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, seq)
) PARTITION BY RANGE (run_id);
-- By month, so that old events go with their partition: ids of version 7 begin with their time. Rows
-- taken over, with ids of other versions, live in the rest.
CREATE TABLE run_events_rest PARTITION OF run_events DEFAULT;

-- Makes the partitions of this month and the following ones; gives how many are new. A month that has
-- rows in the rest already stays there.
CREATE FUNCTION run_events_partitions(months integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    month timestamptz;
    made bigint := 0;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('run_events_partitions'));
    FOR n IN 0..months LOOP
        month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => n);
        name := 'run_events_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I PARTITION OF run_events FOR VALUES FROM (%L) TO (%L)', name,
                           run_events_bound(month), run_events_bound(month + interval '1 month'));
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'events of % stay in run_events_rest', name;
        END;
    END LOOP;
    RETURN made;
END
$$;

-- The least id of version 7 made at that time.
CREATE FUNCTION run_events_bound(at timestamptz) RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

REVOKE EXECUTE ON FUNCTION run_events_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION run_events_partitions TO dursor_system;

CREATE INDEX run_events_log ON run_events (run_id, line_number) WHERE kind = 'log';

CREATE TABLE usage (
    run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
    fence bigint NOT NULL,
    call bigint NOT NULL,
    tenant_id text NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cache_read_tokens bigint NOT NULL,
    cache_write_tokens bigint NOT NULL,
    reasoning_tokens bigint NOT NULL,
    calls bigint NOT NULL,
    cost_usd double precision,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, fence, call)
);

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL,
    queue text NOT NULL,
    kind text NOT NULL,
    run_id uuid REFERENCES runs ON DELETE CASCADE,
    line_id uuid,
    pool text NOT NULL DEFAULT '', -- '': any worker's
    args jsonb,
    checkpoint jsonb,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'leased', 'succeeded', 'dead', 'canceled')),
    priority bigint NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9),
    not_before timestamptz NOT NULL,
    fence bigint NOT NULL DEFAULT 0,
    owner text,
    lease_until timestamptz,
    tries bigint NOT NULL DEFAULT 0,
    returns bigint NOT NULL DEFAULT 0,
    losses bigint NOT NULL DEFAULT 0,
    max_tries bigint NOT NULL,
    cancel_asked boolean NOT NULL DEFAULT false,
    error text,
    error_kind text,
    unique_key text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK ((status = 'leased') = (owner IS NOT NULL AND lease_until IS NOT NULL))
) WITH (fillfactor = 70);
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
    tenant_id text NOT NULL,
    user_id text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    status bigint NOT NULL, -- 0 while the first request is under way
    body text,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, key)
);
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);

-- Of the system, not of a tenant.
CREATE TABLE workers (
    id text PRIMARY KEY,
    host text NOT NULL,
    pid bigint NOT NULL,
    lock_path text,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
);

CREATE TABLE cluster (
    id bigint PRIMARY KEY CHECK (id = 1),
    epoch bigint NOT NULL
);
INSERT INTO cluster (id, epoch) VALUES (1, 1);

-- The scale signal: what waits for a worker or has one, per queue.
CREATE VIEW queue_depth WITH (security_invoker = true) AS
SELECT queue,
       count(*) FILTER (WHERE status = 'pending') AS due,
       count(*) FILTER (WHERE status = 'leased') AS leased,
       count(*) AS depth
FROM jobs
WHERE status = 'leased' OR (status = 'pending' AND not_before <= db_now())
GROUP BY queue;

-- The rows of a tenant are for that tenant only, whoever owns the tables.
DO $$
DECLARE
    owned text;
BEGIN
    FOREACH owned IN ARRAY ARRAY['users', 'model_profiles', 'repos', 'tasks', 'messages', 'lines', 'runs', 'run_patches',
                                 'run_events', 'run_events_rest', 'usage', 'jobs', 'idempotency_keys', 'tenants'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO dursor_app USING (%I = nullif(current_setting(%L, true), %L))',
                       owned, CASE owned WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END, 'dursor.tenant', '');
        EXECUTE format('CREATE POLICY of_system ON %I TO dursor_system USING (true)', owned);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO dursor_app, dursor_system', owned);
    END LOOP;
END
$$;
REVOKE INSERT, UPDATE, DELETE ON tenants FROM dursor_app;
REVOKE ALL ON run_events_rest FROM dursor_app, dursor_system; -- through run_events only

GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO dursor_system;
GRANT SELECT ON cluster TO dursor_app, dursor_system;

GRANT SELECT ON queue_depth TO dursor_app, dursor_system, dursor_scale;
GRANT SELECT (queue, status, not_before) ON jobs TO dursor_scale;
CREATE POLICY of_scale ON jobs FOR SELECT TO dursor_scale USING (true);

SELECT run_events_partitions(3);
