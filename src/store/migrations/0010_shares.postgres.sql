-- Links that show one run to whoever has them. Its twin is 0010_shares.sqlite.sql.
CREATE TABLE shares (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
    token_hash text NOT NULL, -- SHA-256 in hex; the token itself is known only to whoever has the link
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX shares_token ON shares (token_hash);
CREATE INDEX shares_of_run ON shares (run_id, created_at, id);

ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE shares FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON shares TO dursor_app USING (tenant_id = nullif(current_setting('dursor.tenant', true), ''));
CREATE POLICY of_system ON shares TO dursor_system USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shares TO dursor_app, dursor_system;
