-- How many tasks stand where, kept as they change, so that a board need not count them. Its twin is
-- 0011_counts.sqlite.sql.

-- Rows of one place are added up: a change adds a row and waits for nobody, and the sweep makes one of them.
CREATE TABLE task_counts (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    repo_id uuid NOT NULL,
    kanban_status text NOT NULL,
    latest_pr_status text NOT NULL, -- '' without a pull request
    started boolean NOT NULL,       -- it has runs
    count bigint NOT NULL
);
CREATE INDEX task_counts_of_repo ON task_counts (tenant_id, repo_id);

ALTER TABLE task_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON task_counts TO dursor_app
USING (tenant_id = nullif(current_setting('dursor.tenant', true), ''));
CREATE POLICY of_system ON task_counts TO dursor_system USING (true);
GRANT SELECT, INSERT, DELETE ON task_counts TO dursor_app, dursor_system;

CREATE FUNCTION task_counted(t tasks, by integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO task_counts (tenant_id, repo_id, kanban_status, latest_pr_status, started, count)
    VALUES (t.tenant_id, t.repo_id, t.kanban_status, COALESCE(t.latest_pr_status, ''), t.run_count > 0, by)
$$;
CREATE FUNCTION count_of_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM task_counted(OLD, -1);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM task_counted(NEW, 1);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER counted_tasks AFTER INSERT OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION count_of_tasks();
CREATE TRIGGER counted_tasks_moved AFTER UPDATE OF repo_id, kanban_status, latest_pr_status, run_count ON tasks
FOR EACH ROW WHEN (OLD.repo_id <> NEW.repo_id OR OLD.kanban_status <> NEW.kanban_status
                   OR OLD.latest_pr_status IS DISTINCT FROM NEW.latest_pr_status
                   OR (OLD.run_count > 0) <> (NEW.run_count > 0))
EXECUTE FUNCTION count_of_tasks();

-- An owner who is not a superuser is held to the policies of his own tables, and may see no row. The states of
-- pull requests are filled in once more, for whom that happened to before.
ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE prs NO FORCE ROW LEVEL SECURITY;
INSERT INTO task_counts (tenant_id, repo_id, kanban_status, latest_pr_status, started, count)
SELECT tenant_id, repo_id, kanban_status, COALESCE(latest_pr_status, ''), run_count > 0, count(*)
FROM tasks GROUP BY 1, 2, 3, 4, 5;
UPDATE tasks t SET latest_pr_status = n.status
FROM (SELECT DISTINCT ON (task_id) task_id, status FROM prs ORDER BY task_id, created_at DESC, id DESC) n
WHERE t.id = n.task_id AND t.latest_pr_status IS DISTINCT FROM n.status;
ALTER TABLE tasks FORCE ROW LEVEL SECURITY;
ALTER TABLE prs FORCE ROW LEVEL SECURITY;
ALTER TABLE task_counts FORCE ROW LEVEL SECURITY;

-- Nothing is counted by it any more; tasks whose pull requests wait for their checks are found by the other.
DROP INDEX tasks_standing;
CREATE INDEX tasks_pull_open ON tasks (tenant_id, repo_id) WHERE latest_pr_status = 'open';
