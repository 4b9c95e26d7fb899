-- What the team thinks of a run when it compares: kept, or put aside. Its twin is 0007_verdict.sqlite.sql.
ALTER TABLE runs ADD COLUMN verdict text CHECK (verdict IN ('pinned', 'discarded'));

CREATE TRIGGER changes_runs_verdict AFTER UPDATE OF verdict ON runs
FOR EACH ROW WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict) EXECUTE FUNCTION change_of_run();
