-- How far an import has come, so that one that was interrupted goes on. Its twin is 0013_imports.sqlite.sql.

-- A row for each table while an import is under way, written in the transactions of the rows themselves.
CREATE TABLE imports (
    tenant_id text NOT NULL REFERENCES tenants,
    source text NOT NULL,        -- the file, by its real path
    table_name text NOT NULL,
    state text NOT NULL,         -- of the file: another one means that it was written to since
    before_rows bigint NOT NULL, -- what the table held when the import began
    before_sum text NOT NULL,
    handled bigint NOT NULL,     -- rows of the source, in the order in which they come
    handled_sum text NOT NULL,
    copied bigint NOT NULL, -- rows that were added
    copied_sum text NOT NULL,
    kept bigint NOT NULL, -- of them those that stand for rows that the database refused
    present bigint NOT NULL,
    different bigint NOT NULL,
    refused bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, source, table_name)
);

ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON imports TO dursor_app USING (tenant_id = nullif(current_setting('dursor.tenant', true), ''));
CREATE POLICY of_system ON imports TO dursor_system USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON imports TO dursor_app, dursor_system;
