-- A list of more than two values is made into a table of its own each time that a row is held against it: for each claim
-- and each answer, ten such tables. The same conditions, without lists. SQLite's own procedure for a changed CHECK is to
-- change the text of the table; no row is touched.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema
SET sql = replace(replace(sql,
    'CHECK (state IN (''claimed'', ''staged'', ''posted'', ''refused'', ''not_sent'', ''unknown''))',
    'CHECK (state = ''claimed'' OR state = ''staged'' OR state = ''posted'' OR state = ''refused'' OR state = ''not_sent'' OR state = ''unknown'')'),
    'CHECK ((state IN (''claimed'', ''staged'', ''unknown'')) = (settled_at IS NULL))',
    'CHECK ((state = ''claimed'' OR state = ''staged'' OR state = ''unknown'') = (settled_at IS NULL))')
WHERE type = 'table' AND name = 'attempt';

UPDATE sqlite_schema
SET sql = replace(sql,
    'CHECK (result IN (''posted'', ''skipped_already_exported'', ''skipped_found_in_accounting'',
                                      ''skipped_repeated_in_source'', ''left_out'', ''refused'', ''held'', ''in_doubt'', ''not_sent''))',
    'CHECK (result = ''posted'' OR result = ''skipped_already_exported'' OR result = ''skipped_found_in_accounting''
        OR result = ''skipped_repeated_in_source'' OR result = ''left_out'' OR result = ''refused'' OR result = ''held''
        OR result = ''in_doubt'' OR result = ''not_sent'')')
WHERE type = 'table' AND name = 'run_item';

PRAGMA writable_schema = RESET;

-- THE GUARD: at most one attempt that is, or may be, a voucher for a record and generation; and for a reference.
DROP INDEX attempt_guard;

CREATE UNIQUE INDEX attempt_guard ON attempt (record_id, generation) WHERE state NOT IN ('refused', 'not_sent');

DROP INDEX attempt_guard_reference;

CREATE UNIQUE INDEX attempt_guard_reference ON attempt (reference) WHERE state NOT IN ('refused', 'not_sent');

DROP INDEX attempt_open;

CREATE INDEX attempt_open ON attempt (request_id) WHERE settled_at IS NULL;

DROP TRIGGER attempt_settles_once;

CREATE TRIGGER attempt_settles_once BEFORE UPDATE OF state, voucher_id, settled_at ON attempt
WHEN OLD.settled_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a settled attempt is never settled again'); END;

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
        WHEN last.state = 'refused' THEN 'refused'
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
