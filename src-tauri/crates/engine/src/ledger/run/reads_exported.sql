SELECT 1 AS one
FROM attempt a
JOIN record r USING (record_id)
WHERE r.reading_id = :reading AND a.state NOT IN ('refused', 'not_sent')
LIMIT 1
