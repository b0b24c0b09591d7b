SELECT i.position,
       r.seq, r.record_id, r.date, r.currency, r.exponent, r.minor, r.payee_id, r.payee_name, r.category, r.text,
       r.department, r.project, r.detail, r.receipts, r.version, r.approved_at, r.file, r.line, r.conflict, r.held_reason,
       guard.attempt_id, guard.state, guard.settled_run, guard.generation AS guard_generation, NULL AS handed_over_in,
       d.instead_of, d.day AS other_day
FROM run_item i
JOIN record r USING (record_id)
JOIN attempt a ON a.attempt_id = i.attempt_id
LEFT JOIN attempt guard ON guard.record_id = r.record_id AND guard.state NOT IN ('refused', 'not_sent')
LEFT JOIN other_day d ON d.other_day_id = (SELECT max(other_day_id) FROM other_day WHERE record_id = r.record_id)
WHERE i.run_number = :run AND i.result = 'not_sent' AND a.generation = 1
    AND r.reading_id = (SELECT latest_reading FROM ledger)
ORDER BY i.position
