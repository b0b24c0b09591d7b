SELECT count(DISTINCT record_id) AS shared, min(file) AS file, min(record_id) AS first
FROM repeat
WHERE reading_id = :reading AND same = 0
