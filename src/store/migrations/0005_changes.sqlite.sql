-- What changed, for those who watch: written by triggers, so that no writer can forget it. Its twin is
-- 0005_changes.postgres.sql.

-- One row for each thing, with a new position at each change: there is one writer, so positions are in
-- the order of commits.
CREATE TABLE changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    task_id TEXT,
    run_id TEXT,
    at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER))
) STRICT;
CREATE UNIQUE INDEX changes_of ON changes (tenant_id, kind, id);
CREATE INDEX changes_old ON changes (at);

-- Deleted and inserted, not replaced: a trigger takes over the conflict clause of the statement that
-- fires it.

CREATE TRIGGER changes_tasks_new AFTER INSERT ON tasks
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.id, NEW.id);
END;

CREATE TRIGGER changes_tasks AFTER UPDATE OF title, kanban_status, coding_mode ON tasks
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.id, NEW.id);
END;

CREATE TRIGGER changes_tasks_gone AFTER DELETE ON tasks
BEGIN
    DELETE FROM changes WHERE tenant_id = OLD.tenant_id AND kind = 'task' AND id = OLD.id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (OLD.tenant_id, 'task', OLD.id, OLD.id);
END;

CREATE TRIGGER changes_messages_new AFTER INSERT ON messages
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_messages AFTER UPDATE ON messages
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

-- Not for its events, which come often: whoever watches looks at the counters of running runs.

CREATE TRIGGER changes_runs_new AFTER INSERT ON runs
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'run' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id, task_id, run_id) VALUES (NEW.tenant_id, 'run', NEW.id, NEW.task_id, NEW.id);
END;

CREATE TRIGGER changes_runs AFTER UPDATE OF status ON runs WHEN OLD.status <> NEW.status
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'run' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id, task_id, run_id) VALUES (NEW.tenant_id, 'run', NEW.id, NEW.task_id, NEW.id);
END;

-- checked_at alone is no news.

CREATE TRIGGER changes_prs_new AFTER INSERT ON prs
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_prs AFTER UPDATE OF updated_at ON prs
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_ci_checks_new AFTER INSERT ON ci_checks
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_ci_checks AFTER UPDATE ON ci_checks
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_reviews_new AFTER INSERT ON reviews
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_reviews AFTER UPDATE ON reviews
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_agentic_runs_new AFTER INSERT ON agentic_runs
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_agentic_runs AFTER UPDATE ON agentic_runs
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'task' AND id = NEW.task_id;
    INSERT INTO changes (tenant_id, kind, id, task_id) VALUES (NEW.tenant_id, 'task', NEW.task_id, NEW.task_id);
END;

CREATE TRIGGER changes_repos_new AFTER INSERT ON repos
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'repo' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'repo', NEW.id);
END;

CREATE TRIGGER changes_repos AFTER UPDATE ON repos
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'repo' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'repo', NEW.id);
END;

CREATE TRIGGER changes_repos_gone AFTER DELETE ON repos
BEGIN
    DELETE FROM changes WHERE tenant_id = OLD.tenant_id AND kind = 'repo' AND id = OLD.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (OLD.tenant_id, 'repo', OLD.id);
END;

CREATE TRIGGER changes_backlog_items_new AFTER INSERT ON backlog_items
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'backlog' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'backlog', NEW.id);
END;

CREATE TRIGGER changes_backlog_items AFTER UPDATE ON backlog_items
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'backlog' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'backlog', NEW.id);
END;

CREATE TRIGGER changes_backlog_items_gone AFTER DELETE ON backlog_items
BEGIN
    DELETE FROM changes WHERE tenant_id = OLD.tenant_id AND kind = 'backlog' AND id = OLD.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (OLD.tenant_id, 'backlog', OLD.id);
END;

CREATE TRIGGER changes_model_profiles_new AFTER INSERT ON model_profiles
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'model' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'model', NEW.id);
END;

CREATE TRIGGER changes_model_profiles AFTER UPDATE ON model_profiles
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'model' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'model', NEW.id);
END;

CREATE TRIGGER changes_model_profiles_gone AFTER DELETE ON model_profiles
BEGIN
    DELETE FROM changes WHERE tenant_id = OLD.tenant_id AND kind = 'model' AND id = OLD.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (OLD.tenant_id, 'model', OLD.id);
END;

CREATE TRIGGER changes_user_preferences_new AFTER INSERT ON user_preferences
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'preferences' AND id = NEW.user_id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'preferences', NEW.user_id);
END;

CREATE TRIGGER changes_user_preferences AFTER UPDATE ON user_preferences
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'preferences' AND id = NEW.user_id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'preferences', NEW.user_id);
END;

CREATE TRIGGER changes_jobs AFTER UPDATE OF status ON jobs WHEN OLD.status = 'dead' OR NEW.status = 'dead'
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'job' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'job', NEW.id);
END;

CREATE TRIGGER changes_jobs_gone AFTER DELETE ON jobs WHEN OLD.status = 'dead'
BEGIN
    DELETE FROM changes WHERE tenant_id = OLD.tenant_id AND kind = 'job' AND id = OLD.id;
    INSERT INTO changes (tenant_id, kind, id) VALUES (OLD.tenant_id, 'job', OLD.id);
END;

CREATE INDEX runs_running ON runs (tenant_id, started_at, id) WHERE status = 'running';

-- Jobs at once; absent for a command that works off its own jobs only.
ALTER TABLE workers ADD COLUMN concurrency INTEGER;
