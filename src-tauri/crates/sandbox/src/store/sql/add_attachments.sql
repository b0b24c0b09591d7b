-- Format 6: the attachments of vouchers and of open drafts, one for each hash.

CREATE TABLE attachments (
    seq        INTEGER PRIMARY KEY,
    voucher    INTEGER,
    draft      INTEGER,
    sha256     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    bytes      BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    UNIQUE (voucher, sha256),
    UNIQUE (draft, sha256),
    CHECK ((voucher IS NULL) <> (draft IS NULL))
) STRICT;
