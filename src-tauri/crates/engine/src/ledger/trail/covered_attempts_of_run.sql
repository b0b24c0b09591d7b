-- The `+` lets the index of `row_digest` be used, whose keys have no type.
SELECT DISTINCT i.attempt_id
FROM run_item i
WHERE i.run_number = :run AND i.attempt_id IS NOT NULL AND i.result IS NOT 'skipped_already_exported'
    AND NOT EXISTS (SELECT 1 FROM row_digest d
                    WHERE d.table_name = 'attempt' AND d.key1 = +i.attempt_id AND d.key2 = 0 AND d.entry = 0)
