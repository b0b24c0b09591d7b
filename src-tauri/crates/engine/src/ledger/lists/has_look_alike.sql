SELECT 1 AS one
FROM record r
JOIN record o ON o.date = r.date AND o.minor = r.minor AND o.payee_id = r.payee_id
    AND o.currency = r.currency AND o.text = r.text AND o.seq <> r.seq AND o.forgotten_at IS NULL
WHERE r.record_id = :record
    AND (o.reading_id >= (SELECT latest_reading FROM ledger) OR EXISTS (
        SELECT 1 FROM attempt
        WHERE attempt.record_id = o.record_id AND state NOT IN ('refused', 'not_sent')))
LIMIT 1
