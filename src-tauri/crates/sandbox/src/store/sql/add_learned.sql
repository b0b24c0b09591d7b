-- Format 5: the results that the platform was told, and the expenses that nobody may edit for the time being.

CREATE TABLE told (
    seq            INTEGER PRIMARY KEY,
    record_id      TEXT    NOT NULL,
    generation     INTEGER NOT NULL,
    reference      TEXT    NOT NULL,
    voucher_id     TEXT    NOT NULL,
    voucher_number TEXT,
    run_id         TEXT    NOT NULL,
    exported_at    TEXT    NOT NULL,
    first_told_at  INTEGER NOT NULL,
    -- How often it came.
    times          INTEGER NOT NULL,
    UNIQUE (record_id, generation, voucher_id)
) STRICT;

CREATE TABLE expense_lock (
    record_id  TEXT    PRIMARY KEY,
    run_id     TEXT    NOT NULL,
    locked_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
