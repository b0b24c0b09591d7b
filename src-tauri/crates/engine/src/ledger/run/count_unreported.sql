SELECT count(*) AS unreported
FROM result_due
WHERE told_at IS NULL AND (SELECT takes_results FROM run WHERE fence > 0 ORDER BY run_number DESC LIMIT 1) = 1
