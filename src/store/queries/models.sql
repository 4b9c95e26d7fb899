-- model_profile_insert -> stamp_type
INSERT INTO model_profiles (id, tenant_id, provider, model_name, display_name, base_url, api_key_sealed, created_at)
VALUES (:id, :tenant_id, :provider, :model_name, :display_name, :base_url, :api_key_sealed, db_now())
RETURNING created_at AS at;

-- model_profile_get -> model_profile_type
SELECT * FROM model_profiles WHERE tenant_id = :tenant_id AND id = :id;

-- model_profile_list -> model_profile_type
SELECT * FROM model_profiles
WHERE tenant_id = :tenant_id AND (created_at, id) < (:at, :id)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- model_profile_delete
DELETE FROM model_profiles WHERE tenant_id = :tenant_id AND id = :id;
