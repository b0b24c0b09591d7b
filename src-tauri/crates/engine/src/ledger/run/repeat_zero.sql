INSERT INTO repeat (reading_id, record_id, same, file, line, content_hash)
SELECT reading_id, record_id, 0, file, line, content_hash
FROM left_out
WHERE record_id = :id AND reading_id = :reading AND json_extract(reason, '$.code') = 'amount_zero'
ORDER BY left_out_id
