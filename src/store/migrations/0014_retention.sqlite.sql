-- What is kept for how long. Its twin is 0014_retention.postgres.sql, which has the events by the month as well.

-- How far old runs have lost their events: all that ended before that one. No column of runs, so that a running
-- program of the version before reads them as ever.
CREATE TABLE retention (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    ended_at INTEGER NOT NULL,
    run_id TEXT NOT NULL
) STRICT;
INSERT INTO retention (id, ended_at, run_id) VALUES (1, 0, '');
CREATE INDEX runs_ended ON runs (coalesce(completed_at, created_at), id) WHERE status IN ('succeeded', 'failed', 'canceled');

-- A run that is taken over may have ended longer ago.
CREATE TRIGGER retention_runs AFTER INSERT ON runs WHEN NEW.status IN ('succeeded', 'failed', 'canceled')
BEGIN
    UPDATE retention SET ended_at = coalesce(NEW.completed_at, NEW.created_at), run_id = ''
    WHERE ended_at >= coalesce(NEW.completed_at, NEW.created_at);
END;

CREATE INDEX intents_done ON intents (updated_at) WHERE status = 'done';
CREATE INDEX shares_over ON shares (expires_at);
CREATE INDEX jobs_dead_old ON jobs (finished_at) WHERE status = 'dead';
-- A commit's checks come in by it, for all tenants.
CREATE INDEX prs_commit ON prs (latest_commit) WHERE status = 'open';
