-- The day on which a record is booked instead of its own, which lies in a closed period: by a person's word, or, without a
-- reason, by the workspace's rule in a run. It holds as long as the record's own day is the one that it replaces; of
-- several, the newest.
CREATE TABLE other_day (
    other_day_id INTEGER PRIMARY KEY,
    record_id    TEXT NOT NULL REFERENCES record (record_id),
    -- The attempt that was refused for its day.
    attempt_id   INTEGER NOT NULL REFERENCES attempt (attempt_id),
    instead_of   TEXT NOT NULL,
    day          TEXT NOT NULL,
    reason       TEXT CHECK (length(trim(reason)) >= 10),
    actor_user   TEXT NOT NULL CHECK (actor_user <> ''),
    actor_host   TEXT NOT NULL,
    run_number   INTEGER REFERENCES run (run_number),
    chosen_at    TEXT NOT NULL,
    CHECK (day > instead_of),
    CHECK ((reason IS NULL) <> (run_number IS NULL))
) STRICT;

CREATE INDEX other_day_record ON other_day (record_id, other_day_id);

CREATE TRIGGER other_day_is_kept BEFORE DELETE ON other_day
BEGIN SELECT RAISE(ABORT, 'the choice of a day is never deleted'); END;

CREATE TRIGGER other_day_is_never_changed BEFORE UPDATE ON other_day
BEGIN SELECT RAISE(ABORT, 'the choice of a day is never changed'); END;

-- A record for which another day was chosen in place of the refused one goes with the next run.
DROP VIEW record_state;

CREATE VIEW record_state AS
SELECT r.seq, r.record_id, guard.attempt_id AS guard_attempt, last.attempt_id AS last_attempt,
    CASE
        WHEN guard.state = 'posted' AND EXISTS (
            SELECT 1 FROM attempt any_of JOIN alarm ON alarm.attempt_id = any_of.attempt_id AND alarm.cleared_at IS NULL
            WHERE any_of.record_id = r.record_id) THEN 'vanished'
        WHEN guard.state = 'posted' AND guard.content_hash <> r.content_hash AND NOT EXISTS (
            SELECT 1 FROM acceptance a
            WHERE a.record_id = r.record_id AND a.attempt_id = guard.attempt_id AND a.content_hash = r.content_hash)
            THEN 'changed'
        WHEN guard.state = 'posted' THEN 'posted'
        WHEN guard.state = 'unknown' THEN 'in_doubt'
        WHEN guard.state IN ('claimed', 'staged') AND run.finished_at IS NULL THEN 'sending'
        WHEN guard.state IN ('claimed', 'staged') THEN 'in_doubt'
        WHEN r.reading_id < (SELECT latest_reading FROM ledger) THEN CASE
            WHEN EXISTS (SELECT 1 FROM set_aside s WHERE s.record_id = r.record_id AND s.reading_id = r.reading_id)
                THEN 'set_aside'
            ELSE 'gone' END
        WHEN r.held_reason IS NOT NULL THEN 'held'
        WHEN last.state = 'refused' AND NOT EXISTS (
            SELECT 1 FROM other_day o WHERE o.record_id = r.record_id AND o.attempt_id = last.attempt_id) THEN 'refused'
        ELSE 'eligible'
    END AS state
FROM record r
LEFT JOIN attempt guard ON guard.attempt_id = (
    SELECT attempt_id FROM attempt
    WHERE record_id = r.record_id AND state NOT IN ('refused', 'not_sent')
    ORDER BY generation DESC LIMIT 1)
LEFT JOIN attempt last ON guard.attempt_id IS NULL AND last.attempt_id = (
    SELECT attempt_id FROM attempt WHERE record_id = r.record_id ORDER BY attempt_id DESC LIMIT 1)
LEFT JOIN run ON run.run_number = guard.run_number;
