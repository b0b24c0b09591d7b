SELECT o.record_id, s.state, count(*) OVER () AS total
FROM record r
JOIN record o ON o.date = r.date AND o.minor = r.minor AND o.payee_id = r.payee_id
    AND o.currency = r.currency AND o.text = r.text AND o.seq <> r.seq AND o.forgotten_at IS NULL
JOIN record_state s ON s.seq = o.seq
WHERE r.record_id = :record AND s.state NOT IN ('gone', 'set_aside')
ORDER BY o.seq
LIMIT :limit
