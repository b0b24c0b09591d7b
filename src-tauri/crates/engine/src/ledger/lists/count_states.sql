SELECT state, count(*) AS records FROM record_state GROUP BY state
UNION ALL
SELECT 'held', count(*) FROM flaw WHERE reading_id = (SELECT latest_reading FROM ledger)
UNION ALL
SELECT 'held', count(*) FROM repeat WHERE same = 0 AND reading_id = (SELECT latest_reading FROM ledger)
