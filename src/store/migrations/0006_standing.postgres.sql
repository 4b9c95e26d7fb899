-- What the board counts in each column, without looking at each task's runs and pull requests. Its twin is
-- 0006_standing.sqlite.sql.

-- Of the newest pull request; kept by the trigger below, so that no writer can forget it.
ALTER TABLE tasks ADD COLUMN latest_pr_status text;
UPDATE tasks
SET latest_pr_status = (SELECT p.status FROM prs p WHERE p.task_id = tasks.id ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
WHERE id IN (SELECT task_id FROM prs);

CREATE FUNCTION standing_of_task() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.task_id ELSE NEW.task_id END;
BEGIN
    UPDATE tasks
    SET latest_pr_status = (SELECT p.status FROM prs p WHERE p.task_id = changed ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
    WHERE id = changed;
    RETURN NULL;
END
$$;
CREATE TRIGGER standing_prs AFTER INSERT OR DELETE OR UPDATE OF status, created_at ON prs
FOR EACH ROW EXECUTE FUNCTION standing_of_task();

-- The counts read nothing but these.
CREATE INDEX tasks_standing ON tasks (tenant_id, repo_id, kanban_status, latest_pr_status, run_count);
-- That of the runs has a condition that no other statement has: one for a run of known id that tests these
-- states must not come here.
CREATE INDEX runs_unfinished ON runs (tenant_id, task_id, status)
WHERE CASE status WHEN 'queued' THEN true WHEN 'running' THEN true ELSE false END;
