SELECT i.position, i.generation,
       r.seq, r.record_id, r.date, r.currency, r.exponent, r.minor, r.payee_id, r.payee_name, r.category, r.text,
       r.department, r.project, r.detail, r.receipts, r.version, r.approved_at, r.file, r.line, r.conflict, r.held_reason,
       NULL AS attempt_id, NULL AS state, NULL AS settled_run, NULL AS guard_generation, NULL AS handed_over_in,
       d.instead_of, d.day AS other_day
FROM run_item i
JOIN record r USING (record_id)
LEFT JOIN other_day d ON d.other_day_id = (SELECT max(other_day_id) FROM other_day WHERE record_id = r.record_id)
WHERE i.run_number = :run AND i.position > :after AND i.result IS NULL AND i.attempt_id IS NULL
ORDER BY i.position
LIMIT :limit
