-- Records and rows with an id that the newest whole reading saw, and that are not exported.
SELECT (SELECT count(*) FROM record r
        WHERE r.reading_id >= (SELECT latest_reading FROM ledger)
            AND NOT EXISTS (
                SELECT 1 FROM attempt
                WHERE attempt.record_id = r.record_id AND state NOT IN ('refused', 'not_sent', 'withdrawn')))
    + (SELECT count(DISTINCT record_id) FROM flaw was
       WHERE was.reading_id = (SELECT latest_reading FROM ledger)
           AND NOT EXISTS (SELECT 1 FROM record r WHERE r.record_id = was.record_id)) AS unexported
