SELECT s.state, s.guard_attempt, a.generation, a.voucher_id, r.content_hash,
       a.content_hash <> r.content_hash AS is_changed
FROM record r
JOIN record_state s ON s.seq = r.seq
LEFT JOIN attempt a ON a.attempt_id = s.guard_attempt
WHERE r.record_id = :record
