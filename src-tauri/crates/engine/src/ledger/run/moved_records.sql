SELECT r.record_id, r.content_hash, (
    SELECT o.record_id
    FROM record o
    JOIN attempt a ON a.record_id = o.record_id AND a.state NOT IN ('refused', 'not_sent')
    WHERE o.date = r.date AND o.minor = r.minor AND o.currency = r.currency AND o.reading_id < :reading
    LIMIT 1) AS exported
FROM record r
WHERE r.reading_id = :reading AND r.held_reason IS NULL
    AND NOT EXISTS (SELECT 1 FROM attempt WHERE record_id = r.record_id AND state NOT IN ('refused', 'not_sent'))
ORDER BY r.seq
