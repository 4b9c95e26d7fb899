-- Rows of a database that was taken over and that have no table of their own, as they were. Its twin
-- is 0004_imported.sqlite.sql.

CREATE TABLE imported_rows (
    tenant_id text NOT NULL REFERENCES tenants,
    source_table text NOT NULL,
    id text NOT NULL,
    row_data jsonb NOT NULL,
    PRIMARY KEY (tenant_id, source_table, id)
);

ALTER TABLE imported_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE imported_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON imported_rows TO dursor_app USING (tenant_id = nullif(current_setting('dursor.tenant', true), ''));
CREATE POLICY of_system ON imported_rows TO dursor_system USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON imported_rows TO dursor_app, dursor_system;
