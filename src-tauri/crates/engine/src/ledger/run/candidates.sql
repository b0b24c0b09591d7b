SELECT r.seq, r.record_id, r.date, r.currency, r.exponent, r.minor, r.payee_id, r.payee_name, r.category, r.text,
       r.department, r.project, r.detail, r.receipts, r.version, r.approved_at, r.file, r.line, r.conflict, r.held_reason,
       a.attempt_id, a.state, a.settled_run, a.generation AS guard_generation,
       (SELECT sealed_run FROM sealed_file WHERE sealed_file.request_id = a.request_id) AS handed_over_in,
       d.instead_of, d.day AS other_day
FROM record r
LEFT JOIN attempt a ON a.attempt_id = (
    SELECT attempt_id FROM attempt
    WHERE record_id = r.record_id AND state NOT IN ('refused', 'not_sent')
    ORDER BY generation DESC LIMIT 1)
LEFT JOIN other_day d ON d.other_day_id = (SELECT max(other_day_id) FROM other_day WHERE record_id = r.record_id)
WHERE r.seq > :after AND r.reading_id = :reading
ORDER BY r.seq
LIMIT :limit
