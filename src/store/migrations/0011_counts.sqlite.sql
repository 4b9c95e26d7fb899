-- How many tasks stand where, kept as they change, so that a board need not count them. Its twin is
-- 0011_counts.postgres.sql.

CREATE TABLE task_counts (
    tenant_id TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
    repo_id TEXT NOT NULL,
    kanban_status TEXT NOT NULL,
    latest_pr_status TEXT NOT NULL, -- '' without a pull request
    started INTEGER NOT NULL,       -- it has runs
    count INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, repo_id, kanban_status, latest_pr_status, started)
) STRICT, WITHOUT ROWID;

INSERT INTO task_counts (tenant_id, repo_id, kanban_status, latest_pr_status, started, count)
SELECT tenant_id, repo_id, kanban_status, COALESCE(latest_pr_status, ''), run_count > 0, count(*)
FROM tasks GROUP BY 1, 2, 3, 4, 5;

CREATE TRIGGER counted_tasks_new AFTER INSERT ON tasks
BEGIN
    INSERT INTO task_counts
    VALUES (NEW.tenant_id, NEW.repo_id, NEW.kanban_status, COALESCE(NEW.latest_pr_status, ''), NEW.run_count > 0, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER counted_tasks_gone AFTER DELETE ON tasks
BEGIN
    INSERT INTO task_counts
    VALUES (OLD.tenant_id, OLD.repo_id, OLD.kanban_status, COALESCE(OLD.latest_pr_status, ''), OLD.run_count > 0, -1)
    ON CONFLICT DO UPDATE SET count = count - 1;
END;

CREATE TRIGGER counted_tasks_moved AFTER UPDATE OF repo_id, kanban_status, latest_pr_status, run_count ON tasks
WHEN OLD.repo_id <> NEW.repo_id OR OLD.kanban_status <> NEW.kanban_status
     OR OLD.latest_pr_status IS NOT NEW.latest_pr_status OR (OLD.run_count > 0) <> (NEW.run_count > 0)
BEGIN
    INSERT INTO task_counts
    VALUES (OLD.tenant_id, OLD.repo_id, OLD.kanban_status, COALESCE(OLD.latest_pr_status, ''), OLD.run_count > 0, -1)
    ON CONFLICT DO UPDATE SET count = count - 1;
    INSERT INTO task_counts
    VALUES (NEW.tenant_id, NEW.repo_id, NEW.kanban_status, COALESCE(NEW.latest_pr_status, ''), NEW.run_count > 0, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;

-- Nothing is counted by it any more; tasks whose pull requests wait for their checks are found by the other.
DROP INDEX tasks_standing;
CREATE INDEX tasks_pull_open ON tasks (tenant_id, repo_id) WHERE latest_pr_status = 'open';
