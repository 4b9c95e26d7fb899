-- A job of known id or run: its status is asked by CASE. Where it is asked plainly, an index of a tenant's unfinished
-- jobs may be taken in the place of the key: with the statistics of a table that was empty, and then for as long as
-- the statement stays prepared.

-- job_insert -> job_type
-- No row comes back when an unfinished job has the key.
INSERT INTO jobs (id, tenant_id, queue, kind, run_id, line_id, pool, args, status, priority, not_before, max_tries,
                  unique_key, created_at)
VALUES (:id, coalesce(:row_tenant, :tenant_id), :queue, :kind, :run_id, :line_id, coalesce(:pool, ''), :args, 'pending', :priority,
        coalesce(:not_before, db_now()), :max_tries, :unique_key, db_now())
ON CONFLICT (tenant_id, unique_key) WHERE status IN ('pending', 'leased') DO NOTHING
RETURNING *;

-- job_move
UPDATE jobs SET queue = :queue WHERE tenant_id = :tenant_id AND id = :id AND CASE status WHEN 'pending' THEN true ELSE false END;

-- job_by_key -> job_type
SELECT * FROM jobs
WHERE tenant_id = coalesce(:row_tenant, :tenant_id) AND unique_key = :unique_key AND status IN ('pending', 'leased');

-- job_get -> job_type
SELECT * FROM jobs WHERE tenant_id = :tenant_id AND id = :id;

-- job_of_run -> job_type
SELECT * FROM jobs WHERE tenant_id = :tenant_id AND run_id = :run_id;

-- jobs_claim_plan [sqlite] -> count_type
SELECT 1 AS count;

-- jobs_claim_plan [postgres] -> count_type
-- For the rest of the transaction: a claim reads its index in order and stops at its limit. Statistics
-- of a queue that has just grown would rather have all due jobs read and sorted, for each claim.
SELECT count(set_config('enable_sort', 'off', true)) AS count;

-- jobs_claim [sqlite] -> job_type
UPDATE jobs
SET status = 'leased', fence = fence + 1, owner = :owner, lease_until = db_later(db_now(), :lease_us)
WHERE id IN (
    SELECT j.id FROM jobs j
    WHERE j.status = 'pending' AND j.queue = :queue AND j.pool = coalesce(:pool, '')
      AND j.not_before <= db_now()
      AND j.kind IN (SELECT value FROM json_each(:kinds))
      AND NOT EXISTS (
          SELECT 1 FROM jobs o
          WHERE o.line_id = j.line_id AND o.status IN ('pending', 'leased')
            AND (o.status = 'leased' OR (o.created_at, o.id) < (j.created_at, j.id)))
    ORDER BY j.priority, j.not_before, j.id
    LIMIT :limit)
RETURNING *;

-- jobs_claim [postgres] -> job_type
WITH due AS MATERIALIZED (
    SELECT j.id FROM jobs j
    WHERE j.status = 'pending' AND j.queue = :queue AND j.pool = coalesce(:pool, '')
      AND j.not_before <= db_now()
      AND :kinds::jsonb ? j.kind
      AND NOT EXISTS (
          SELECT 1 FROM jobs o
          WHERE o.line_id = j.line_id AND o.status IN ('pending', 'leased')
            AND (o.status = 'leased' OR (o.created_at, o.id) < (j.created_at, j.id)))
    ORDER BY j.priority, j.not_before, j.id
    LIMIT :limit
    FOR UPDATE OF j SKIP LOCKED)
UPDATE jobs
SET status = 'leased', fence = fence + 1, owner = :owner, lease_until = db_later(db_now(), :lease_us)
FROM due WHERE jobs.id = due.id
RETURNING jobs.*;

-- jobs_waiting [sqlite] -> job_type
-- What a claim of the queue would find, in its order.
SELECT j.* FROM jobs j
WHERE j.status = 'pending' AND j.queue = :queue AND j.pool = coalesce(:pool, '') AND j.not_before <= db_now()
  AND j.kind IN (SELECT value FROM json_each(:kinds))
  AND NOT EXISTS (
      SELECT 1 FROM jobs o
      WHERE o.line_id = j.line_id AND o.status IN ('pending', 'leased')
        AND (o.status = 'leased' OR (o.created_at, o.id) < (j.created_at, j.id)))
ORDER BY j.priority, j.not_before, j.id
LIMIT :limit;

-- jobs_waiting [postgres] -> job_type
SELECT j.* FROM jobs j
WHERE j.status = 'pending' AND j.queue = :queue AND j.pool = coalesce(:pool, '') AND j.not_before <= db_now()
  AND :kinds::jsonb ? j.kind
  AND NOT EXISTS (
      SELECT 1 FROM jobs o
      WHERE o.line_id = j.line_id AND o.status IN ('pending', 'leased')
        AND (o.status = 'leased' OR (o.created_at, o.id) < (j.created_at, j.id)))
ORDER BY j.priority, j.not_before, j.id
LIMIT :limit;

-- job_claim -> job_type
UPDATE jobs
SET status = 'leased', fence = fence + 1, owner = :owner, lease_until = db_later(db_now(), :lease_us)
WHERE id = :id AND CASE status WHEN 'pending' THEN true ELSE false END AND queue = :queue AND kind = :kind AND pool = coalesce(:pool, '') AND not_before <= db_now()
  AND NOT EXISTS (
      SELECT 1 FROM jobs o
      WHERE o.line_id = jobs.line_id AND o.status IN ('pending', 'leased')
        AND (o.status = 'leased' OR (o.created_at, o.id) < (jobs.created_at, jobs.id)))
RETURNING *;

-- job_any -> job_type
SELECT * FROM jobs WHERE id = :id;

-- jobs_claimable -> count_type
-- 1 when a claim may find something. A job that waits for its line counts too.
SELECT CASE WHEN EXISTS (SELECT 1 FROM jobs
        WHERE status = 'pending' AND queue = :queue AND pool = coalesce(:pool, '') AND not_before <= db_now())
    OR EXISTS (SELECT 1 FROM jobs WHERE status = 'leased' AND lease_until <= db_now()) THEN 1 ELSE 0 END AS count;

-- jobs_next_due -> delay_type
-- The next that becomes due, or lease that ends; negative when that has passed.
SELECT min(wait) AS us FROM (
    SELECT db_us(min(not_before), db_now()) AS wait FROM jobs
    WHERE status = 'pending' AND queue = :queue AND pool = coalesce(:pool, '') AND not_before > db_now()
    UNION ALL
    SELECT db_us(min(lease_until), db_now()) FROM jobs WHERE status = 'leased') AS waits;

-- job_hold [sqlite] -> job_type
SELECT * FROM jobs WHERE id = :job_id AND fence = :fence AND CASE status WHEN 'leased' THEN true ELSE false END;

-- job_hold [postgres] -> job_type
SELECT * FROM jobs WHERE id = :job_id AND fence = :fence AND CASE status WHEN 'leased' THEN true ELSE false END FOR UPDATE;

-- job_status -> job_type
SELECT * FROM jobs WHERE id = :job_id AND fence = :fence;

-- job_renew -> lease_state_type
UPDATE jobs SET lease_until = db_later(db_now(), :lease_us)
WHERE id = :job_id AND fence = :fence AND CASE status WHEN 'leased' THEN true ELSE false END AND (SELECT epoch FROM cluster) = :epoch
RETURNING id, fence, cancel_asked, lease_until;

-- jobs_renew -> lease_state_type
UPDATE jobs SET lease_until = db_later(db_now(), :lease_us)
WHERE owner = :owner AND status = 'leased' AND (SELECT epoch FROM cluster) = :epoch
RETURNING id, fence, cancel_asked, lease_until;

-- jobs_held -> lease_state_type
SELECT id, fence, cancel_asked, lease_until FROM jobs
WHERE owner = :owner AND status = 'leased' AND (SELECT epoch FROM cluster) = :epoch;

-- job_checkpoint
UPDATE jobs SET checkpoint = :checkpoint WHERE id = :job_id AND fence = :fence AND CASE status WHEN 'leased' THEN true ELSE false END;

-- job_again
-- The fence grows here as well: whoever held the job cannot write any more.
UPDATE jobs
SET status = 'pending', fence = fence + 1, owner = NULL, lease_until = NULL, tries = :tries, returns = :returns, losses = :losses,
    not_before = db_later(db_now(), :wait_us), checkpoint = coalesce(:checkpoint, checkpoint), error = :error,
    error_kind = :error_kind, error_code = :error_code, error_params = :error_params
WHERE id = :id AND fence = :fence AND CASE status WHEN 'leased' THEN true ELSE false END;

-- job_end
UPDATE jobs
SET status = :status, owner = NULL, lease_until = NULL, tries = :tries, returns = :returns, losses = :losses,
    error = :error, error_kind = :error_kind, error_code = :error_code, error_params = :error_params, finished_at = db_now()
WHERE id = :id AND fence = :fence AND CASE status WHEN 'pending' THEN true WHEN 'leased' THEN true ELSE false END;

-- job_cancel
-- Leased: whoever holds it is asked to stop.
UPDATE jobs
SET cancel_asked = true, error = :reason, error_kind = 'cancelled', error_code = 'cancelled',
    status = CASE status WHEN 'pending' THEN 'canceled' ELSE status END,
    finished_at = CASE status WHEN 'pending' THEN db_now() END
WHERE tenant_id = :tenant_id AND id = :id AND CASE status WHEN 'pending' THEN true WHEN 'leased' THEN true ELSE false END;

-- job_cancel_of_run
-- Not when the run has ended: then its holder is just about to end the job.
UPDATE jobs
SET cancel_asked = true, error = :reason, error_kind = 'cancelled', error_code = 'cancelled',
    status = CASE status WHEN 'pending' THEN 'canceled' ELSE status END,
    finished_at = CASE status WHEN 'pending' THEN db_now() END
WHERE tenant_id = :tenant_id AND run_id = :id AND CASE status WHEN 'pending' THEN true WHEN 'leased' THEN true ELSE false END
  AND EXISTS (SELECT 1 FROM runs r WHERE r.id = jobs.run_id AND r.status IN ('queued', 'running'));

-- jobs_expired [sqlite] -> job_type
SELECT * FROM jobs WHERE status = 'leased' AND lease_until <= db_now() ORDER BY lease_until LIMIT :limit;

-- jobs_expired [postgres] -> job_type
SELECT * FROM jobs WHERE status = 'leased' AND lease_until <= db_now() ORDER BY lease_until LIMIT :limit
FOR UPDATE SKIP LOCKED;

-- jobs_of_owner [sqlite] -> job_type
SELECT * FROM jobs WHERE status = 'leased' AND owner = :owner LIMIT :limit;

-- jobs_of_owner [postgres] -> job_type
SELECT * FROM jobs WHERE status = 'leased' AND owner = :owner LIMIT :limit FOR UPDATE SKIP LOCKED;

-- jobs_of_pool [sqlite] -> job_type
SELECT * FROM jobs WHERE pool = :pool AND pool <> '' AND status IN ('pending', 'leased') LIMIT :limit;

-- jobs_of_pool [postgres] -> job_type
SELECT * FROM jobs WHERE pool = :pool AND pool <> '' AND status IN ('pending', 'leased') LIMIT :limit FOR UPDATE SKIP LOCKED;

-- jobs_pools_abandoned -> pool_name_type
SELECT DISTINCT j.pool FROM jobs j LEFT JOIN workers w ON w.id = j.pool
WHERE j.status IN ('pending', 'leased') AND j.pool <> ''
  AND (w.id IS NULL OR w.seen_at < db_later(db_now(), :since_us))
ORDER BY j.pool;

-- dead_letters_list -> job_type
SELECT * FROM jobs
WHERE tenant_id = :tenant_id AND status = 'dead' AND (finished_at, id) < (:at, :id)
ORDER BY finished_at DESC, id DESC
LIMIT :limit;

-- dead_letter_get -> job_type
SELECT * FROM jobs WHERE tenant_id = :tenant_id AND id = :id AND status = 'dead';

-- dead_letter_revive -> job_type
UPDATE jobs
SET status = 'pending', tries = 0, returns = 0, losses = 0, not_before = db_now(), cancel_asked = false, finished_at = NULL
WHERE tenant_id = :tenant_id AND id = :id AND status = 'dead'
RETURNING *;

-- dead_letter_drop
DELETE FROM jobs WHERE tenant_id = :tenant_id AND id = :id AND status = 'dead';

-- jobs_stats -> queue_stat_type
SELECT queue, CAST(sum(due) AS bigint) AS due, CAST(sum(later) AS bigint) AS later, CAST(sum(leased) AS bigint) AS leased,
       CAST(sum(dead) AS bigint) AS dead, coalesce(max(oldest_us), 0) AS oldest_us
FROM (
    SELECT queue, count(*) AS due, 0 AS later, 0 AS leased, 0 AS dead, max(db_us(db_now(), not_before)) AS oldest_us
    FROM jobs WHERE status = 'pending' AND not_before <= db_now() GROUP BY queue
    UNION ALL
    SELECT queue, 0, count(*), 0, 0, NULL FROM jobs WHERE status = 'pending' AND not_before > db_now() GROUP BY queue
    UNION ALL
    SELECT queue, 0, 0, count(*), 0, NULL FROM jobs WHERE status = 'leased' GROUP BY queue
    UNION ALL
    SELECT queue, 0, 0, 0, count(*), NULL FROM jobs WHERE status = 'dead' GROUP BY queue) AS parts
GROUP BY queue
ORDER BY queue;
