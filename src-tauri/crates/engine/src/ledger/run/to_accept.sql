SELECT s.state, s.guard_attempt, a.generation, a.voucher_id, r.content_hash, alarm.alarm_id
FROM record r
JOIN record_state s ON s.seq = r.seq
LEFT JOIN attempt a ON a.attempt_id = s.guard_attempt
LEFT JOIN alarm ON alarm.attempt_id = s.guard_attempt AND alarm.cleared_at IS NULL
WHERE r.record_id = :record
