-- The whole schema, as the migrations add up to it. A test in `ledger/open.rs` compares the two.

CREATE TABLE ledger (
    only           INTEGER PRIMARY KEY CHECK (only = 1),
    ledger_id      TEXT    NOT NULL CHECK (ledger_id <> ''),
    created_at     TEXT    NOT NULL,
    writes         INTEGER NOT NULL CHECK (writes >= 0),
    latest_reading INTEGER REFERENCES reading (reading_id)
) STRICT;

CREATE TABLE reading (
    reading_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at  TEXT NOT NULL,
    finished_at TEXT
) STRICT;

CREATE TABLE record (
    seq           INTEGER PRIMARY KEY,
    record_id     TEXT    NOT NULL UNIQUE CHECK (record_id <> ''),
    content_hash  BLOB    NOT NULL CHECK (length(content_hash) = 32),
    date          TEXT    NOT NULL,
    currency      TEXT    NOT NULL CHECK (length(currency) = 3),
    exponent      INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
    minor         INTEGER NOT NULL,
    payee_id      TEXT    NOT NULL,
    payee_name    TEXT    NOT NULL,
    category      TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    department    TEXT,
    project       TEXT,
    version       INTEGER,
    approved_at   TEXT,
    file          TEXT    NOT NULL,
    line          INTEGER NOT NULL,
    first_seen_at TEXT    NOT NULL,
    reading_id    INTEGER NOT NULL REFERENCES reading (reading_id),
    conflict      INTEGER NOT NULL DEFAULT 0 CHECK (conflict IN (0, 1)),
    held_reason   TEXT    CHECK (held_reason IS NULL OR json_valid(held_reason)),
    held_since    TEXT,
    CHECK ((held_reason IS NULL) = (held_since IS NULL))
) STRICT;

CREATE TABLE repeat (
    repeat_id  INTEGER PRIMARY KEY,
    reading_id INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id  TEXT    NOT NULL REFERENCES record (record_id),
    same       INTEGER NOT NULL CHECK (same IN (0, 1)),
    file       TEXT    NOT NULL,
    line       INTEGER NOT NULL
) STRICT;

CREATE INDEX repeat_reading ON repeat (reading_id, record_id);

CREATE TABLE flaw (
    flaw_id    INTEGER PRIMARY KEY,
    reading_id INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id  TEXT,
    file       TEXT    NOT NULL,
    line       INTEGER NOT NULL,
    reason     TEXT    NOT NULL CHECK (json_valid(reason)),
    glimpse    TEXT    NOT NULL
) STRICT;

CREATE INDEX flaw_reading ON flaw (reading_id);

CREATE TABLE run (
    run_number  INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id      TEXT    NOT NULL UNIQUE CHECK (run_id <> ''),
    trigger     TEXT    NOT NULL CHECK (trigger IN ('manual', 'scheduled', 're-export')),
    actor_user  TEXT    NOT NULL,
    actor_host  TEXT    NOT NULL,
    period_from TEXT,
    period_to   TEXT,
    -- Whose books it went into. Once something was attempted, no later run goes into anybody else's.
    organisation TEXT   NOT NULL CHECK (organisation <> ''),
    protection  TEXT    NOT NULL CHECK (protection IN ('enforced', 'fenced', 'staged', 'observed')),
    fence       INTEGER NOT NULL,
    program     TEXT    NOT NULL,
    started_at  TEXT    NOT NULL,
    finished_at TEXT,
    outcome     TEXT    CHECK (outcome IN ('completed', 'stopped', 'lease_lost', 'failed', 'interrupted')),
    error       TEXT    CHECK (error IS NULL OR json_valid(error)),
    read        INTEGER NOT NULL DEFAULT 0 CHECK (read >= 0),
    posted      INTEGER NOT NULL DEFAULT 0 CHECK (posted >= 0),
    skipped     INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    refused     INTEGER NOT NULL DEFAULT 0 CHECK (refused >= 0),
    held        INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    in_doubt    INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt >= 0),
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE TABLE run_sum (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    currency   TEXT    NOT NULL,
    exponent   INTEGER NOT NULL,
    minor      INTEGER NOT NULL,
    PRIMARY KEY (run_number, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE request (
    request_id INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE CHECK (key <> ''),
    keyed_at   TEXT    NOT NULL,
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    fence      INTEGER NOT NULL,
    body       BLOB,
    body_hash  BLOB    NOT NULL CHECK (length(body_hash) = 32)
) STRICT;

CREATE TABLE attempt (
    attempt_id     INTEGER PRIMARY KEY,
    record_id      TEXT    NOT NULL REFERENCES record (record_id),
    generation     INTEGER NOT NULL CHECK (generation >= 1),
    reference      TEXT    NOT NULL CHECK (reference <> ''),
    run_number     INTEGER NOT NULL REFERENCES run (run_number),
    request_id     INTEGER NOT NULL REFERENCES request (request_id),
    member         INTEGER NOT NULL CHECK (member >= 0),
    content_hash   BLOB    NOT NULL CHECK (length(content_hash) = 32),
    date           TEXT    NOT NULL,
    currency       TEXT    NOT NULL,
    exponent       INTEGER NOT NULL,
    minor          INTEGER NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('claimed', 'staged', 'posted', 'refused', 'not_sent', 'unknown')),
    claimed_at     TEXT    NOT NULL,
    last_sent_at   TEXT    NOT NULL,
    settled_at     TEXT,
    settled_run    INTEGER REFERENCES run (run_number),
    found          INTEGER NOT NULL DEFAULT 0 CHECK (found IN (0, 1)),
    voucher_id     TEXT,
    voucher_number TEXT,
    reason         TEXT    CHECK (reason IS NULL OR json_valid(reason)),
    UNIQUE (request_id, member),
    CHECK (state <> 'posted' OR coalesce(voucher_id, '') <> ''),
    CHECK (state NOT IN ('refused', 'unknown') OR reason IS NOT NULL),
    CHECK ((state IN ('claimed', 'staged', 'unknown')) = (settled_at IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_run IS NULL))
) STRICT;

CREATE UNIQUE INDEX attempt_guard ON attempt (record_id, generation)
    WHERE state IN ('claimed', 'staged', 'unknown', 'posted');

CREATE UNIQUE INDEX attempt_guard_reference ON attempt (reference)
    WHERE state IN ('claimed', 'staged', 'unknown', 'posted');

CREATE INDEX attempt_open ON attempt (request_id) WHERE state IN ('claimed', 'staged', 'unknown');

CREATE INDEX attempt_record ON attempt (record_id, attempt_id);

CREATE INDEX attempt_voucher ON attempt (voucher_id) WHERE voucher_id IS NOT NULL;

CREATE TABLE run_item (
    run_number INTEGER NOT NULL REFERENCES run (run_number),
    position   INTEGER NOT NULL CHECK (position >= 1),
    record_id  TEXT,
    file       TEXT,
    line       INTEGER,
    generation INTEGER,
    result     TEXT CHECK (result IN ('posted', 'skipped_already_exported', 'skipped_found_in_accounting',
                                      'skipped_repeated_in_source', 'refused', 'held', 'in_doubt', 'not_sent')),
    attempt_id INTEGER REFERENCES attempt (attempt_id),
    reason     TEXT CHECK (reason IS NULL OR json_valid(reason)),
    PRIMARY KEY (run_number, position),
    CHECK (result <> 'posted' OR attempt_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attempt_is_kept BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

CREATE TRIGGER request_is_kept BEFORE DELETE ON request
BEGIN SELECT RAISE(ABORT, 'a request is never deleted'); END;

CREATE TRIGGER run_is_kept BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;

CREATE TRIGGER run_item_is_kept BEFORE DELETE ON run_item
BEGIN SELECT RAISE(ABORT, 'a row of a run is never deleted'); END;

CREATE TRIGGER record_is_kept BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;

CREATE TRIGGER attempt_is_what_was_claimed
BEFORE UPDATE OF record_id, generation, reference, run_number, request_id, member, content_hash, date, currency, exponent,
                 minor, claimed_at ON attempt
BEGIN SELECT RAISE(ABORT, 'a claim is never rewritten'); END;

CREATE TRIGGER attempt_settles_once BEFORE UPDATE OF state, voucher_id, settled_at ON attempt
WHEN OLD.state IN ('posted', 'refused', 'not_sent')
BEGIN SELECT RAISE(ABORT, 'a settled attempt is never settled again'); END;

CREATE TRIGGER attempt_never_goes_back BEFORE UPDATE OF state ON attempt
WHEN NEW.state = 'claimed'
BEGIN SELECT RAISE(ABORT, 'an attempt never goes back to claimed'); END;

CREATE VIEW record_state AS
SELECT r.seq, r.record_id, guard.attempt_id AS guard_attempt, last.attempt_id AS last_attempt,
    CASE
        WHEN guard.state = 'posted' AND guard.content_hash <> r.content_hash THEN 'changed'
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
