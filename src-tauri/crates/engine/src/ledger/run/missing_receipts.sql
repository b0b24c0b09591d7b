SELECT a.record_id, r.payee_name, p.name, p.problem, a.voucher_id, a.voucher_number, a.settled_at
FROM receipt p
JOIN attempt a ON a.attempt_id = p.attempt_id
JOIN record r ON r.record_id = a.record_id
JOIN run ON run.run_number = a.settled_run
WHERE p.settled_at IS NULL AND a.state = 'posted' AND (:left OR p.problem IS NOT NULL OR run.finished_at IS NOT NULL)
ORDER BY p.attempt_id, p.position
LIMIT :limit
