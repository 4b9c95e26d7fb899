-- How far an import has come, so that one that was interrupted goes on. Its twin is 0013_imports.postgres.sql.

-- A row for each table while an import is under way, written in the transactions of the rows themselves.
CREATE TABLE imports (
    tenant_id TEXT NOT NULL REFERENCES tenants,
    source TEXT NOT NULL,         -- the file, by its real path
    table_name TEXT NOT NULL,
    state TEXT NOT NULL,          -- of the file: another one means that it was written to since
    before_rows INTEGER NOT NULL, -- what the table held when the import began
    before_sum TEXT NOT NULL,
    handled INTEGER NOT NULL,     -- rows of the source, in the order in which they come
    handled_sum TEXT NOT NULL,
    copied INTEGER NOT NULL, -- rows that were added
    copied_sum TEXT NOT NULL,
    kept INTEGER NOT NULL, -- of them those that stand for rows that the database refused
    present INTEGER NOT NULL,
    different INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, source, table_name)
) STRICT;
