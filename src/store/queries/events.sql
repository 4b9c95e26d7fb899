-- events_reserve -> run_counter_type
-- The counters after the reservation. The row stays locked until the commit: seq has no gaps.
UPDATE runs
SET event_seq = event_seq + :count, log_lines = log_lines + :lines, phase = coalesce(:phase, phase)
WHERE id = :run_id AND fence = :fence AND status IN ('queued', 'running')
RETURNING tenant_id, task_id, event_seq, log_lines, fence;

-- event_insert
INSERT INTO run_events (run_id, seq, tenant_id, fence, kind, line_number, line_count, data, created_at)
VALUES (:run_id, :seq, :row_tenant, :fence, :kind, :line_number, :line_count, :data, db_now());

-- events_after -> run_event_type
SELECT * FROM run_events
WHERE run_id = :run_id AND seq > :seq AND tenant_id = :tenant_id
ORDER BY seq
LIMIT :limit;

-- event_context -> run_event_type
SELECT * FROM run_events
WHERE run_id = :run_id AND kind = 'context' AND tenant_id = :tenant_id
ORDER BY seq DESC
LIMIT 1;

-- log_chunks_from -> run_event_type
-- From the chunk that holds the line on, up to a line. Both steps walk an index, whatever row-level security adds.
SELECT * FROM run_events
WHERE run_id = :run_id AND kind = 'log' AND tenant_id = :tenant_id
  AND line_number >= (SELECT coalesce(max(first), 0) FROM (
                          SELECT line_number AS first FROM run_events
                          WHERE run_id = :run_id AND kind = 'log' AND line_number <= :from_line
                          ORDER BY line_number DESC
                          LIMIT 1) AS chunk)
  AND line_number < :until_line
ORDER BY line_number
LIMIT :limit;

-- events_partitions [sqlite] -> count_type
SELECT 0 AS count;

-- events_partitions [postgres] -> count_type
SELECT run_events_partitions(3) AS count;
