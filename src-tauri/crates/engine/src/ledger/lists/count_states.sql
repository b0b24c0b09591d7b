SELECT state, count(*) AS records FROM record_state GROUP BY state
UNION ALL
SELECT 'held', count(*) FROM flaw WHERE reading_id = (SELECT latest_reading FROM ledger)
UNION ALL
SELECT 'held', count(*) FROM repeat WHERE same = 0 AND reading_id = (SELECT latest_reading FROM ledger)
UNION ALL
SELECT 'gone', count(*) FROM flaw f
WHERE f.reading_id < (SELECT latest_reading FROM ledger)
    AND NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.record_id = f.record_id AND s.reading_id = f.reading_id)
