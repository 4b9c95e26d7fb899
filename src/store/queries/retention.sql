-- Rows that are older than they are kept, so many at once. What a statement deletes it tests again, behind the choice of
-- the rows: another transaction may have renewed one meanwhile.

-- jobs_prune
DELETE FROM jobs
WHERE id IN (SELECT id FROM jobs WHERE status IN ('succeeded', 'canceled') AND finished_at < db_later(db_now(), :since_us)
             ORDER BY finished_at LIMIT :limit);

-- dead_letters_prune
DELETE FROM jobs
WHERE id IN (SELECT id FROM jobs WHERE status = 'dead' AND finished_at < db_later(db_now(), :since_us)
             ORDER BY finished_at LIMIT :limit)
  AND status = 'dead';

-- news_prune
DELETE FROM changes
WHERE (tenant_id, kind, id) IN (SELECT tenant_id, kind, id FROM changes WHERE at < db_later(db_now(), :since_us)
                                ORDER BY at LIMIT :limit)
  AND at < db_later(db_now(), :since_us);

-- idempotency_sweep
DELETE FROM idempotency_keys
WHERE (tenant_id, user_id, key) IN (SELECT tenant_id, user_id, key FROM idempotency_keys WHERE expires_at <= db_now()
                                    ORDER BY expires_at LIMIT :limit)
  AND expires_at <= db_now();

-- deliveries_prune
DELETE FROM webhook_deliveries
WHERE id IN (SELECT id FROM webhook_deliveries WHERE received_at < db_later(db_now(), :since_us)
             ORDER BY received_at LIMIT :limit);

-- intents_prune
DELETE FROM intents
WHERE (tenant_id, key) IN (SELECT tenant_id, key FROM intents WHERE status = 'done' AND updated_at < db_later(db_now(), :since_us)
                           ORDER BY updated_at LIMIT :limit)
  AND status = 'done' AND updated_at < db_later(db_now(), :since_us);

-- shares_prune
-- A revoked one as well: it would have ended by then.
DELETE FROM shares
WHERE id IN (SELECT id FROM shares WHERE expires_at < db_later(db_now(), :since_us) ORDER BY expires_at LIMIT :limit);

-- events_prune_month [sqlite] -> count_type
SELECT 0 * :since_us AS count;

-- events_prune_month [postgres] -> count_type
-- One month whose runs have all ended before the month in which that time lies.
SELECT run_events_prune(date_trunc('month', db_later(db_now(), :since_us) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC') AS count;

-- runs_prunable [sqlite] -> prunable_run_type
-- The next behind the place that was reached.
SELECT r.id AS run_id, coalesce(r.completed_at, r.created_at) AS ended_at, r.event_seq,
       (SELECT min(e.seq) FROM run_events e WHERE e.run_id = r.id) AS first_seq
FROM runs r
WHERE r.status IN ('succeeded', 'failed', 'canceled')
  AND (coalesce(r.completed_at, r.created_at), r.id) > (SELECT ended_at, run_id FROM retention)
  AND coalesce(r.completed_at, r.created_at) < db_later(db_now(), :since_us)
ORDER BY coalesce(r.completed_at, r.created_at), r.id
LIMIT :limit;

-- runs_prunable [postgres] -> prunable_run_type
-- The same by whole months, as partitions go: their rows are then mostly gone already, with the partition.
SELECT r.id AS run_id, coalesce(r.completed_at, r.created_at) AS ended_at, r.event_seq,
       (SELECT min(e.seq) FROM run_events e WHERE e.run_id = r.id) AS first_seq
FROM runs r
WHERE r.status IN ('succeeded', 'failed', 'canceled')
  AND (coalesce(r.completed_at, r.created_at), r.id) > ((SELECT ended_at FROM retention), (SELECT run_id FROM retention))
  AND coalesce(r.completed_at, r.created_at)
      < date_trunc('month', db_later(db_now(), :since_us) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
ORDER BY coalesce(r.completed_at, r.created_at), r.id
LIMIT :limit;

-- events_prune
DELETE FROM run_events WHERE run_id = :run_id AND seq < :until_seq;

-- events_pruned
UPDATE retention SET ended_at = :ended_at, run_id = :run_id;
