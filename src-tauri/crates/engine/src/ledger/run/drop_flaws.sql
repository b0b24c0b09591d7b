DELETE FROM flaw
WHERE reading_id <> :reading
    AND (record_id IS NULL
         -- Rows that a rule leaves out, and rows that are no records.
         OR json_extract(reason, '$.code') IN ('row_not_included', 'row_excluded', 'total_left_out', 'row_is_total',
                                               'head_repeated', 'row_continues', 'row_is_note', 'file_not_read')
         OR EXISTS (SELECT 1 FROM record r WHERE r.record_id = flaw.record_id)
         OR EXISTS (SELECT 1 FROM flaw newer WHERE newer.reading_id = :reading AND newer.record_id = flaw.record_id))
