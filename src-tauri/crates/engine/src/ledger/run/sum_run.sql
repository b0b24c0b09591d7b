INSERT INTO run_sum (run_number, currency, exponent, minor)
SELECT i.run_number, a.currency, a.exponent, sum(a.minor)
FROM run_item i
JOIN attempt a USING (attempt_id)
WHERE i.run_number = :run AND i.result = 'posted'
GROUP BY a.currency, a.exponent
