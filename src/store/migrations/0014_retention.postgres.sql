-- What is kept for how long, and events that go by the month. Its twin is 0014_retention.sqlite.sql.

-- How far old runs have lost their events: all that ended before that one. No column of runs, so that a running
-- program of the version before reads them as ever.
CREATE TABLE retention (
    id bigint PRIMARY KEY CHECK (id = 1),
    ended_at timestamptz NOT NULL,
    run_id uuid NOT NULL
);
INSERT INTO retention (id, ended_at, run_id) VALUES (1, timestamptz 'epoch', '00000000-0000-0000-0000-000000000000');
GRANT SELECT, UPDATE ON retention TO dursor_system;
CREATE INDEX runs_ended ON runs ((coalesce(completed_at, created_at)), id) WHERE status IN ('succeeded', 'failed', 'canceled');

-- A run that is taken over may have ended longer ago.
CREATE FUNCTION retention_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE retention SET ended_at = coalesce(NEW.completed_at, NEW.created_at), run_id = '00000000-0000-0000-0000-000000000000'
    WHERE ended_at >= coalesce(NEW.completed_at, NEW.created_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER retention_runs AFTER INSERT ON runs FOR EACH ROW
WHEN (NEW.status IN ('succeeded', 'failed', 'canceled')) EXECUTE FUNCTION retention_back();

CREATE INDEX intents_done ON intents (updated_at) WHERE status = 'done';
CREATE INDEX shares_over ON shares (expires_at);
CREATE INDEX jobs_dead_old ON jobs (finished_at) WHERE status = 'dead';
-- A commit's checks come in by it, for all tenants.
CREATE INDEX prs_commit ON prs (latest_commit) WHERE status = 'open';

-- The events of a run go with it by a trigger in place of a foreign key: that one locks all runs whenever a
-- partition comes or goes. An event without a run cannot come to be: whoever inserts one holds the run's row.
CREATE FUNCTION run_events_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM run_events WHERE run_id = OLD.id;
    RETURN NULL;
END
$$;

-- ---- Partitions ----
-- run_events_YYYY_MM: ids of version 7 begin with their time. run_events_old: ids of runs taken over, which
-- are of version 4 and, but for one in 128, greater than any of version 7 before the year 2039.
-- run_events_rest: whatever has no other place, so that an insert never fails for want of one; it stays small,
-- because making a partition reads it.

-- Makes one month's partition, with what the rest already holds of it. Writers of other months go on; locks
-- that are not had within a moment are given up (lock_not_available), for a later try.
CREATE FUNCTION run_events_month(month timestamp, written boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '200ms'
AS $$
DECLARE
    name text := 'run_events_' || to_char(month, 'YYYY_MM');
    low uuid := run_events_bound(month AT TIME ZONE 'UTC');
    high uuid := run_events_bound((month + interval '1 month') AT TIME ZONE 'UTC');
    most constant bigint := 20000; -- rows moved: a moment's work
    found bigint;
BEGIN
    IF written THEN
        -- Who inserts into this month meanwhile waits here, before the choice of a partition.
        LOCK TABLE run_events IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    LOCK TABLE run_events_rest IN ACCESS EXCLUSIVE MODE;
    ALTER TABLE run_events_rest NO FORCE ROW LEVEL SECURITY; -- its owner sees all rows until the commit
    SELECT count(*) INTO found
    FROM (SELECT FROM run_events_rest WHERE run_id >= low AND run_id < high LIMIT most + 1) AS few;
    IF found <= most THEN
        EXECUTE format('CREATE TABLE %I (LIKE run_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', name);
        EXECUTE format('WITH moved AS (DELETE FROM run_events_rest WHERE run_id >= $1 AND run_id < $2 RETURNING *) '
                       'INSERT INTO %I SELECT * FROM moved', name) USING low, high;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE run_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, low, high);
    ELSE
        RAISE WARNING 'events of % stay in run_events_rest: they are too many to be moved', to_char(month, 'YYYY-MM');
    END IF;
    ALTER TABLE run_events_rest FORCE ROW LEVEL SECURITY;
    RETURN found <= most;
END
$$;

-- Makes the months since then that have no partition, up to so many after this one; gives how many are new.
CREATE FUNCTION run_events_since(since timestamptz, months integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    present timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    month timestamp := date_trunc('month', greatest(since, now() - interval '20 years') AT TIME ZONE 'UTC');
    made bigint := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('run_events_partitions')) THEN
        RETURN 0; -- somebody is about it
    END IF;
    WHILE month <= present + make_interval(months => months) LOOP
        IF to_regclass('run_events_' || to_char(month, 'YYYY_MM')) IS NULL THEN
            BEGIN
                made := made + run_events_month(month, month <= present)::integer;
            EXCEPTION WHEN lock_not_available THEN
                RAISE NOTICE 'run_events is in use: the partition of % is made later', to_char(month, 'YYYY-MM');
            END;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END
$$;

CREATE OR REPLACE FUNCTION run_events_partitions(months integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT run_events_since(now(), months) $$;

-- Whether some run with an id in that range has not ended before then.
CREATE FUNCTION run_events_needed(low uuid, high uuid, ended_before timestamptz) RETURNS boolean LANGUAGE sql
AS $$ SELECT EXISTS (SELECT FROM runs WHERE id >= low AND id < high
                     AND NOT (status IN ('succeeded', 'failed', 'canceled') AND coalesce(completed_at, created_at) < ended_before)) $$;

-- Takes the partition for itself, and drops it, which detaches it as well.
CREATE FUNCTION run_events_lock(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '200ms'
AS $$
BEGIN
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', name);
END
$$;
CREATE FUNCTION run_events_drop(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '200ms'
AS $$
BEGIN
    IF name !~ '^run_events_\d{4}_\d\d$' THEN
        RAISE EXCEPTION '% is no month of events', name;
    END IF;
    EXECUTE format('DROP TABLE %I', name);
END
$$;

-- Drops one month that lies before then and whose runs have all ended before then; 0 when there is none, or
-- when it is in use. Reads the runs as its caller, who must see those of all tenants.
CREATE FUNCTION run_events_prune(ended_before timestamptz) RETURNS bigint LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
DECLARE
    part record;
BEGIN
    IF NOT pg_has_role(current_user, 'dursor_system', 'USAGE') THEN
        RAISE EXCEPTION 'only dursor_system removes old events';
    END IF;
    FOR part IN
        SELECT m.name, run_events_bound(m.month AT TIME ZONE 'UTC') AS low,
               run_events_bound((m.month + interval '1 month') AT TIME ZONE 'UTC') AS high
        FROM (SELECT c.relname::text AS name, to_timestamp(right(c.relname, 7), 'YYYY_MM')::timestamp AS month
              FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE i.inhparent = 'run_events'::regclass AND c.relname ~ '^run_events_\d{4}_\d\d$') AS m
        WHERE m.month + interval '1 month' <= ended_before AT TIME ZONE 'UTC'
        ORDER BY m.month
    LOOP
        CONTINUE WHEN run_events_needed(part.low, part.high, ended_before);
        BEGIN
            PERFORM run_events_lock(part.name);
            CONTINUE WHEN run_events_needed(part.low, part.high, ended_before); -- whoever came before the lock
            PERFORM run_events_drop(part.name);
            RETURN 1;
        EXCEPTION WHEN lock_not_available THEN
            RAISE NOTICE 'run_events is in use: % is dropped later', part.name;
        END;
    END LOOP;
    RETURN 0;
END
$$;

REVOKE EXECUTE ON FUNCTION run_events_month, run_events_since, run_events_lock, run_events_drop, run_events_prune FROM PUBLIC;
GRANT EXECUTE ON FUNCTION run_events_since, run_events_lock, run_events_drop, run_events_prune TO dursor_system;

-- The rest as it was becomes the old ones', all but what lies below them: it keeps its rows where they are.
CREATE TABLE run_events_rest_new (LIKE run_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
ALTER TABLE run_events_rest NO FORCE ROW LEVEL SECURITY;
ALTER TABLE run_events_rest ADD CHECK (run_id >= '02000000-0000-0000-0000-000000000000') NOT VALID;
WITH moved AS (
    DELETE FROM run_events_rest WHERE run_id < '02000000-0000-0000-0000-000000000000' RETURNING *)
INSERT INTO run_events_rest_new SELECT * FROM moved;
DO $$
DECLARE
    checked text := (SELECT conname FROM pg_constraint WHERE conrelid = 'run_events_rest'::regclass AND contype = 'c' AND NOT convalidated);
BEGIN
    EXECUTE format('ALTER TABLE run_events_rest VALIDATE CONSTRAINT %I', checked);
    -- From here on all writers of events wait, for a moment.
    ALTER TABLE run_events DROP CONSTRAINT run_events_run_id_fkey;
    ALTER TABLE run_events DETACH PARTITION run_events_rest;
    ALTER TABLE run_events_rest RENAME TO run_events_old;
    ALTER TABLE run_events ATTACH PARTITION run_events_old FOR VALUES FROM ('02000000-0000-0000-0000-000000000000') TO (MAXVALUE);
    EXECUTE format('ALTER TABLE run_events_old DROP CONSTRAINT %I', checked);
    ALTER TABLE run_events_rest_new RENAME TO run_events_rest;
    ALTER TABLE run_events ATTACH PARTITION run_events_rest DEFAULT;
    ALTER TABLE run_events_old FORCE ROW LEVEL SECURITY;
    ALTER TABLE run_events_rest ENABLE ROW LEVEL SECURITY;
    ALTER TABLE run_events_rest FORCE ROW LEVEL SECURITY;
    DROP POLICY of_tenant ON run_events_old; -- rows are reached through run_events only, by its policies
    DROP POLICY of_system ON run_events_old;
END
$$;
CREATE TRIGGER runs_gone AFTER DELETE ON runs FOR EACH ROW EXECUTE FUNCTION run_events_gone();

SELECT run_events_partitions(3);
