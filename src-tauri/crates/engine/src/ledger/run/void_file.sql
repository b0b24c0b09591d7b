UPDATE sealed_file
SET state = 'void'
WHERE state = 'rendered' AND request_id = (SELECT request_id FROM attempt WHERE attempt_id = :attempt)
    AND NOT EXISTS (
        SELECT 1 FROM attempt
        WHERE attempt.request_id = sealed_file.request_id AND state NOT IN ('refused', 'not_sent'))
