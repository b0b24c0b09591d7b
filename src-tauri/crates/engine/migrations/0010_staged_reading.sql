-- A reading that has not ended changes nothing: what it sees for the first time, sees again after it was away, or sees
-- with another content waits here. Its end takes all of it over; of a reading that broke off nothing is believed.
DROP TABLE arrival;

CREATE TABLE arrival (
    arrival_id   INTEGER PRIMARY KEY,
    record_id    TEXT    NOT NULL UNIQUE CHECK (record_id <> ''),
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    id_form      TEXT    NOT NULL,
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
    line         INTEGER NOT NULL,
    seen_at      TEXT    NOT NULL
) STRICT;

-- A repeated row may repeat a record that waits in `arrival`; its content says what an answer was given for.
CREATE TABLE repeat_of_reading (
    repeat_id    INTEGER PRIMARY KEY,
    reading_id   INTEGER NOT NULL REFERENCES reading (reading_id),
    record_id    TEXT    NOT NULL CHECK (record_id <> ''),
    same         INTEGER NOT NULL CHECK (same IN (0, 1)),
    file         TEXT    NOT NULL,
    line         INTEGER NOT NULL,
    content_hash BLOB    CHECK (length(content_hash) = 32)
) STRICT;

INSERT INTO repeat_of_reading (repeat_id, reading_id, record_id, same, file, line)
SELECT repeat_id, reading_id, record_id, same, file, line FROM repeat;

DROP TABLE repeat;

ALTER TABLE repeat_of_reading RENAME TO repeat;

CREATE INDEX repeat_reading ON repeat (reading_id, record_id);

-- A row that does not count, since nothing is owed, may share its id with one that does.
ALTER TABLE left_out ADD COLUMN content_hash BLOB CHECK (length(content_hash) = 32);

CREATE INDEX left_out_record ON left_out (record_id, reading_id) WHERE record_id IS NOT NULL;

-- Whose turn it was, and whether anything was claimed since: asked before each wait, whatever the ledger has grown to.
CREATE INDEX request_fence ON request (fence);

CREATE INDEX request_claimed ON request (fence) WHERE kind <> 'found';

CREATE INDEX request_run ON request (run_number);

CREATE INDEX run_fence ON run (fence);

CREATE INDEX audit_lock_broken ON audit (entry) WHERE act = 'lock_broken';

CREATE INDEX audit_sync_started ON audit (entry) WHERE act = 'sync_started';
