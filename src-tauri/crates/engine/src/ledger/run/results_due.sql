SELECT due.attempt_id, a.record_id, a.generation, a.reference, a.voucher_id, a.voucher_number, a.settled_at, run.run_id
FROM result_due due
JOIN attempt a ON a.attempt_id = due.attempt_id
JOIN run ON run.run_number = a.settled_run
WHERE due.told_at IS NULL AND due.attempt_id > :after
ORDER BY due.attempt_id
LIMIT :limit
