-- Rows of a database that was taken over and that have no table of their own, as they were. Its twin
-- is 0004_imported.postgres.sql.

CREATE TABLE imported_rows (
    tenant_id TEXT NOT NULL REFERENCES tenants,
    source_table TEXT NOT NULL,
    id TEXT NOT NULL,
    row_data TEXT NOT NULL, -- JSON
    PRIMARY KEY (tenant_id, source_table, id)
) STRICT;
