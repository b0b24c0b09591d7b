DELETE FROM flaw
WHERE reading_id <> :reading
    AND (record_id IS NULL
         -- Rows that a rule leaves out, and rows that are no records.
         OR json_extract(reason, '$.code') IN ('row_not_included', 'row_excluded', 'total_left_out', 'row_is_total',
                                               'head_repeated', 'row_continues', 'row_is_note', 'file_not_read')
         OR EXISTS (SELECT 1 FROM record r WHERE r.record_id = flaw.record_id)
         -- Its reading broke off.
         OR NOT EXISTS (SELECT 1 FROM reading g WHERE g.reading_id = flaw.reading_id AND g.finished_at IS NOT NULL)
         OR EXISTS (SELECT 1 FROM left_out l WHERE l.record_id = flaw.record_id AND l.reading_id = :reading)
         OR EXISTS (SELECT 1 FROM flaw newer WHERE newer.reading_id = :reading AND newer.record_id = flaw.record_id))
