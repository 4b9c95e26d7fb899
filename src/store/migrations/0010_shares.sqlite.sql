-- Links that show one run to whoever has them. Its twin is 0010_shares.postgres.sql.
CREATE TABLE shares (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    token_hash TEXT NOT NULL, -- SHA-256 in hex; the token itself is known only to whoever has the link
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX shares_token ON shares (token_hash);
CREATE INDEX shares_of_run ON shares (run_id, created_at, id);
