-- Format 4: every head that was ever written, in the order of their writing. Nothing is taken away.

CREATE TABLE witness_history (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    ledger_id       TEXT    NOT NULL,
    entries         INTEGER NOT NULL,
    head            TEXT    NOT NULL,
    signature       TEXT,
    public_key      TEXT,
    written_by_user TEXT    NOT NULL,
    written_by_host TEXT    NOT NULL,
    written_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX witness_history_ledger ON witness_history (ledger_id, seq);

INSERT INTO witness_history (ledger_id, entries, head, signature, public_key, written_by_user, written_by_host, written_at)
SELECT ledger_id, entries, head, signature, public_key, written_by_user, written_by_host, written_at FROM witnesses;
