-- The content that was claimed beyond day and amount: a look-up may show as much. NULL for claims of earlier versions.
ALTER TABLE attempt ADD COLUMN sent TEXT CHECK (sent IS NULL OR json_valid(sent));

-- An acknowledgement is one record's. Where an earlier version took one for several, the first keeps it and the others are
-- marked, so that the ledger opens as it is; a comparison names them.
ALTER TABLE attempt ADD COLUMN shares_voucher INTEGER NOT NULL DEFAULT 0 CHECK (shares_voucher IN (0, 1));

UPDATE attempt SET shares_voucher = 1
WHERE state = 'posted' AND EXISTS (
    SELECT 1 FROM attempt first
    WHERE first.voucher_id = attempt.voucher_id AND first.state = 'posted' AND first.attempt_id < attempt.attempt_id);

CREATE UNIQUE INDEX attempt_acknowledgement ON attempt (voucher_id) WHERE state = 'posted' AND shares_voucher = 0;

DROP TRIGGER attempt_is_what_was_claimed;

CREATE TRIGGER attempt_is_what_was_claimed
BEFORE UPDATE OF record_id, generation, reference, run_number, request_id, member, content_hash, date, currency, exponent,
                 minor, claimed_at, sent ON attempt
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;

-- The rows that the books had already: nothing was made for them. Runs of earlier versions stay as they were covered.
ALTER TABLE run ADD COLUMN found INTEGER NOT NULL DEFAULT 0 CHECK (found >= 0);

-- The parts of a voucher's content that the accounting system did not show: ["account", …].
ALTER TABLE comparison ADD COLUMN unseen TEXT CHECK (unseen IS NULL OR json_valid(unseen));

DROP VIEW record_state;

DROP VIEW compared_attempt;

-- A record whose voucher is not as it was, or of which more than one voucher stands, waits for a person: whichever of its
-- generations the alarm is about.
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
        WHEN r.reading_id <> (SELECT latest_reading FROM ledger) THEN 'gone'
        WHEN r.held_reason IS NOT NULL THEN 'held'
        WHEN last.state = 'refused' THEN 'refused'
        ELSE 'eligible'
    END AS state
FROM record r
LEFT JOIN attempt guard ON guard.attempt_id = (
    SELECT attempt_id FROM attempt
    WHERE record_id = r.record_id AND state IN ('claimed', 'staged', 'unknown', 'posted')
    ORDER BY generation DESC LIMIT 1)
LEFT JOIN attempt last ON guard.attempt_id IS NULL AND last.attempt_id = (
    SELECT attempt_id FROM attempt WHERE record_id = r.record_id ORDER BY attempt_id DESC LIMIT 1)
LEFT JOIN run ON run.run_number = guard.run_number;

CREATE VIEW compared_attempt AS
SELECT a.attempt_id, a.record_id, a.generation, a.reference, a.state, a.date, a.currency, a.exponent, a.minor, a.sent,
       a.voucher_id, a.voucher_number, a.settled_at, a.last_sent_at,
       coalesce(settled.run_id, claimed.run_id) AS run_id,
       (SELECT state FROM reversal
        WHERE reversal.voucher_id = a.voucher_id AND state IN ('claimed', 'unknown', 'posted')) AS reversal,
       EXISTS (SELECT 1 FROM attempt later
               WHERE later.record_id = a.record_id AND later.generation > a.generation AND later.state = 'posted')
           AS exported_again
FROM attempt a
JOIN run claimed ON claimed.run_number = a.run_number
LEFT JOIN run settled ON settled.run_number = a.settled_run;
