-- intent_begin -> intent_type
INSERT INTO intents (tenant_id, key, kind, detail, status, tries, created_at, updated_at)
VALUES (:tenant_id, :key, :kind, :detail, 'begun', 1, db_now(), db_now())
ON CONFLICT (tenant_id, key) DO UPDATE
SET status = 'begun', tries = intents.tries + 1, detail = excluded.detail, updated_at = db_now()
RETURNING *;

-- intent_end
UPDATE intents SET status = 'done', result = :result, updated_at = db_now()
WHERE tenant_id = :tenant_id AND key = :key;

-- intent_get -> intent_type
SELECT * FROM intents WHERE tenant_id = :tenant_id AND key = :key;

-- github_config_get -> github_config_type
SELECT * FROM github_config WHERE tenant_id = :tenant_id;

-- github_config_put
INSERT INTO github_config (tenant_id, app_id, installation_id, private_key_sealed, created_at, updated_at)
VALUES (:tenant_id, :app_id, :installation_id, :private_key_sealed, db_now(), db_now())
ON CONFLICT (tenant_id) DO UPDATE
SET app_id = excluded.app_id, installation_id = excluded.installation_id,
    private_key_sealed = excluded.private_key_sealed, updated_at = db_now();

-- delivery_count -> count_type
SELECT count(*) AS count FROM webhook_deliveries WHERE id = :id;

-- delivery_take
-- Changes a row only when the delivery is new.
INSERT INTO webhook_deliveries (id, event, received_at) VALUES (:id, :event, db_now())
ON CONFLICT (id) DO NOTHING;
