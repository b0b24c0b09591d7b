SELECT s.record_id, a.attempt_id, a.date AS refused,
       coalesce(
           (SELECT instead_of FROM other_day d
            WHERE d.record_id = s.record_id AND d.day = a.date
            ORDER BY other_day_id DESC LIMIT 1), a.date) AS own
FROM record_state s
JOIN attempt a ON a.attempt_id = s.last_attempt
WHERE s.state = 'refused' AND json_extract(a.reason, '$.refused.kind') = :kind
ORDER BY s.seq
