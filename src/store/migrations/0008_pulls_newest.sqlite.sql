-- For the list of all pull requests. Its twin is 0008_pulls_newest.postgres.sql.
CREATE INDEX prs_newest ON prs (tenant_id, created_at, id);
