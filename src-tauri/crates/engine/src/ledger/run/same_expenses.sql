SELECT count(*) AS same
FROM record r
WHERE r.reading_id = :reading AND r.file = :file
    AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.record_id = r.record_id AND a.reading_id = :reading)
    AND EXISTS (SELECT 1 FROM attempt
                WHERE attempt.record_id = r.record_id AND state IN ('claimed', 'staged', 'unknown', 'posted'))
