-- What the team thinks of a run when it compares: kept, or put aside. Its twin is 0007_verdict.postgres.sql.
ALTER TABLE runs ADD COLUMN verdict TEXT CHECK (verdict IN ('pinned', 'discarded'));

CREATE TRIGGER changes_runs_verdict AFTER UPDATE OF verdict ON runs WHEN OLD.verdict IS NOT NEW.verdict
BEGIN
    DELETE FROM changes WHERE tenant_id = NEW.tenant_id AND kind = 'run' AND id = NEW.id;
    INSERT INTO changes (tenant_id, kind, id, task_id, run_id) VALUES (NEW.tenant_id, 'run', NEW.id, NEW.task_id, NEW.id);
END;
