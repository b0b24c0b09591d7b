-- The sandbox's books. Instants are milliseconds since 1970 in UTC; amounts are minor units of their currency.

-- The values without a table of their own: clock shift, closed period, day of the newest generated record.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every grant of the export lock there ever was. AUTOINCREMENT: a fence is never given a second time.
CREATE TABLE grants (
    fence              INTEGER PRIMARY KEY AUTOINCREMENT,
    token              TEXT    NOT NULL UNIQUE,
    user_name          TEXT    NOT NULL,
    holder_user        TEXT    NOT NULL,
    holder_host        TEXT    NOT NULL,
    holder_run_id      TEXT    NOT NULL,
    operation          TEXT    NOT NULL,
    acquired_at        INTEGER NOT NULL,
    renewed_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    progress_processed INTEGER,
    progress_total     INTEGER,
    ended_at           INTEGER,
    ended_by           TEXT CHECK (ended_by IN ('released', 'taken over', 'broken')),
    break_reason       TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((ended_by IS 'broken') = (break_reason IS NOT NULL))
) STRICT;

-- At most one grant is alive, whatever the code above does.
CREATE UNIQUE INDEX one_grant_alive ON grants ((1)) WHERE ended_at IS NULL;

CREATE TABLE vouchers (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    reference       TEXT    NOT NULL,
    content_hash    BLOB    NOT NULL,
    date            TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    lines           TEXT    NOT NULL,
    total_minor     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    created_by      TEXT    NOT NULL,
    fence           INTEGER NOT NULL,
    state           TEXT    NOT NULL DEFAULT 'posted' CHECK (state IN ('posted', 'voided')),
    reverses        INTEGER UNIQUE REFERENCES vouchers (seq),
    reversal_reason TEXT,
    CHECK ((reverses IS NULL) = (reversal_reason IS NULL))
) STRICT;

-- Not unique: that a reference is unique is a switch, and the one writer looks before it inserts.
CREATE INDEX vouchers_by_reference ON vouchers (reference);

CREATE TABLE idempotency_keys (
    key          TEXT PRIMARY KEY NOT NULL,
    request_hash BLOB    NOT NULL,
    body         TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE witnesses (
    ledger_id       TEXT PRIMARY KEY NOT NULL,
    entries         INTEGER NOT NULL,
    head            TEXT    NOT NULL,
    written_by_user TEXT    NOT NULL,
    written_by_host TEXT    NOT NULL,
    written_at      INTEGER NOT NULL
) STRICT;

-- The events, in the order in which they took effect. fence is NULL if the token was unknown.
CREATE TABLE journal (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    event  TEXT    NOT NULL,
    fence  INTEGER,
    caller TEXT    NOT NULL,
    detail TEXT    NOT NULL
) STRICT;
