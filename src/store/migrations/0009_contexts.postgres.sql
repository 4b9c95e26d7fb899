-- What the model of a run was given is one event among many: found without reading the others. Its twin is
-- 0009_contexts.sqlite.sql.
CREATE INDEX run_events_context ON run_events (run_id, seq) WHERE kind = 'context';
