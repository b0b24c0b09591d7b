-- The digest of each row that says what happened, as an entry of the audit trail covers it; entry 0: written by the
-- program, and not covered yet. The digests of an entry make the root that stands in its detail. The rows of a run
-- (`run_item`) are many and never change after its end: they have no digest here, their root is made of themselves.
CREATE TABLE row_digest (
    table_name TEXT    NOT NULL CHECK (table_name <> ''),
    key1       ANY     NOT NULL,
    key2       ANY     NOT NULL,
    entry      INTEGER NOT NULL CHECK (entry >= 0),
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    -- True if the row never changes again.
    settled    INTEGER NOT NULL CHECK (settled IN (0, 1)),
    PRIMARY KEY (table_name, key1, key2, entry)
) STRICT, WITHOUT ROWID;

CREATE INDEX row_digest_open ON row_digest (table_name, key1, key2) WHERE entry = 0;

CREATE TRIGGER row_digest_is_kept BEFORE DELETE ON row_digest
BEGIN SELECT RAISE(ABORT, 'a digest is never deleted'); END;

CREATE TRIGGER row_digest_is_covered_once BEFORE UPDATE ON row_digest
WHEN OLD.entry <> 0
BEGIN SELECT RAISE(ABORT, 'a digest that an entry covers is never changed'); END;

-- The beginning of the row's digest, so that a changed row can be named; what proves it is the root in the run's entry.
ALTER TABLE run_item ADD COLUMN mark BLOB CHECK (mark IS NULL OR length(mark) = 8);
