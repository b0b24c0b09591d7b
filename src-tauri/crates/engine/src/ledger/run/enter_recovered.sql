INSERT INTO run_item (run_number, position, record_id, file, line, generation, result, attempt_id, reason)
SELECT :run, :position, r.record_id, r.file, r.line, a.generation, :result, a.attempt_id, :reason
FROM attempt a
JOIN record r USING (record_id)
WHERE a.attempt_id = :attempt
