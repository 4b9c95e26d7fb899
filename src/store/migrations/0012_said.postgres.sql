-- Why a run or a job failed, and what a run warns of, with what pages need to translate it: a code and named values. Its
-- twin is 0012_said.sqlite.sql.
ALTER TABLE runs ADD COLUMN error_params jsonb;
ALTER TABLE runs ADD COLUMN warning_notes jsonb;
ALTER TABLE jobs ADD COLUMN error_code text;
ALTER TABLE jobs ADD COLUMN error_params jsonb;
