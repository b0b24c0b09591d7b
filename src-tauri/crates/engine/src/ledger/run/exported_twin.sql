SELECT o.record_id
FROM record r
JOIN record o ON o.date = r.date AND o.minor = r.minor AND o.payee_id = r.payee_id
    AND o.currency = r.currency AND o.text = r.text AND o.seq <> r.seq
JOIN attempt a ON a.record_id = o.record_id AND a.state NOT IN ('refused', 'not_sent')
WHERE r.record_id = :record AND a.claimed_at < r.first_seen_at
LIMIT 1
