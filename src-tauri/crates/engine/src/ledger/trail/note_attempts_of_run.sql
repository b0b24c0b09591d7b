-- Those that an entry of a decision covers already belong to the root of their run as well. The `+` lets the index of
-- `row_digest` be used, whose keys have no type.
INSERT INTO changed_row (table_name, key1, key2, noted)
SELECT DISTINCT 'attempt', i.attempt_id, 0, 0
FROM run_item i
WHERE i.run_number = :run AND i.attempt_id IS NOT NULL AND i.result IS NOT 'skipped_already_exported'
    AND NOT EXISTS (SELECT 1 FROM row_digest d
                    WHERE d.table_name = 'attempt' AND d.key1 = +i.attempt_id AND d.key2 = 0 AND d.entry = 0)
ON CONFLICT DO UPDATE SET noted = 0
