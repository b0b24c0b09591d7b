-- Vouchers that are handed over in files: a record is in one sealed file at most, and is exported once it is seen in the
-- books. Two states more for an attempt, one more for a row of a run. As in 0012, the text of the tables is changed, and
-- no row is touched.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema
SET sql = replace(replace(sql,
    'CHECK (state = ''claimed'' OR state = ''staged'' OR state = ''posted'' OR state = ''refused'' OR state = ''not_sent'' OR state = ''unknown'')',
    'CHECK (state = ''claimed'' OR state = ''staged'' OR state = ''posted'' OR state = ''refused'' OR state = ''not_sent'' OR state = ''unknown'' OR state = ''handed_over'' OR state = ''withdrawn'')'),
    'CHECK ((state = ''claimed'' OR state = ''staged'' OR state = ''unknown'') = (settled_at IS NULL))',
    'CHECK ((state = ''claimed'' OR state = ''staged'' OR state = ''unknown'' OR state = ''handed_over'') = (settled_at IS NULL))')
WHERE type = 'table' AND name = 'attempt';

UPDATE sqlite_schema
SET sql = replace(sql,
    'OR result = ''in_doubt'' OR result = ''not_sent'')',
    'OR result = ''in_doubt'' OR result = ''not_sent'' OR result = ''handed_over'' OR result = ''skipped_handed_over'')')
WHERE type = 'table' AND name = 'run_item';

PRAGMA writable_schema = RESET;

ALTER TABLE run ADD COLUMN handed_over INTEGER NOT NULL DEFAULT 0 CHECK (handed_over >= 0);

CREATE TABLE sealed_file (
    sealed_file_id INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL CHECK (number >= 1),
    label          TEXT    NOT NULL CHECK (label <> ''),
    file_name      TEXT    NOT NULL CHECK (file_name <> ''),
    format         TEXT    NOT NULL CHECK (format <> ''),
    -- The request whose body its bytes are: they are kept for ever.
    request_id     INTEGER NOT NULL UNIQUE REFERENCES request (request_id),
    run_number     INTEGER NOT NULL REFERENCES run (run_number),
    digest         BLOB    NOT NULL CHECK (length(digest) = 32),
    predecessor    BLOB    CHECK (length(predecessor) = 32),
    bytes          INTEGER NOT NULL CHECK (bytes > 0),
    vouchers       INTEGER NOT NULL CHECK (vouchers > 0),
    first_voucher  INTEGER NOT NULL CHECK (first_voucher >= 1),
    -- [{"currency", "amount"}], decimals.
    sums           TEXT    NOT NULL CHECK (json_valid(sums)),
    -- `rendered`: perhaps on its way. `void`: it provably never lay anywhere, and its number goes to the next one.
    state          TEXT    NOT NULL CHECK (state = 'rendered' OR state = 'sealed' OR state = 'withdrawn' OR state = 'void'),
    rendered_at    TEXT    NOT NULL,
    sealed_at      TEXT,
    -- The run that saw it lie where it is fetched from.
    sealed_run     INTEGER REFERENCES run (run_number),
    withdrawn_at   TEXT,
    reason         TEXT    CHECK (reason IS NULL OR length(trim(reason)) >= 10),
    actor_user     TEXT,
    actor_host     TEXT,
    CHECK ((state = 'sealed' OR state = 'withdrawn') = (sealed_at IS NOT NULL)),
    CHECK ((sealed_at IS NULL) = (sealed_run IS NULL)),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CHECK ((withdrawn_at IS NULL) = (reason IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (actor_user IS NULL))
) STRICT;

CREATE UNIQUE INDEX sealed_file_number ON sealed_file (number) WHERE state <> 'void';

CREATE INDEX attempt_handed_over ON attempt (request_id) WHERE state = 'handed_over';

CREATE TRIGGER sealed_file_is_kept BEFORE DELETE ON sealed_file
BEGIN SELECT RAISE(ABORT, 'a file is never deleted'); END;

CREATE TRIGGER sealed_file_goes_on_from_the_last BEFORE INSERT ON sealed_file
WHEN NEW.state <> 'rendered'
    OR NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM sealed_file WHERE state <> 'void')
    OR NEW.predecessor IS NOT (SELECT digest FROM sealed_file WHERE state <> 'void' ORDER BY number DESC LIMIT 1)
    OR NEW.first_voucher < (SELECT coalesce(max(first_voucher + vouchers), 1) FROM sealed_file WHERE state <> 'void')
    OR EXISTS (SELECT 1 FROM sealed_file WHERE state = 'rendered')
BEGIN SELECT RAISE(ABORT, 'a file goes on from the one before'); END;

CREATE TRIGGER sealed_file_is_what_was_rendered
BEFORE UPDATE OF number, label, file_name, format, request_id, run_number, digest, predecessor, bytes, vouchers,
                 first_voucher, sums, rendered_at ON sealed_file
BEGIN SELECT RAISE(ABORT, 'a file is never rendered twice'); END;

CREATE TRIGGER sealed_file_goes_forward BEFORE UPDATE OF state ON sealed_file
WHEN NOT ((OLD.state = 'rendered' AND NEW.state IN ('sealed', 'void')) OR (OLD.state = 'sealed' AND NEW.state = 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'a file that lies somewhere stays so'); END;

-- The number of a file whose records may be vouchers goes to no other.
CREATE TRIGGER sealed_file_is_void_of_claims BEFORE UPDATE OF state ON sealed_file
WHEN NEW.state = 'void' AND EXISTS (
    SELECT 1 FROM attempt WHERE request_id = OLD.request_id AND state NOT IN ('refused', 'not_sent'))
BEGIN SELECT RAISE(ABORT, 'a file with a claim is not void'); END;

CREATE TRIGGER sealed_file_was_never_imported BEFORE UPDATE OF state ON sealed_file
WHEN NEW.state = 'withdrawn' AND EXISTS (
    SELECT 1 FROM attempt WHERE request_id = OLD.request_id AND state <> 'handed_over')
BEGIN SELECT RAISE(ABORT, 'a file of which a record is settled is not withdrawn'); END;

CREATE TRIGGER attempt_is_in_a_sealed_file BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'handed_over'
    AND NOT EXISTS (SELECT 1 FROM sealed_file WHERE request_id = NEW.request_id AND state = 'sealed')
BEGIN SELECT RAISE(ABORT, 'what is handed over is in a sealed file'); END;

CREATE TRIGGER attempt_leaves_its_file_for_the_books BEFORE UPDATE OF state ON attempt
WHEN OLD.state = 'handed_over' AND NEW.state <> 'posted' AND NOT (NEW.state = 'withdrawn'
    AND EXISTS (SELECT 1 FROM sealed_file WHERE request_id = NEW.request_id AND state = 'withdrawn'))
BEGIN SELECT RAISE(ABORT, 'what is handed over is posted, or withdrawn with its file'); END;

CREATE TRIGGER attempt_is_withdrawn_from_a_file BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'withdrawn' AND OLD.state <> 'handed_over'
BEGIN SELECT RAISE(ABORT, 'only what was handed over is withdrawn'); END;

DROP TRIGGER attempt_was_asked_for;

-- A person who withdraws a file asks for the next generation of its records.
CREATE TRIGGER attempt_was_asked_for BEFORE INSERT ON attempt
WHEN NEW.generation > 1 AND NEW.found = 0 AND NOT EXISTS (
    SELECT 1 FROM re_export
    WHERE record_id = NEW.record_id AND generation = NEW.generation AND attempt_id IS NULL AND withdrawn_at IS NULL
        AND (needs_approval = 0 OR approved_at IS NOT NULL))
    AND NOT EXISTS (
    SELECT 1 FROM attempt
    WHERE record_id = NEW.record_id AND generation = NEW.generation - 1 AND state = 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'nobody asked for this generation'); END;

DROP VIEW record_state;

CREATE VIEW record_state AS
SELECT r.seq, r.record_id, CASE WHEN guard.state <> 'withdrawn' THEN guard.attempt_id END AS guard_attempt, last.attempt_id AS last_attempt,
    CASE
        WHEN guard.state = 'posted' AND EXISTS (
            SELECT 1 FROM attempt any_of JOIN alarm ON alarm.attempt_id = any_of.attempt_id AND alarm.cleared_at IS NULL
            WHERE any_of.record_id = r.record_id) THEN 'vanished'
        WHEN guard.state = 'posted' AND guard.content_hash <> r.content_hash AND NOT EXISTS (
            SELECT 1 FROM acceptance a
            WHERE a.record_id = r.record_id AND a.attempt_id = guard.attempt_id AND a.content_hash = r.content_hash)
            THEN 'changed'
        WHEN guard.state = 'posted' THEN 'posted'
        WHEN guard.state = 'handed_over' THEN 'handed_over'
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
LEFT JOIN attempt last ON (guard.attempt_id IS NULL OR guard.state = 'withdrawn') AND last.attempt_id = (
    SELECT attempt_id FROM attempt WHERE record_id = r.record_id ORDER BY attempt_id DESC LIMIT 1)
LEFT JOIN run ON run.run_number = guard.run_number;
