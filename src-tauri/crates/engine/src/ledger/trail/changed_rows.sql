PRAGMA temp_store = MEMORY;
-- The rows that the transaction at hand has changed; `noted`: their digests are up to date.
CREATE TEMP TABLE changed_row (
    table_name TEXT    NOT NULL,
    key1       ANY     NOT NULL,
    key2       ANY     NOT NULL,
    noted      INTEGER NOT NULL,
    PRIMARY KEY (table_name, key1, key2)
) STRICT, WITHOUT ROWID;
