-- Pull requests made and followed at a forge, and effects outside. Its twin is 0003_pulls.postgres.sql.

ALTER TABLE prs ADD COLUMN checked_at INTEGER; -- when the forge was last asked about it
CREATE INDEX prs_number ON prs (number, task_id);
CREATE INDEX prs_open ON prs (checked_at, id) WHERE status = 'open';

-- What is about to be done outside, written before it is done: found again by its key.
CREATE TABLE intents (
    tenant_id TEXT NOT NULL REFERENCES tenants,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT, -- JSON
    result TEXT, -- JSON; of one that is done
    status TEXT NOT NULL DEFAULT 'begun' CHECK (status IN ('begun', 'done')),
    tries INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
) STRICT;
CREATE INDEX intents_begun ON intents (updated_at) WHERE status = 'begun';

CREATE TABLE github_config (
    tenant_id TEXT PRIMARY KEY NOT NULL REFERENCES tenants,
    app_id TEXT NOT NULL,
    installation_id TEXT NOT NULL,
    private_key_sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Of the system, not of a tenant: a delivery is told apart before it is known whom it concerns.
CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    event TEXT NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_deliveries_received ON webhook_deliveries (received_at);
