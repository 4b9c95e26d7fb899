-- news_since [sqlite] -> news_row_type
-- Always a row, which says where the reading was; without a mark only that.
SELECT CAST(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'changes'), 0) AS text) AS mark, n.read_at, n.epoch,
       c.kind, c.id, c.task_id, c.run_id, c.at, r.event_seq AS seq
FROM (SELECT db_now() AS read_at, epoch FROM cluster) n
LEFT JOIN changes c ON c.position > CAST(:mark AS integer) AND c.tenant_id = :tenant_id
LEFT JOIN runs r ON r.id = c.run_id
ORDER BY c.position
LIMIT :limit;

-- news_since [postgres] -> news_row_type
SELECT n.snapshot::text AS mark, n.read_at, n.epoch, c.kind, c.id, c.task_id, c.run_id, c.at, r.event_seq AS seq
FROM (SELECT pg_current_snapshot() AS snapshot, db_now() AS read_at, epoch FROM cluster) n
LEFT JOIN changes c ON c.tenant_id = :tenant_id AND c.tx >= pg_snapshot_xmin((:mark::text)::pg_snapshot)
    AND NOT pg_visible_in_snapshot(c.tx, (:mark::text)::pg_snapshot) AND pg_visible_in_snapshot(c.tx, n.snapshot)
LEFT JOIN runs r ON r.id = c.run_id
ORDER BY c.at
LIMIT :limit;

-- news_runs -> run_state_type
SELECT id, task_id, number, status, phase, event_seq, log_lines, fence, commit_sha
FROM runs WHERE tenant_id = :tenant_id AND status = 'running'
ORDER BY started_at DESC, id DESC
LIMIT :limit;
