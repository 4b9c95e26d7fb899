-- share_run_hold [sqlite] -> count_type
SELECT 1 AS count FROM runs WHERE id = :run_id AND tenant_id = :tenant_id;

-- share_run_hold [postgres] -> count_type
-- Locked until the commit, so that two at once do not both take the last place.
SELECT 1::bigint AS count FROM runs WHERE id = :run_id AND tenant_id = :tenant_id FOR UPDATE;

-- shares_live -> count_type
SELECT count(*) AS count FROM shares
WHERE run_id = :run_id AND revoked_at IS NULL AND expires_at > db_now() AND tenant_id = :tenant_id;

-- shares_forget
DELETE FROM shares
WHERE run_id = :run_id AND (expires_at < db_later(db_now(), :since_us) OR revoked_at < db_later(db_now(), :since_us))
  AND tenant_id = :tenant_id;

-- share_insert -> share_type
INSERT INTO shares (id, tenant_id, run_id, token_hash, expires_at, created_at)
VALUES (:id, :tenant_id, :run_id, :token_hash, db_later(db_now(), :lasts_us), db_now())
RETURNING id, tenant_id, run_id, expires_at, created_at, revoked_at;

-- shares_of_run -> share_type
SELECT id, tenant_id, run_id, expires_at, created_at, revoked_at FROM shares
WHERE run_id = :run_id AND tenant_id = :tenant_id
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- share_revoke -> share_type
UPDATE shares SET revoked_at = coalesce(revoked_at, db_now())
WHERE tenant_id = :tenant_id AND id = :id
RETURNING id, tenant_id, run_id, expires_at, created_at, revoked_at;

-- share_by_token -> share_type
-- Of all tenants: whoever has the token is nobody's yet.
SELECT id, tenant_id, run_id, expires_at, created_at, revoked_at FROM shares
WHERE token_hash = :token_hash AND revoked_at IS NULL AND expires_at > db_now();
