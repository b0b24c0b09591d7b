SELECT p.receipt_id, p.attempt_id, p.place, p.name, p.state, p.digest, p.sent_at, p.fence, a.voucher_id
FROM receipt p
JOIN attempt a ON a.attempt_id = p.attempt_id
WHERE p.settled_at IS NULL AND a.state = 'posted' AND p.attempt_id IN (
    SELECT DISTINCT o.attempt_id FROM receipt o JOIN attempt b ON b.attempt_id = o.attempt_id
    WHERE o.settled_at IS NULL AND b.state = 'posted' AND o.attempt_id > :after
    ORDER BY o.attempt_id LIMIT :limit)
ORDER BY p.attempt_id, p.position
