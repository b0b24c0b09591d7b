-- Format 3: labels, which stand in for an export lock.

-- AUTOINCREMENT: an id is never given a second time, so that whoever comes late to a label that is gone meets no other.
CREATE TABLE labels (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    code       TEXT    NOT NULL UNIQUE,
    text       TEXT    NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
