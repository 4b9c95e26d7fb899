-- Why a run or a job failed, and what a run warns of, with what pages need to translate it: a code and named values. Its
-- twin is 0012_said.postgres.sql.
ALTER TABLE runs ADD COLUMN error_params TEXT; -- JSON
ALTER TABLE runs ADD COLUMN warning_notes TEXT; -- JSON
ALTER TABLE jobs ADD COLUMN error_code TEXT;
ALTER TABLE jobs ADD COLUMN error_params TEXT; -- JSON
