-- The form of an id under which it is the same as one that a spreadsheet or a script has changed the writing of. The
-- program fills it in; `like_id.rs` of the domain makes it.
ALTER TABLE record ADD COLUMN id_form TEXT;

CREATE INDEX record_id_form ON record (id_form) WHERE id_form IS NOT NULL;

-- A row that could not be read stays when its id has left the source.
CREATE INDEX flaw_record ON flaw (record_id, reading_id) WHERE record_id IS NOT NULL;

-- Contents of known records that changed, as a reading that has not ended found them. Its end takes them over; of a
-- reading that broke off nothing is believed.
CREATE TABLE arrival (
    record_id    TEXT    PRIMARY KEY REFERENCES record (record_id),
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    content_hash BLOB    NOT NULL CHECK (length(content_hash) = 32),
    date         TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    exponent     INTEGER NOT NULL,
    minor        INTEGER NOT NULL,
    payee_id     TEXT    NOT NULL,
    payee_name   TEXT    NOT NULL,
    category     TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    department   TEXT,
    project      TEXT,
    version      INTEGER,
    approved_at  TEXT,
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A person's word that something which left the source before it was exported stays unexported. It holds for as long as
-- it stays away.
CREATE TABLE set_aside (
    set_aside_id INTEGER PRIMARY KEY,
    record_id    TEXT    NOT NULL CHECK (record_id <> ''),
    -- The reading that it was last seen in.
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    reason       TEXT    NOT NULL CHECK (length(trim(reason)) >= 10),
    actor_user   TEXT    NOT NULL CHECK (actor_user <> ''),
    actor_host   TEXT    NOT NULL,
    set_aside_at TEXT    NOT NULL,
    UNIQUE (record_id, reading_id)
) STRICT;

CREATE TRIGGER set_aside_is_kept BEFORE DELETE ON set_aside
BEGIN SELECT RAISE(ABORT, 'a word on what left the source is never deleted'); END;

-- What a workspace exports from, and into what, as it was when it last sent: a change of it would make exported records
-- look new. The newest row of a topic counts.
CREATE TABLE pin (
    pin_id    INTEGER PRIMARY KEY,
    topic     TEXT    NOT NULL CHECK (topic IN ('books', 'prefix', 'source', 'rules')),
    value     TEXT    NOT NULL CHECK (json_valid(value)),
    pinned_at TEXT    NOT NULL,
    -- It comes from the ledger that stood here before this one was rebuilt.
    carried   INTEGER NOT NULL CHECK (carried IN (0, 1))
) STRICT;

CREATE INDEX pin_topic ON pin (topic, pin_id);

CREATE TRIGGER pin_is_kept BEFORE DELETE ON pin
BEGIN SELECT RAISE(ABORT, 'a pin is never deleted'); END;

-- What a person is asked before anything is sent. An answer holds for exactly what it is about.
CREATE TABLE question (
    question_id  INTEGER PRIMARY KEY,
    topic        TEXT    NOT NULL CHECK (topic IN ('books', 'prefix', 'source', 'ids', 'look_alikes', 'look_alike_id')),
    about        TEXT    NOT NULL CHECK (json_valid(about)),
    problem      TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    asked_at     TEXT    NOT NULL,
    withdrawn_at TEXT,
    answered_at  TEXT,
    reason       TEXT    CHECK (reason IS NULL OR length(trim(reason)) >= 10),
    actor_user   TEXT,
    actor_host   TEXT,
    CHECK (answered_at IS NULL OR withdrawn_at IS NULL),
    CHECK ((answered_at IS NULL) = (reason IS NULL)),
    CHECK ((answered_at IS NULL) = (actor_user IS NULL))
) STRICT;

CREATE UNIQUE INDEX question_open ON question (topic) WHERE answered_at IS NULL AND withdrawn_at IS NULL;

CREATE UNIQUE INDEX question_answered ON question (topic, about) WHERE answered_at IS NOT NULL;

CREATE TRIGGER question_is_kept BEFORE DELETE ON question
BEGIN SELECT RAISE(ABORT, 'a question is never deleted'); END;

CREATE TRIGGER question_is_answered_once BEFORE UPDATE ON question
WHEN OLD.answered_at IS NOT NULL OR NEW.topic <> OLD.topic OR NEW.about <> OLD.about
BEGIN SELECT RAISE(ABORT, 'an answer is never rewritten'); END;

-- A reading that broke off has a higher number than the newest whole one: what it has seen is there.
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
    WHERE record_id = r.record_id AND state IN ('claimed', 'staged', 'unknown', 'posted')
    ORDER BY generation DESC LIMIT 1)
LEFT JOIN attempt last ON guard.attempt_id IS NULL AND last.attempt_id = (
    SELECT attempt_id FROM attempt WHERE record_id = r.record_id ORDER BY attempt_id DESC LIMIT 1)
LEFT JOIN run ON run.run_number = guard.run_number;
