-- Pull requests made and followed at a forge, and effects outside. Its twin is 0003_pulls.sqlite.sql.

ALTER TABLE prs ADD COLUMN checked_at timestamptz; -- when the forge was last asked about it
CREATE INDEX prs_number ON prs (number, task_id);
CREATE INDEX prs_open ON prs (checked_at, id) WHERE status = 'open';

-- What is about to be done outside, written before it is done: found again by its key.
CREATE TABLE intents (
    tenant_id text NOT NULL REFERENCES tenants,
    key text NOT NULL,
    kind text NOT NULL,
    detail jsonb,
    result jsonb, -- of one that is done
    status text NOT NULL DEFAULT 'begun' CHECK (status IN ('begun', 'done')),
    tries bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX intents_begun ON intents (updated_at) WHERE status = 'begun';

CREATE TABLE github_config (
    tenant_id text PRIMARY KEY REFERENCES tenants,
    app_id text NOT NULL,
    installation_id text NOT NULL,
    private_key_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Of the system, not of a tenant: a delivery is told apart before it is known whom it concerns.
CREATE TABLE webhook_deliveries (
    id text PRIMARY KEY,
    event text NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX webhook_deliveries_received ON webhook_deliveries (received_at);
GRANT SELECT, INSERT, DELETE ON webhook_deliveries TO dursor_system;

DO $$
DECLARE
    owned text;
BEGIN
    FOREACH owned IN ARRAY ARRAY['intents', 'github_config'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO dursor_app USING (tenant_id = nullif(current_setting(%L, true), %L))',
                       owned, 'dursor.tenant', '');
        EXECUTE format('CREATE POLICY of_system ON %I TO dursor_system USING (true)', owned);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO dursor_app, dursor_system', owned);
    END LOOP;
END
$$;
