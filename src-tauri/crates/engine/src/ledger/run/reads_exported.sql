SELECT 1 AS one
FROM attempt a
JOIN record r USING (record_id)
WHERE r.reading_id = :reading AND a.state IN ('claimed', 'staged', 'unknown', 'posted')
LIMIT 1
