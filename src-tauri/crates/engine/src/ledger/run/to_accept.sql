SELECT s.state, s.guard_attempt, a.generation, a.voucher_id, r.content_hash,
       (SELECT alarm.alarm_id FROM attempt of JOIN alarm ON alarm.attempt_id = of.attempt_id AND alarm.cleared_at IS NULL
        WHERE of.record_id = r.record_id ORDER BY of.generation DESC LIMIT 1) AS alarm_id
FROM record r
JOIN record_state s ON s.seq = r.seq
LEFT JOIN attempt a ON a.attempt_id = s.guard_attempt
WHERE r.record_id = :record
