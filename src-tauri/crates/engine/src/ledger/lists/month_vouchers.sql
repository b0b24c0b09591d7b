SELECT min(a.date) AS first_day, max(a.date) AS last_day, max(a.settled_at) AS settled_at,
    coalesce(sum(s.state = 'posted' AND a.attempt_id = s.guard_attempt AND a.sent IS NULL), 0) AS unknown
FROM record r
JOIN record_state s USING (record_id)
JOIN attempt a ON a.record_id = r.record_id AND a.state = 'posted'
WHERE r.date >= :from AND r.date < :to
