UPDATE run_item
SET attempt_id = NULL, result = NULL, reason = NULL
WHERE run_number = :run AND attempt_id = :attempt AND result IS NOT 'skipped_already_exported'
    AND EXISTS (SELECT 1 FROM attempt WHERE attempt_id = :attempt AND run_number = :run)
