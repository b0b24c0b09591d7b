WITH new AS (
    SELECT r.seq, r.record_id, r.date, r.minor, r.currency
    FROM record r
    WHERE r.reading_id = :reading AND r.held_reason IS NULL
        AND NOT EXISTS (SELECT 1 FROM attempt WHERE record_id = r.record_id AND state NOT IN ('refused', 'not_sent'))
), moved AS (
    SELECT n.record_id, (
        SELECT o.record_id
        FROM record o
        JOIN attempt a ON a.record_id = o.record_id AND a.state NOT IN ('refused', 'not_sent')
        WHERE o.date = n.date AND o.minor = n.minor AND o.currency = n.currency AND o.reading_id < :reading
        LIMIT 1) AS exported
    FROM new n
)
SELECT count(*) AS new, count(exported) AS moved, min(record_id) FILTER (WHERE exported IS NOT NULL) AS first,
       (SELECT exported FROM moved WHERE exported IS NOT NULL ORDER BY record_id LIMIT 1) AS exported
FROM moved
