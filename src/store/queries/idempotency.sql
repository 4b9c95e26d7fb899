-- idempotency_begin
-- Changes a row when the key is new, or the one before has expired.
INSERT INTO idempotency_keys (tenant_id, user_id, key, request_hash, status, body, expires_at)
VALUES (:tenant_id, coalesce(:user_id, ''), :key, :hash, 0, NULL, db_later(db_now(), :stale_us))
ON CONFLICT (tenant_id, user_id, key) DO UPDATE
SET request_hash = excluded.request_hash, status = 0, body = NULL, expires_at = excluded.expires_at
WHERE idempotency_keys.expires_at <= db_now();

-- idempotency_kept -> kept_answer_type
SELECT request_hash, status, body, db_us(expires_at, db_now()) AS wait_us
FROM idempotency_keys
WHERE tenant_id = :tenant_id AND user_id = coalesce(:user_id, '') AND key = :key;

-- idempotency_finish
UPDATE idempotency_keys SET status = :status, body = :body, expires_at = db_later(db_now(), :keep_us)
WHERE tenant_id = :tenant_id AND user_id = coalesce(:user_id, '') AND key = :key AND status = 0;
