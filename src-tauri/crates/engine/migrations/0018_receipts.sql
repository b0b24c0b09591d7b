-- The receipts that a record names: [{"place", "name"}]. They are no part of its content.
ALTER TABLE record ADD COLUMN receipts TEXT CHECK (receipts IS NULL OR json_valid(receipts));

ALTER TABLE arrival ADD COLUMN receipts TEXT CHECK (receipts IS NULL OR json_valid(receipts));

-- Whether the accounting system of a run takes attachments.
ALTER TABLE run ADD COLUMN takes_attachments INTEGER NOT NULL DEFAULT 0 CHECK (takes_attachments IN (0, 1));

-- The receipts of an attempt, as its record named them when it was claimed.
CREATE TABLE receipt (
    receipt_id    INTEGER PRIMARY KEY,
    attempt_id    INTEGER NOT NULL REFERENCES attempt (attempt_id),
    position      INTEGER NOT NULL CHECK (position >= 1),
    place         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state = 'planned' OR state = 'sent' OR state = 'attached' OR state = 'failed' OR state = 'set_aside'),
    -- SHA-256, size and type, from when it was fetched.
    digest        BLOB    CHECK (length(digest) = 32),
    bytes         INTEGER CHECK (bytes >= 0),
    media_type    TEXT,
    -- When it was last sent, by the accounting side's clock, at the latest, and the fence under which that was.
    sent_at       TEXT,
    fence         INTEGER,
    attachment_id TEXT,
    problem       TEXT    CHECK (problem IS NULL OR json_valid(problem)),
    settled_at    TEXT,
    reason        TEXT    CHECK (reason IS NULL OR length(trim(reason)) >= 10),
    actor_user    TEXT,
    actor_host    TEXT,
    UNIQUE (attempt_id, position),
    CHECK ((state = 'attached' OR state = 'set_aside') = (settled_at IS NOT NULL)),
    CHECK (state <> 'attached' OR (digest IS NOT NULL AND coalesce(attachment_id, '') <> '')),
    CHECK (state <> 'sent' OR sent_at IS NOT NULL),
    CHECK (state <> 'failed' OR problem IS NOT NULL),
    CHECK ((sent_at IS NULL) = (fence IS NULL)),
    CHECK ((state = 'set_aside') = (reason IS NOT NULL)),
    CHECK ((reason IS NULL) = (actor_user IS NULL))
) STRICT;

CREATE INDEX receipt_open ON receipt (attempt_id) WHERE settled_at IS NULL;

CREATE TRIGGER receipt_is_kept BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;

CREATE TRIGGER receipt_is_settled_once BEFORE UPDATE OF attempt_id, position, state, digest, sent_at, attachment_id, settled_at ON receipt
WHEN OLD.settled_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a receipt that is settled stays so'); END;

CREATE TRIGGER receipt_is_named_or_forgotten BEFORE UPDATE OF place, name ON receipt
WHEN NEW.place <> '' OR NEW.name <> '' OR OLD.settled_at IS NULL
BEGIN SELECT RAISE(ABORT, 'a receipt keeps its name'); END;
