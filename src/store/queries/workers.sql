-- worker_register -> stamp_type
INSERT INTO workers (id, host, pid, lock_path, concurrency, started_at, seen_at)
VALUES (:id, :host, :pid, :lock_path, :concurrency, db_now(), db_now())
ON CONFLICT (id) DO UPDATE
SET host = excluded.host, pid = excluded.pid, lock_path = excluded.lock_path, seen_at = excluded.seen_at
RETURNING started_at AS at;

-- worker_seen
UPDATE workers SET seen_at = db_now() WHERE id = :id;

-- workers_list -> worker_type
SELECT id, host, pid, lock_path, concurrency, started_at, seen_at, db_us(db_now(), seen_at) AS silent_us
FROM workers ORDER BY id
LIMIT :limit;

-- worker_remove
DELETE FROM workers WHERE id = :id;

-- cluster_epoch -> stamp_type
SELECT epoch AS number FROM cluster;

-- schema_found -> stamp_type
SELECT max(version) AS number FROM schema_versions;
