-- tenant_insert -> stamp_type
INSERT INTO tenants (id, name, created_at) VALUES (:id, :name, db_now())
RETURNING created_at AS at;

-- tenant_get -> tenant_type
SELECT id, name, created_at FROM tenants WHERE id = :id;

-- user_insert -> stamp_type
INSERT INTO users (tenant_id, id, name, email, role, created_at)
VALUES (:tenant_id, :id, :name, :email, :role, db_now())
RETURNING created_at AS at;

-- user_get -> user_type
SELECT id, tenant_id, name, email, role, created_at FROM users WHERE tenant_id = :tenant_id AND id = :id;
