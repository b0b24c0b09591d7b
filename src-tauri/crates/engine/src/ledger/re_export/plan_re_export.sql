INSERT INTO run_item (run_number, position, record_id, file, line, generation)
SELECT :run, coalesce((SELECT max(position) FROM run_item WHERE run_number = :run), 0) + 1, record_id, file, line, :generation
FROM record
WHERE record_id = :record
