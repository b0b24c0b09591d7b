UPDATE row_digest SET entry = :entry
WHERE entry = 0 AND (table_name, key1, key2) IN (SELECT table_name, key1, key2 FROM changed_row)
