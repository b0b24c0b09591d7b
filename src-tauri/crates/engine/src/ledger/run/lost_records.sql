-- Records and rows with an id that the newest whole reading saw, that are not exported, and of which this one has nothing.
SELECT r.record_id, r.content_hash
FROM record r
WHERE r.reading_id >= (SELECT latest_reading FROM ledger) AND r.reading_id <> :reading
    AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.record_id = r.record_id AND a.reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM flaw f WHERE f.record_id = r.record_id AND f.reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM left_out l WHERE l.record_id = r.record_id AND l.reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM attempt
                    WHERE attempt.record_id = r.record_id AND state NOT IN ('refused', 'not_sent', 'withdrawn'))
UNION ALL
SELECT DISTINCT was.record_id, x''
FROM flaw was
WHERE was.reading_id = (SELECT latest_reading FROM ledger) AND was.record_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM record r WHERE r.record_id = was.record_id)
    AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.record_id = was.record_id AND a.reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM flaw f WHERE f.record_id = was.record_id AND f.reading_id = :reading)
    AND NOT EXISTS (SELECT 1 FROM left_out l WHERE l.record_id = was.record_id AND l.reading_id = :reading)
