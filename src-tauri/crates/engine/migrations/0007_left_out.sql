-- The rows of a reading that do not count, by a rule: totals, rows that the workspace leaves out. Nobody has to look at them.
CREATE TABLE left_out (
    left_out_id INTEGER PRIMARY KEY,
    reading_id  INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id   TEXT,
    file        TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    reason      TEXT    NOT NULL CHECK (json_valid(reason)),
    glimpse     TEXT    NOT NULL
) STRICT;

ALTER TABLE run ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0 CHECK (left_out >= 0);

-- A row of a run has one more result, `left_out`.
CREATE TABLE run_item_with_left_out (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    position   INTEGER NOT NULL CHECK (position >= 1),
    record_id  TEXT,
    file       TEXT,
    line       INTEGER,
    generation INTEGER,
    result     TEXT CHECK (result IN ('posted', 'skipped_already_exported', 'skipped_found_in_accounting',
                                      'skipped_repeated_in_source', 'left_out', 'refused', 'held', 'in_doubt', 'not_sent')),
    attempt_id INTEGER REFERENCES attempt (attempt_id),
    reason     TEXT CHECK (reason IS NULL OR json_valid(reason)),
    -- The beginning of the row's digest, so that a changed row can be named; what proves it is the root in the run's entry.
    mark       BLOB CHECK (mark IS NULL OR length(mark) = 8),
    PRIMARY KEY (run_number, position),
    CHECK (result <> 'posted' OR attempt_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO run_item_with_left_out
SELECT run_number, position, record_id, file, line, generation, result, attempt_id, reason, mark FROM run_item;

DROP TABLE run_item;

ALTER TABLE run_item_with_left_out RENAME TO run_item;

CREATE TRIGGER run_item_is_kept BEFORE DELETE ON run_item
BEGIN SELECT RAISE(ABORT, 'a row of a run is never deleted'); END;

CREATE INDEX run_item_attempt ON run_item (attempt_id, run_number)
    WHERE attempt_id IS NOT NULL AND result IS NOT 'skipped_already_exported';

CREATE INDEX run_item_record ON run_item (record_id, run_number)
    WHERE record_id IS NOT NULL AND result IS NOT 'skipped_already_exported';
