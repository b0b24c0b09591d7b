-- Every protection, re-export, audit, comparison: what the ledger needs to prove what it did.
--
-- From here on `request.keyed_at` and `attempt.last_sent_at` are told by the accounting side's clock, as the lease showed
-- it: what a later run concludes from them must not depend on a clock of ours that somebody may set.

-- The draft that was staged for an attempt: in the ledger before it is committed by that id. Never another one.
ALTER TABLE attempt ADD COLUMN draft_id TEXT CHECK (state <> 'staged' OR coalesce(draft_id, '') <> '');
-- What the last look-up found under the reference, for the person who decides.
ALTER TABLE attempt ADD COLUMN evidence TEXT CHECK (evidence IS NULL OR json_valid(evidence));
CREATE INDEX attempt_draft ON attempt (draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX attempt_posted_date ON attempt (date, attempt_id) WHERE state = 'posted';
CREATE TRIGGER attempt_has_one_draft BEFORE UPDATE OF draft_id ON attempt
WHEN OLD.draft_id IS NOT NULL AND NEW.draft_id IS NOT OLD.draft_id
BEGIN SELECT RAISE(ABORT, 'an attempt commits one draft, ever'); END;

-- How a request travelled: straight into the books, as drafts, or not at all (its members were found there).
ALTER TABLE request ADD COLUMN kind TEXT NOT NULL DEFAULT 'vouchers' CHECK (kind IN ('vouchers', 'drafts', 'found'));

-- Who the accounting system took the run for.
ALTER TABLE run ADD COLUMN accounting_user TEXT;

-- A content that a record had before it changed; kept for what was exported with it.
CREATE TABLE superseded (
    record_id    TEXT NOT NULL REFERENCES record (record_id),
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    content      TEXT NOT NULL CHECK (json_valid(content)),
    replaced_at  TEXT NOT NULL,
    PRIMARY KEY (record_id, content_hash)
) STRICT, WITHOUT ROWID;

-- Records of the same payee, day and amount, for information only.
CREATE INDEX record_look_alike ON record (date, minor, payee_id);

-- A forced re-export: asked for by a person, with a reason, perhaps approved by another. `attempt_id` is set in the
-- transaction that claims it; one that was withdrawn is never claimed.
CREATE TABLE re_export (
    re_export_id             INTEGER PRIMARY KEY,
    record_id                TEXT    NOT NULL REFERENCES record (record_id),
    generation               INTEGER NOT NULL CHECK (generation >= 2),
    earlier_attempt          INTEGER NOT NULL REFERENCES attempt (attempt_id),
    reason                   TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    reverse                  INTEGER NOT NULL CHECK (reverse IN (0, 1)),
    requested_user           TEXT    NOT NULL CHECK (requested_user <> ''),
    requested_host           TEXT    NOT NULL,
    requested_accounting     TEXT    NOT NULL,
    requested_at             TEXT    NOT NULL,
    needs_approval           INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),
    approved_user            TEXT,
    approved_host            TEXT,
    approved_accounting      TEXT,
    approved_at              TEXT,
    withdrawn_at             TEXT,
    attempt_id               INTEGER REFERENCES attempt (attempt_id),
    CHECK ((approved_user IS NULL) = (approved_at IS NULL)),
    CHECK ((approved_user IS NULL) = (approved_accounting IS NULL)),
    -- Nobody approves what they asked for: another user of the operating system, or another one of the accounting system.
    CHECK (approved_user IS NULL OR approved_user <> requested_user OR approved_accounting <> requested_accounting),
    CHECK (attempt_id IS NULL OR withdrawn_at IS NULL),
    CHECK (attempt_id IS NULL OR needs_approval = 0 OR approved_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX re_export_open ON re_export (record_id) WHERE attempt_id IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX re_export_attempt ON re_export (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE TRIGGER re_export_is_kept BEFORE DELETE ON re_export
BEGIN SELECT RAISE(ABORT, 'a re-export is never deleted'); END;
CREATE TRIGGER re_export_is_what_was_asked
BEFORE UPDATE OF record_id, generation, earlier_attempt, reason, reverse, requested_user, requested_host,
                 requested_accounting, requested_at, needs_approval ON re_export
BEGIN SELECT RAISE(ABORT, 'what was asked for is never rewritten'); END;

-- No voucher for a generation that nobody asked for. What is found in the books was asked for elsewhere.
CREATE TRIGGER attempt_was_asked_for BEFORE INSERT ON attempt
WHEN NEW.generation > 1 AND NEW.found = 0 AND NOT EXISTS (
    SELECT 1 FROM re_export
    WHERE record_id = NEW.record_id AND generation = NEW.generation AND attempt_id IS NULL AND withdrawn_at IS NULL
        AND (needs_approval = 0 OR approved_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'nobody asked for this generation'); END;

-- The counter-voucher of an earlier voucher, asked for together with a re-export. At most one for a voucher.
CREATE TABLE reversal (
    reversal_id        INTEGER PRIMARY KEY,
    re_export_id       INTEGER NOT NULL REFERENCES re_export (re_export_id),
    attempt_id         INTEGER NOT NULL REFERENCES attempt (attempt_id),
    voucher_id         TEXT    NOT NULL CHECK (voucher_id <> ''),
    reference          TEXT    NOT NULL CHECK (reference <> ''),
    key                TEXT    NOT NULL UNIQUE,
    date               TEXT    NOT NULL,
    reason             TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    run_number         INTEGER NOT NULL REFERENCES run (run_number),
    state              TEXT    NOT NULL CHECK (state IN ('claimed', 'unknown', 'posted', 'refused', 'not_sent')),
    claimed_at         TEXT    NOT NULL,
    settled_at         TEXT,
    counter_voucher_id TEXT,
    counter_number     TEXT,
    problem            TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    CHECK (state <> 'posted' OR coalesce(counter_voucher_id, '') <> ''),
    CHECK ((state IN ('claimed', 'unknown')) = (settled_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX reversal_guard ON reversal (voucher_id) WHERE state IN ('claimed', 'unknown', 'posted');
CREATE TRIGGER reversal_is_kept BEFORE DELETE ON reversal
BEGIN SELECT RAISE(ABORT, 'a reversal is never deleted'); END;

-- The audit trail: who did what, when and why. Each entry carries the hash of the one before; nothing is ever changed.
CREATE TABLE audit (
    entry              INTEGER PRIMARY KEY CHECK (entry >= 1),
    at                 TEXT    NOT NULL CHECK (at <> ''),
    actor_user         TEXT    NOT NULL CHECK (actor_user <> ''),
    actor_host         TEXT    NOT NULL,
    accounting_user    TEXT,
    act                TEXT    NOT NULL CHECK (act <> ''),
    record_id          TEXT,
    generation         INTEGER,
    run_id             TEXT,
    voucher_id         TEXT,
    earlier_voucher_id TEXT,
    reason             TEXT,
    detail             TEXT    NOT NULL CHECK (json_valid(detail)),
    previous           BLOB    NOT NULL CHECK (length(previous) = 32),
    hash               BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- A reason is data: these acts have none without one.
    CHECK (act NOT IN ('re_export_requested', 're_export_approved', 're_export_claimed', 'reversal_claimed', 'resolved',
                       'accepted', 'lock_broken')
           OR length(trim(coalesce(reason, ''))) >= 10)
) STRICT;
CREATE INDEX audit_record ON audit (record_id, entry) WHERE record_id IS NOT NULL;
CREATE INDEX audit_run ON audit (run_id, entry) WHERE run_id IS NOT NULL;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;
CREATE TRIGGER audit_goes_on_from_its_head BEFORE INSERT ON audit
WHEN NEW.entry <> (SELECT coalesce(max(entry), 0) + 1 FROM audit)
    OR NEW.previous <> coalesce((SELECT hash FROM audit ORDER BY entry DESC LIMIT 1), zeroblob(32))
BEGIN SELECT RAISE(ABORT, 'an audit entry goes on from the one before'); END;

-- The head of the trail after each run, signed with a key that is not in this file.
CREATE TABLE audit_head (
    head_id    INTEGER PRIMARY KEY,
    entries    INTEGER NOT NULL CHECK (entries >= 0),
    head       BLOB    NOT NULL CHECK (length(head) = 32),
    public_key TEXT,
    signature  TEXT,
    made_at    TEXT    NOT NULL,
    -- When the accounting side took it as witness.
    left_at    TEXT,
    CHECK ((public_key IS NULL) = (signature IS NULL))
) STRICT;
CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'a head of the audit trail is never deleted'); END;
CREATE TRIGGER audit_head_is_never_changed BEFORE UPDATE OF entries, head, public_key, signature, made_at ON audit_head
BEGIN SELECT RAISE(ABORT, 'a head of the audit trail is never changed'); END;

-- Ledger against accounting system, both ways. One with a run is that run's certificate.
CREATE TABLE comparison (
    comparison_id       INTEGER PRIMARY KEY,
    run_number          INTEGER UNIQUE REFERENCES run (run_number),
    period_from         TEXT,
    period_to           TEXT,
    organisation        TEXT    NOT NULL,
    address             TEXT    NOT NULL,
    actor_user          TEXT    NOT NULL,
    actor_host          TEXT    NOT NULL,
    accounting_user     TEXT,
    started_at          TEXT    NOT NULL,
    finished_at         TEXT,
    ledger_vouchers     INTEGER NOT NULL DEFAULT 0,
    accounting_vouchers INTEGER NOT NULL DEFAULT 0,
    matched             INTEGER NOT NULL DEFAULT 0,
    waiting             INTEGER NOT NULL DEFAULT 0,
    reversed            INTEGER NOT NULL DEFAULT 0,
    differences         INTEGER NOT NULL DEFAULT 0,
    -- [{"currency", "ledger", "accounting"}], decimals.
    sums                TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(sums))
) STRICT;
CREATE TABLE comparison_difference (
    comparison_id INTEGER NOT NULL REFERENCES comparison (comparison_id),
    position      INTEGER NOT NULL CHECK (position >= 1),
    kind          TEXT    NOT NULL CHECK (kind IN ('missing_in_accounting', 'reversed', 'several', 'other_content',
                                                   'other_voucher', 'unknown_to_ledger', 'in_doubt_found', 'draft_left')),
    record_id     TEXT,
    generation    INTEGER,
    reference     TEXT    NOT NULL,
    voucher_id    TEXT,
    -- {"ledger": {…} | null, "accounting": [{…}]}: both sides as they were seen.
    detail        TEXT    NOT NULL CHECK (json_valid(detail)),
    PRIMARY KEY (comparison_id, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER comparison_is_kept BEFORE DELETE ON comparison
BEGIN SELECT RAISE(ABORT, 'a comparison is never deleted'); END;
CREATE TRIGGER comparison_difference_is_kept BEFORE DELETE ON comparison_difference
BEGIN SELECT RAISE(ABORT, 'a difference is never deleted'); END;

-- A voucher that was acknowledged and is gone, reversed or another one now. Cleared when a later look finds it well, or
-- when a person accepts it.
CREATE TABLE alarm (
    alarm_id   INTEGER PRIMARY KEY,
    attempt_id INTEGER NOT NULL REFERENCES attempt (attempt_id),
    kind       TEXT    NOT NULL CHECK (kind IN ('gone', 'reversed', 'several', 'other_content')),
    evidence   TEXT    NOT NULL CHECK (json_valid(evidence)),
    raised_at  TEXT    NOT NULL,
    cleared_at TEXT,
    cleared_by TEXT    CHECK (cleared_by IN ('found_well', 'accepted')),
    CHECK ((cleared_at IS NULL) = (cleared_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (attempt_id) WHERE cleared_at IS NULL;
CREATE TRIGGER alarm_is_kept BEFORE DELETE ON alarm
BEGIN SELECT RAISE(ABORT, 'an alarm is never deleted'); END;

-- A person's word that a record may stay as it is, although it changed after export or its voucher is gone. It holds for
-- that content, or for that alarm, alone.
CREATE TABLE acceptance (
    acceptance_id   INTEGER PRIMARY KEY,
    record_id       TEXT    NOT NULL REFERENCES record (record_id),
    attempt_id      INTEGER NOT NULL REFERENCES attempt (attempt_id),
    content_hash    BLOB    CHECK (length(content_hash) = 32),
    alarm_id        INTEGER REFERENCES alarm (alarm_id),
    reason          TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    actor_user      TEXT    NOT NULL CHECK (actor_user <> ''),
    actor_host      TEXT    NOT NULL,
    accepted_at     TEXT    NOT NULL,
    CHECK ((content_hash IS NULL) <> (alarm_id IS NULL))
) STRICT;
CREATE INDEX acceptance_record ON acceptance (record_id);
CREATE TRIGGER acceptance_is_kept BEFORE DELETE ON acceptance
BEGIN SELECT RAISE(ABORT, 'an acceptance is never deleted'); END;

-- The row of a run that an attempt stands in; the rows of what was left out are many, and never looked for this way.
CREATE INDEX run_item_attempt ON run_item (attempt_id, run_number)
    WHERE attempt_id IS NOT NULL AND result IS NOT 'skipped_already_exported';

DROP VIEW record_state;
CREATE VIEW record_state AS
SELECT r.seq, r.record_id, guard.attempt_id AS guard_attempt, last.attempt_id AS last_attempt,
    CASE
        WHEN guard.state = 'posted' AND EXISTS (
            SELECT 1 FROM alarm WHERE alarm.attempt_id = guard.attempt_id AND cleared_at IS NULL) THEN 'vanished'
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
