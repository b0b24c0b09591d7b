-- Format 2: drafts, signed witnesses, and vouchers by their date.

-- The open drafts. AUTOINCREMENT: an id is never given a second time, so that a deleted draft stays unknown.
CREATE TABLE drafts (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    reference    TEXT    NOT NULL,
    content_hash BLOB    NOT NULL,
    date         TEXT    NOT NULL,
    currency     TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    lines        TEXT    NOT NULL,
    total_minor  INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    fence        INTEGER NOT NULL
) STRICT;

-- Never unique: whoever stages twice has two drafts.
CREATE INDEX drafts_by_reference ON drafts (reference);

-- The drafts that were committed, for ever. No reference to vouchers: a voucher may be made to disappear, but its draft
-- is not committed again.
CREATE TABLE committed_drafts (
    seq       INTEGER PRIMARY KEY NOT NULL,
    reference TEXT    NOT NULL,
    voucher   INTEGER NOT NULL UNIQUE
) STRICT;

-- Pages through a period of voucher dates.
CREATE INDEX vouchers_by_date ON vouchers (date, seq);

ALTER TABLE witnesses ADD COLUMN signature TEXT;
ALTER TABLE witnesses ADD COLUMN public_key TEXT;
