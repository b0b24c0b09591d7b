-- Those that waited have theirs from `take_over_arrivals.sql`.
UPDATE record SET conflict = 1
WHERE reading_id = :reading AND conflict = 0 AND record_id IN (
    SELECT record_id FROM repeat WHERE reading_id = :reading AND same = 0
    UNION ALL SELECT record_id FROM flaw WHERE reading_id = :reading AND record_id IS NOT NULL)
