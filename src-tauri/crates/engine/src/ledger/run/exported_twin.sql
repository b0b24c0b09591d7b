SELECT o.record_id, o.reading_id < (SELECT latest_reading FROM ledger) AS is_gone
FROM record r
JOIN record o ON o.date = r.date AND o.minor = r.minor AND o.payee_id = r.payee_id
    AND o.currency = r.currency AND o.text = r.text AND o.seq <> r.seq
JOIN attempt a ON a.record_id = o.record_id AND a.state NOT IN ('refused', 'not_sent')
WHERE r.record_id = :record AND a.claimed_at < r.first_seen_at
    -- A person said that these two are two expenses.
    AND NOT EXISTS (
        SELECT 1 FROM question q
        WHERE q.topic = 'look_alike_id' AND q.answered_at IS NOT NULL
            AND q.about = json_object('like', o.record_id, 'record_id', r.record_id))
ORDER BY is_gone DESC
LIMIT 1
