-- What changed, for those who watch: written by triggers, so that no writer can forget it. Its twin is
-- 0005_changes.sqlite.sql.

-- Rows are only added, each under its own transaction: no two writers wait for each other here, and a
-- snapshot taken at one reading tells exactly which transactions the next one has not seen, in whatever
-- order they committed. Old rows are pruned.
CREATE TABLE changes (
    tenant_id text NOT NULL,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    id text NOT NULL,
    task_id uuid,
    run_id uuid,
    at timestamptz NOT NULL DEFAULT db_now(),
    PRIMARY KEY (tenant_id, tx, kind, id)
);
CREATE INDEX changes_old ON changes (at);

-- What is known by its own id; the argument is the kind.
CREATE FUNCTION change_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changes (tenant_id, kind, id) VALUES (OLD.tenant_id, TG_ARGV[0], OLD.id) ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, TG_ARGV[0], NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION change_of_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (OLD.tenant_id, 'task', OLD.id, OLD.id)
        ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.id, NEW.id)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION change_within_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE FUNCTION change_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (tenant_id, kind, id, task_id, run_id) VALUES (NEW.tenant_id, 'run', NEW.id, NEW.task_id, NEW.id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE FUNCTION change_of_preferences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'preferences', NEW.user_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER changes_tasks AFTER INSERT OR DELETE OR UPDATE OF title, kanban_status, coding_mode ON tasks
FOR EACH ROW EXECUTE FUNCTION change_of_task();
CREATE TRIGGER changes_messages AFTER INSERT OR UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION change_within_task();
-- Not for its events, which come often: whoever watches looks at the counters of running runs.
CREATE TRIGGER changes_runs_new AFTER INSERT ON runs FOR EACH ROW EXECUTE FUNCTION change_of_run();
CREATE TRIGGER changes_runs AFTER UPDATE OF status ON runs
FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION change_of_run();
-- checked_at alone is no news.
CREATE TRIGGER changes_prs_new AFTER INSERT ON prs FOR EACH ROW EXECUTE FUNCTION change_within_task();
CREATE TRIGGER changes_prs AFTER UPDATE OF updated_at ON prs FOR EACH ROW EXECUTE FUNCTION change_within_task();
CREATE TRIGGER changes_ci_checks AFTER INSERT OR UPDATE ON ci_checks FOR EACH ROW EXECUTE FUNCTION change_within_task();
CREATE TRIGGER changes_reviews AFTER INSERT OR UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION change_within_task();
CREATE TRIGGER changes_agentic_runs AFTER INSERT OR UPDATE ON agentic_runs
FOR EACH ROW EXECUTE FUNCTION change_within_task();
CREATE TRIGGER changes_repos AFTER INSERT OR UPDATE OR DELETE ON repos FOR EACH ROW EXECUTE FUNCTION change_of_row('repo');
CREATE TRIGGER changes_backlog_items AFTER INSERT OR UPDATE OR DELETE ON backlog_items
FOR EACH ROW EXECUTE FUNCTION change_of_row('backlog');
CREATE TRIGGER changes_model_profiles AFTER INSERT OR UPDATE OR DELETE ON model_profiles
FOR EACH ROW EXECUTE FUNCTION change_of_row('model');
CREATE TRIGGER changes_user_preferences AFTER INSERT OR UPDATE ON user_preferences
FOR EACH ROW EXECUTE FUNCTION change_of_preferences();
CREATE TRIGGER changes_jobs AFTER UPDATE OF status ON jobs
FOR EACH ROW WHEN (OLD.status = 'dead' OR NEW.status = 'dead') EXECUTE FUNCTION change_of_row('job');
CREATE TRIGGER changes_jobs_gone AFTER DELETE ON jobs
FOR EACH ROW WHEN (OLD.status = 'dead') EXECUTE FUNCTION change_of_row('job');

CREATE INDEX runs_running ON runs (tenant_id, started_at, id) WHERE status = 'running';

-- Jobs at once; absent for a command that works off its own jobs only.
ALTER TABLE workers ADD COLUMN concurrency bigint;

ALTER TABLE changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE changes FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON changes TO dursor_app USING (tenant_id = nullif(current_setting('dursor.tenant', true), ''));
CREATE POLICY of_system ON changes TO dursor_system USING (true);
GRANT SELECT, INSERT ON changes TO dursor_app;
GRANT SELECT, INSERT, DELETE ON changes TO dursor_system;
