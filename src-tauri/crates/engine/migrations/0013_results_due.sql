-- The source learns what became of its records: each export that it has not acknowledged yet is due.
CREATE TABLE result_due (
    attempt_id INTEGER PRIMARY KEY REFERENCES attempt (attempt_id),
    due_at     TEXT NOT NULL,
    told_at    TEXT
) STRICT;

CREATE INDEX result_due_open ON result_due (attempt_id) WHERE told_at IS NULL;

CREATE TRIGGER result_due_is_kept BEFORE DELETE ON result_due
BEGIN SELECT RAISE(ABORT, 'a result that is due is never deleted'); END;

CREATE TRIGGER result_due_is_told_once BEFORE UPDATE ON result_due
WHEN OLD.told_at IS NOT NULL OR NEW.attempt_id <> OLD.attempt_id OR NEW.due_at <> OLD.due_at
BEGIN SELECT RAISE(ABORT, 'a result that was told stays so'); END;

-- Whether the source of a run takes results, and locks records. A run whose source does not say goes by the one before.
ALTER TABLE run ADD COLUMN takes_results INTEGER NOT NULL DEFAULT 0 CHECK (takes_results IN (0, 1));

ALTER TABLE run ADD COLUMN locks_records INTEGER NOT NULL DEFAULT 0 CHECK (locks_records IN (0, 1));
