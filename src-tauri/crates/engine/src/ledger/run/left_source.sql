SELECT r.reading_id FROM record r JOIN record_state s ON s.seq = r.seq WHERE r.record_id = :record AND s.state = 'gone'
UNION ALL
SELECT max(f.reading_id) FROM flaw f
WHERE f.record_id = :record AND f.reading_id < (SELECT latest_reading FROM ledger)
    AND NOT EXISTS (SELECT 1 FROM record WHERE record_id = :record)
    AND NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.record_id = f.record_id AND s.reading_id = f.reading_id)
HAVING count(*) > 0
LIMIT 1
